// `export` into a file: an interruption costs nothing, and a file that is there is never overwritten.
import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { cancellationEventSchema } from '../../src/domain/event.ts';
import { settled } from '../../src/policies/transition.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';
import { cliHere, folderForTest, jsonLines, startCli } from './support.ts';

const redis = useRedis();
const day = '2026-11-28';

/** Ended one after the other on one day, without a worker. */
async function openBook(count: number): Promise<Shop> {
  const shop = await openShop(redis, { worker: false });
  const { ledger } = shop.system;
  const at = Date.parse(`${day}T09:00:00+09:00`);
  const made = Array.from({ length: count }, (_, n) => {
    const event = { event_id: `e-${n}`, order_id: `o-${n}`, receipt_id: `r-${n}`, cancel_price: 1_000 };
    return newRefund(cancellationEventSchema.parse(event), at + n, 1_000);
  });
  await ledger.accept(made);
  const because = { who: 'worker', what: 'settle', reason: 'accepted' };
  await Promise.all(
    made.map(({ refund }, n) =>
      ledger.commit({ ...settled(refund, 1_000, { now: at + n, ...because }), seen: null }, {}),
    ),
  );
  return shop;
}

it('goes on after SIGKILL without a line twice or missing, whatever the end of the file is', async () => {
  const env = environmentOf(await openBook(1_500));
  const folder = folderForTest();
  const words = ['export', '--day', day, '--format', 'jsonl', '--json'];
  const whole = await cliHere([...words, '--out', 'whole.jsonl'], { folder, env });
  expect(jsonLines(whole.stdout)).toMatchObject([{ lines: 1_500, refunded: 1_500_000, differs: [] }]);

  const killed = startCli([...words, '--out', 'killed.jsonl'], { folder, env });
  while (!existsSync(join(folder, 'killed.jsonl.progress')) && killed.child.exitCode === null)
    await setImmediate();
  killed.child.kill('SIGKILL');
  expect((await killed.ended).code).not.toBe(0);
  await appendFile(join(folder, 'killed.jsonl'), '{"day":"2026-11-28","ended_at":"20');

  const other = await cliHere(['export', '--month', '2026-11', '--out', 'killed.jsonl', '--resume'], {
    folder,
    env,
  });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('begun with other options') });
  const resumed = await cliHere([...words, '--out', 'killed.jsonl', '--resume'], { folder, env });
  expect(jsonLines(resumed.stdout)).toMatchObject([{ lines: 1_500, refunded: 1_500_000, differs: [] }]);
  const [one, other_] = await Promise.all(
    ['whole.jsonl', 'killed.jsonl'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  expect(other_).toBe(one);
  expect(existsSync(join(folder, 'killed.jsonl.progress'))).toBe(false);
});

it('leaves a file alone that is there, and says what is wrong with what was asked', async () => {
  const env = environmentOf(await openBook(1));
  const folder = folderForTest();
  await writeFile(join(folder, 'mine.csv'), 'mine');
  const run = (...words: string[]) => cliHere(['export', ...words], { folder, env });
  for (const [words, said] of [
    [['--day', day, '--out', 'mine.csv'], 'exists already'],
    [['--day', day, '--out', 'none.csv', '--resume'], 'nothing was interrupted'],
    [['--day', day, '--month', '2026-11', '--out', 'a.csv'], 'give one of'],
    [['--day', '2026-02-30', '--out', 'a.csv'], 'a day such as'],
    [['--from', '2026-11-29', '--to', day, '--out', 'a.csv'], 'before the first'],
    [['--day', day, '--out', 'no/folder.csv'], 'ENOENT'],
    [['--day', day], '--out'],
  ] as const) {
    expect(await run(...words), said).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  }
  expect(await readFile(join(folder, 'mine.csv'), 'utf8')).toBe('mine');
  const made = await run('--from', '2026-11-01', '--to', '2026-11-30', '--language', 'en', '--out', 'en.csv');
  expect(made).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 lines 줄, refunded 환불 1,000원'),
  });
  expect(await readFile(join(folder, 'en.csv'), 'utf8')).toMatch(
    /^\uFEFFDate,Order,Refund,.*\r\n2026-11-28,o-0,rf_.*,refunded,.*\r\nTotal,/,
  );
});
