// Reads cancellation events from JSON Lines, some at a time as they come; one result per line, in order.
import { setTimeout } from 'node:timers/promises';
import { readJsonText, wordOutsideJson } from '../domain/json.ts';
import { type Problem, repeatedNames } from '../domain/problem.ts';
import { type Line, longestLineBytes, readLines } from './lines.ts';

/** What became, or would become, of one event. */
export interface EventResult {
  readonly result: string;
  readonly refund_id: string | null;
  readonly problems: readonly Problem[];
}

export type LineResult<Result extends EventResult> = { readonly line: number } & (
  | Result
  | (EventResult & { readonly result: 'refused' })
);

type Answering<Result> = (events: readonly unknown[]) => Promise<readonly Result[]>;

/** What is stored at once, and held in memory until then. */
const mostLines = 1_000;
const mostBytes = 4 * 1_048_576;
/** A line waits so long, in ms, for others to be stored with: standard input may pause for hours. */
const longestWaitMs = 200;

interface ReadingOptions {
  /** Ends the input; what was read by then is stored and answered all the same. */
  readonly signal?: AbortSignal;
  /** Hears the number of each line, as it is read. */
  readonly onRead?: (line: number) => void;
}

/** Blank lines are skipped. Throws when Redis goes away: what was answered is stored, the rest may be sent again. */
export async function* answerLines<Result extends EventResult>(
  input: AsyncIterable<Buffer | string>,
  answer: Answering<Result>,
  { signal = new AbortController().signal, onRead = () => undefined }: ReadingOptions = {},
): AsyncGenerator<LineResult<Result>> {
  for await (const lines of gatheredLines(readLines(untilStopped(input, signal)))) {
    onRead(lines.at(-1)?.number ?? 0);
    const filled = lines.filter(({ text }) => text.kind !== 'text' || text.value !== '');
    yield* await answerChunk(filled, answer);
  }
}

async function* untilStopped<Part>(input: AsyncIterable<Part>, signal: AbortSignal): AsyncGenerator<Part> {
  const parts = input[Symbol.asyncIterator]();
  const stopped = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  for (;;) {
    const next = await Promise.race([parts.next(), stopped]);
    if (next === null || next.done === true) break;
    yield next.value;
  }
  // Not awaited: where the input stands still, its end would be waited for as well.
  void parts.return?.().catch(() => undefined);
}

async function* gatheredLines(lines: AsyncGenerator<Line>): AsyncGenerator<readonly Line[]> {
  const read = () => {
    const line = lines.next();
    line.catch(() => undefined); // heard when it is awaited, if it is: the loop may end before
    return line;
  };
  let next = read();
  for (let first = await next; first.done !== true; first = await next) {
    const gathered = [first.value];
    let bytes = sizeOf(first.value);
    next = read();
    const pause = new AbortController();
    const paused = setTimeout(longestWaitMs, null, { signal: pause.signal }).catch(() => null);
    while (gathered.length < mostLines && bytes < mostBytes) {
      const more = await Promise.race([next, paused]);
      if (more === null || more.done === true) break;
      gathered.push(more.value);
      bytes += sizeOf(more.value);
      next = read();
    }
    pause.abort();
    yield gathered;
  }
}

function sizeOf({ text }: Line): number {
  return text.kind === 'text' ? text.value.length : 0;
}

async function answerChunk<Result extends EventResult>(
  lines: readonly Line[],
  answer: Answering<Result>,
): Promise<LineResult<Result>[]> {
  const read = lines.map(({ number, text }) => ({ number, ...contentOf(text) }));
  const events = read.flatMap((entry) => (entry.kind === 'json' ? [entry.value] : []));
  const results = (await answer(events)).values();
  return read.map((entry) => {
    if (entry.kind === 'wrong') {
      return { line: entry.number, result: 'refused', refund_id: null, problems: entry.problems };
    }
    const { value } = results.next();
    if (value === undefined) throw new Error('an event without a result');
    return { line: entry.number, ...value };
  });
}

type LineContent =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** The input is never echoed: a broken line may hold an account number. */
function contentOf(text: Line['text']): LineContent {
  if (text.kind === 'too_long') return wrongLine(`a line of more than ${longestLineBytes} bytes`);
  if (text.kind === 'not_utf8') return wrongLine('bytes that are not UTF-8');
  const read = readJsonText(text.value);
  if (read.kind === 'not_json') {
    return wrongLine(wordOutsideJson(text.value) ?? 'text that is not JSON');
  }
  return read.repeated.length > 0 ? { kind: 'wrong', problems: repeatedNames(read.repeated) } : read;
}

function wrongLine(received: string): LineContent {
  const expected = 'one JSON object per line';
  const expected_ko = '한 줄에 JSON 객체 하나';
  return { kind: 'wrong', problems: [{ field: '(line)', expected, expected_ko, received }] };
}
