// What `demo` does: opens the shop, plays the sample events, prints how each of them ended, and stops everything.
import { resolve } from 'node:path';
import { callsPerSecond } from '../../demo/environment.ts';
import { tableOf, totalsOf } from '../../demo/report.ts';
import { type Outcome, runStory } from '../../demo/run.ts';
import { ownSamples, readSamples } from '../../demo/samples.ts';
import { openDemoShop, type Shop } from '../../demo/shop.ts';
import { summaryView } from '../review/record-view.ts';
import { createLifecycle, onShutdown } from '../shutdown.ts';
import { type ExitCode, interrupted } from './command.ts';
import type { Io } from './io.ts';
import { addressesOf, withoutPassword } from './service.ts';

interface DemoInput {
  readonly keep: boolean;
  readonly port: number | undefined;
  readonly samples: string | undefined;
  readonly json: boolean;
}

export async function runDemo(
  io: Io,
  { keep, port = 0, samples: folder, json: asJson }: DemoInput,
): Promise<ExitCode> {
  const samples = await readSamples(folder === undefined ? ownSamples() : resolve(io.folder, folder));
  const lifecycle = createLifecycle();
  let result: ExitCode = interrupted;
  let stopping = false;
  let off = (): void => undefined;
  const stopped = new Promise<ExitCode>((end) => {
    const stop = async () => {
      stopping = true;
      if (result === interrupted) io.note('Stopped. 중단했어요.');
      await lifecycle.stopAll(5_000);
    };
    off = onShutdown(stop, { deadlineMs: 6_000, exit: (code) => end(result === 0 ? code : result) });
  });
  const print = (line: string) => (asJson ? io.note(line) : void io.out(line));

  const story = async (): Promise<ExitCode> => {
    const shop = await openDemoShop(io, lifecycle, { scenario: samples.scenario, httpPort: port });
    print(intro(io, shop));
    const outcome = await runStory(asJson ? { ...io, isTerminal: false } : io, shop, { samples, print });
    await io.out(asJson ? JSON.stringify(outcomeJson(outcome)) : outcomeText(io, outcome));
    result = outcome.ok ? 0 : 1;
    if (!keep) return result;
    print(keptText(io, shop));
    return stopped;
  };
  try {
    return await Promise.race([story(), stopped]);
  } catch (error) {
    // An error caused by the stop itself.
    if (!stopping) throw error;
    return await stopped;
  } finally {
    off();
    await lifecycle.stopAll(5_000);
  }
}

function intro({ colors }: Io, { simulator, serverUrl, env }: Shop): string {
  return [
    colors.bold('refund-worker demo'),
    `  Bootpay simulator ${colors.cyan(simulator.url)}, server ${colors.cyan(serverUrl)}, own Redis ${colors.cyan(withoutPassword(env['REDIS_URL'] ?? ''))}`,
    `  At most ${callsPerSecond} calls to Bootpay per second; waits of minutes are seconds here. (초당 최대 ${callsPerSecond}회 호출, 대기 시간은 짧게 줄였어요.)`,
    '',
  ].join('\n');
}

function outcomeText(io: Io, outcome: Outcome): string {
  const { colors } = io;
  const { rows, totals, calls, seconds, ok } = outcome;
  const wrong = rows.flatMap(({ expectation, differences }) =>
    differences.map((difference) => `  line ${expectation.line} (${expectation.title.en}): ${difference}`),
  );
  return [
    '',
    tableOf(io, rows),
    '',
    totalsOf(io, totals),
    `${calls.total} calls to Bootpay; the rate limiter let at most ${calls.busiestSecond} go in any second (limit ${callsPerSecond}); ${seconds.toFixed(1)} s. (호출 ${calls.total}회, 호출 제한기가 1초에 보낸 호출은 최대 ${calls.busiestSecond}회, 한도 ${callsPerSecond}회.)`,
    '',
    ok
      ? colors.green(`All ${rows.length} events ended as expected. 모든 이벤트가 예상대로 끝났어요.`)
      : colors.red(`Not all events ended as expected. 예상과 다른 건이 있어요.\n${wrong.join('\n')}`),
  ].join('\n');
}

function outcomeJson({ rows, totals, calls, seconds, ok }: Outcome) {
  return {
    ok,
    seconds: Math.round(seconds * 10) / 10,
    calls: { ...calls, limit: callsPerSecond },
    totals,
    events: rows.map(({ expectation, result, refund, differences, replayed }) => ({
      line: expectation.line,
      title: expectation.title,
      result,
      replayed,
      differences,
      refund: refund === null ? null : summaryView(refund),
    })),
  };
}

function keptText({ colors }: Io, { serverUrl, simulator, env }: Shop): string {
  const { desk, api, board } = addressesOf(serverUrl);
  const control = simulator.url.replace(/v2$/, '_simulator/');
  const rows = [
    ['Desk', desk],
    ['API', api],
    ['Bull Board', board],
    ['Simulator', simulator.url],
    ['Control', `${control}book, calls, switches`],
    ['Redis', `${withoutPassword(env['REDIS_URL'] ?? '')}  prefix ${env['REDIS_PREFIX']}`],
  ];
  return [
    '',
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(11)} ${colors.cyan(value)}`),
    '',
    '  In another terminal, in this folder: refund-worker dead-letters list',
    '  (다른 터미널에서 같은 폴더로 이동해 명령을 실행하면 이 demo에 연결돼요.)',
    colors.dim('  Ctrl-C to stop. Ctrl-C로 종료.'),
  ].join('\n');
}
