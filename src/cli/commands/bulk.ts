// `dead-letters bulk`: many at once, whoever started it and by whichever way: shown, followed, stopped.
import type { System } from '../../compose.ts';
import { type Bulk, type BulkSums, hasWork } from '../../domain/bulk.ts';
import { ConfigError } from '../../domain/errors.ts';
import { bulkStateWords } from '../../policies/bulk-words.ts';
import { progressView } from '../../review/bulk-view.ts';
import { followBulk } from '../../review/follow-bulk.ts';
import { defineCommand, type ExitCode, interruptible } from '../command.ts';
import type { Io } from '../io.ts';
import { anyText, bulkId } from '../limits.ts';
import { flag, json, optional } from '../options.ts';
import { printCases, resultName, sumLine } from '../print/bulk.ts';
import { numberText, wonText } from '../print/words.ts';
import { withSystem } from '../settings.ts';

export const bulk = defineCommand({
  name: 'bulk',
  description: {
    en: 'Show, follow or stop many at once, whoever started it.',
    ko: '한꺼번에 하는 일을 보거나 따라가거나 멈춰요. 누가 시작했든 상관없어요.',
  },
  arguments: {
    id: optional('[id]', { en: 'Absent: the latest one.', ko: '생략하면 가장 최근 것.' }, bulkId),
  },
  options: {
    follow: flag('--follow', {
      en: 'Print each result as it comes; Ctrl-C ends only the printing.',
      ko: '결과를 나오는 대로 보여줘요. Ctrl-C를 눌러도 작업은 계속돼요.',
    }),
    stop: flag('--stop', { en: 'Stop it; needs --as.', ko: '멈춰요 (--as 필요).' }),
    as: optional('--as <name>', { en: 'Who you are; recorded.', ko: '처리하는 사람.' }, anyText(100)),
    json,
  },
  examples: ['dead-letters bulk', 'dead-letters bulk rp_0123456789abcdef01234567 --stop --as 김민지'],
  async run(io, input) {
    const { stop, as: who, follow } = input;
    if (stop && who === undefined)
      throw new ConfigError(['--as: expected some text (비어 있지 않은 글 필요), got nothing']);
    return withSystem(io, async (system) => {
      const id = input.id ?? (await system.bulks.recent(1))[0]?.id;
      const found = id === undefined ? null : await system.bulks.read(id);
      if (found === null) {
        io.note('There is no such thing. 그런 작업이 없어요.');
        return 1;
      }
      if (stop && who !== undefined) {
        const stopped = await system.bulks.stop(found.id, { who, via: 'cli' });
        await print(io, stopped ?? found, input);
        return 0;
      }
      if (follow) return followIt(io, system, { found, json: input.json });
      await print(io, found, input);
      return 0;
    });
  },
});

function followIt(
  io: Io,
  system: System,
  { found, json: asJson }: { readonly found: Bulk; readonly json: boolean },
): Promise<ExitCode> {
  const { id } = found;
  const kind = found.start === null ? 'preview' : 'result';
  return interruptible(async (signal) => {
    const { bulks, clock } = system;
    const cases = followBulk({ bulks, sleep: clock.sleep }, { id, kind }, signal);
    await printCases(io, cases, { json: asJson });
    const now = await bulks.read(id);
    if (signal.aborted && now !== null && hasWork(now.state))
      io.note(`It goes on; stop it with dead-letters bulk ${id} --stop --as … (작업은 계속돼요.)`);
    return 0;
  });
}

async function print(io: Io, found: Bulk, { json: asJson }: { readonly json: boolean }): Promise<void> {
  if (asJson) return io.out(JSON.stringify(progressView(found)));
  const { id, state, made, start, stop, list, previews, results } = found;
  const { en, ko } = bulkStateWords[state];
  await io.out(`${id}  ${en} ${ko}  ${start?.who ?? made.who}  ${start?.reason ?? ''}`);
  if (list !== null) await io.out(`  ${numberText(list.count)} cases 건  ${wonText(list.won)}`);
  for (const line of linesOf(start === null ? previews : results)) await io.out(`  ${line}`);
  if (stop !== null) await io.out(`  stopped by 멈춘 사람: ${stop.who}`);
}

function linesOf(sums: BulkSums): string[] {
  return Object.entries(sums).map(([result, { count, won }]) => sumLine(resultName(result), count, won));
}
