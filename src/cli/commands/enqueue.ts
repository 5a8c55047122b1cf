// `enqueue FILE|-`: cancellation events from a file or from standard input, one result line each.
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { System } from '../../compose.ts';
import { ConfigError, codeOf } from '../../domain/errors.ts';
import { defineCommand, interruptible } from '../command.ts';
import { answerLines, type EventResult } from '../enqueue-lines.ts';
import type { Io } from '../io.ts';
import { anyText } from '../limits.ts';
import { argument, flag, json } from '../options.ts';
import { withSystem } from '../settings.ts';

export const enqueue = defineCommand({
  name: 'enqueue',
  description: {
    en: 'Send cancellation events; one JSON result line for each.',
    ko: '취소 이벤트를 접수해요. 한 건마다 결과를 JSON 한 줄로 출력해요.',
  },
  arguments: {
    file: argument(
      '<file>',
      { en: 'JSON Lines; - reads standard input.', ko: 'JSON Lines 파일. -는 표준 입력.' },
      anyText(4_096),
    ),
  },
  options: {
    dryRun: flag('--dry-run', {
      en: 'Store nothing; ask Bootpay what would become of each (up to 200 are asked for).',
      ko: '저장하지 않고 결과만 미리 알아봐요 (부트페이 조회는 최대 200건).',
    }),
    json,
  },
  examples: [
    'enqueue samples/order-cancellations.jsonl',
    'enqueue - < today.jsonl',
    'enqueue --dry-run today.jsonl',
  ],
  async run(io, { file, json: asJson, dryRun }) {
    const input = file === '-' ? io.stdin : await fileStream(io, file);
    const counts = new Map<string, number>();
    const lines = { read: 0, answered: 0 };
    let isStopped = false;
    const sayStopped = () =>
      io.note(dryRun ? 'Stopped. Nothing was stored. 중단했어요. 저장된 것은 없어요.' : stoppedText(lines));
    try {
      const code = await withSystem(io, (system) =>
        interruptible(async (stopping) => {
          const signal = AbortSignal.any([stopping, io.outputBroken]);
          const onRead = (line: number) => {
            lines.read = line;
          };
          const answer = dryRun ? previewing(system) : enqueueing(system);
          for await (const result of answerLines<EventResult>(input, answer, { signal, onRead })) {
            await io.out(JSON.stringify(result));
            counts.set(result.result, (counts.get(result.result) ?? 0) + 1);
            lines.answered = result.line;
          }
          isStopped = signal.aborted;
          return failures.some((result) => counts.has(result)) ? 1 : 0;
        }),
      );
      if (!asJson) io.note(dryRun ? previewSummary(counts) : summaryOf(counts));
      if (isStopped) sayStopped();
      return code;
    } catch (error) {
      // Before the first line there is only the reason to tell.
      if (lines.read > 0) sayStopped();
      throw error;
    }
  },
});

const failures = ['conflict', 'refused', 'would_be_refused'];

function enqueueing({ enqueue: { enqueueMany } }: System) {
  return async (events: readonly unknown[]): Promise<EventResult[]> =>
    (await enqueueMany(events)).map(({ result, refund_id, problems }) => ({ result, refund_id, problems }));
}

function previewing(system: System) {
  const preview = system.previewer();
  return async (events: readonly unknown[]): Promise<EventResult[]> => {
    const results: EventResult[] = [];
    for (const event of events) results.push(await preview(event));
    return results;
  };
}

/** Opened before Redis is asked for anything: a wrong file name is wrong usage. */
async function fileStream(io: Io, file: string): Promise<AsyncIterable<Buffer | string>> {
  const path = resolve(io.folder, file);
  try {
    const handle = await open(path);
    // Read through this very handle: a named pipe gives its content once.
    if (!(await handle.stat()).isDirectory()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    throw new ConfigError([
      `${path}: expected a readable file (읽을 수 있는 파일 필요), got ${codeOf(error) ?? error}`,
    ]);
  }
  throw new ConfigError([`${path}: expected a file (파일 필요), got a folder`]);
}

function summaryOf(counts: ReadonlyMap<string, number>): string {
  const of = (result: string) => counts.get(result) ?? 0;
  const [accepted, duplicate, conflict, refused] = ['accepted', 'duplicate', 'conflict', 'refused'].map(of);
  return `accepted ${accepted}, duplicate ${duplicate}, conflict ${conflict}, refused ${refused} (접수 ${accepted}, 중복 ${duplicate}, 충돌 ${conflict}, 거절 ${refused})`;
}

function previewSummary(counts: ReadonlyMap<string, number>): string {
  const parts = [...counts].map(([result, count]) => `${result} ${count}`);
  return `Nothing was stored. 저장된 것은 없어요. ${parts.join(', ')}`;
}

function stoppedText({ read, answered }: { readonly read: number; readonly answered: number }): string {
  const lost =
    read > answered
      ? ` Lines ${answered + 1} to ${read} were read and may not be stored. (${answered + 1}~${read}번째 줄은 읽었지만 저장되지 않았을 수 있어요.)`
      : '';
  return `Stopped after line ${answered}.${lost} Send the same input again: what was accepted comes back as a duplicate. (${answered}번째 줄까지 접수했어요. 같은 입력을 다시 보내도 두 번 접수되지 않아요.)`;
}
