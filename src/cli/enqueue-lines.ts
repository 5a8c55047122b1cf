// Enqueues cancellation events from JSON Lines, a thousand lines at a time; one result per line, in order.
import type { Problem } from '../domain/problem.ts';
import type { Enqueue, EnqueueResult } from '../producer/enqueue.ts';
import { type Line, longestLineBytes, readLines } from './lines.ts';

export interface LineResult {
  readonly line: number;
  readonly result: EnqueueResult['result'];
  readonly refund_id: string | null;
  readonly problems: readonly Problem[];
}

const chunkLines = 1_000;

/** Blank lines are skipped. Throws when Redis goes away: what was answered is stored, the rest may be sent again. */
export async function* enqueueLines(
  input: AsyncIterable<Buffer | string>,
  enqueue: Pick<Enqueue, 'enqueueMany'>,
): AsyncGenerator<LineResult> {
  let chunk: Line[] = [];
  for await (const line of readLines(input)) {
    if (line.text.kind === 'text' && line.text.value === '') continue;
    chunk.push(line);
    if (chunk.length < chunkLines) continue;
    yield* await enqueueChunk(chunk, enqueue);
    chunk = [];
  }
  if (chunk.length > 0) yield* await enqueueChunk(chunk, enqueue);
}

async function enqueueChunk(
  lines: readonly Line[],
  enqueue: Pick<Enqueue, 'enqueueMany'>,
): Promise<LineResult[]> {
  const read = lines.map(({ number, text }) => ({ number, ...parse(text) }));
  const events = read.flatMap((entry) => (entry.kind === 'json' ? [entry.value] : []));
  const results = (await enqueue.enqueueMany(events)).values();
  return read.map((entry) => {
    if (entry.kind === 'wrong') return refused(entry.number, entry.problem);
    const { value } = results.next();
    if (value === undefined) throw new Error('an event without a result');
    const { result, refund_id, problems } = value;
    return { line: entry.number, result, refund_id, problems };
  });
}

type LineContent = { kind: 'json'; value: unknown } | { kind: 'wrong'; problem: Problem };

/** The input is never echoed: a broken line may hold an account number. */
function parse(text: Line['text']): LineContent {
  const expected = 'one JSON object per line';
  const expected_ko = '한 줄에 JSON 객체 하나';
  const wrong = (received: string): LineContent => ({
    kind: 'wrong',
    problem: { field: '(line)', expected, expected_ko, received },
  });
  switch (text.kind) {
    case 'too_long':
      return wrong(`a line of more than ${longestLineBytes} bytes`);
    case 'not_utf8':
      return wrong('bytes that are not UTF-8');
    default:
      try {
        return { kind: 'json', value: JSON.parse(text.value) };
      } catch {
        return wrong('text that is not JSON');
      }
  }
}

function refused(line: number, problem: Problem): LineResult {
  return { line, result: 'refused', refund_id: null, problems: [problem] };
}
