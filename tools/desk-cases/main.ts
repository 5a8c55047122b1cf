// `npm run desk:cases`: twenty refunds that wait for a person, each with one right act. Enter checks, Ctrl-C checks and ends.
import { createInterface } from 'node:readline';
import { launchDemoRedis } from '../../demo/redis.ts';
import { createLifecycle } from '../../src/shutdown.ts';
import { check } from './check.ts';
import { openDesk } from './desk.ts';
import { prepare } from './prepare.ts';
import { resultOf, sheetOf } from './sheet.ts';
import { deskCases } from './twenty.ts';

/** Long enough to be seen, short enough to be waited for. */
const settleWindowMs = 5 * 60_000;

/** A Ctrl-C may come twice, from the terminal and from `npm`: the second one must not end it before it has checked. */
function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

const language = process.argv.includes('--en') ? 'en' : 'ko';
const lifecycle = createLifecycle();
const redis = await launchDemoRedis('.refund-worker');
lifecycle.add('redis', redis.stop);
try {
  const httpPort = Number(process.env['HTTP_PORT'] ?? 0);
  const options = { redisUrl: redis.url, redisPrefix: '{desk-cases}', httpPort, settleWindowMs };
  const desk = await openDesk(lifecycle, options);
  console.log(language === 'ko' ? '스무 건을 준비하고 있어요…' : 'Preparing twenty cases…');
  const prepared = await prepare(desk, deskCases);
  console.log(`\n${sheetOf(desk, deskCases, language)}\n`);
  console.log(
    language === 'ko'
      ? 'Enter: 채점 (이어서 할 수 있어요), Ctrl-C: 채점하고 종료'
      : 'Enter: check (and go on), Ctrl-C: check and end',
  );
  const show = async () => console.log(`\n${resultOf(await check(desk, prepared))}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => void show());
  await askedToEnd();
  lines.close();
  await show();
} finally {
  await lifecycle.stopAll(10_000);
}
