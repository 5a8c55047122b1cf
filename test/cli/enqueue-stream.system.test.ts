// `enqueue` on inputs that pause, break off or are read once, and with readers that go away.
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';
import { cli, folderForTest, jsonLines, startCli } from './support.ts';

const redis = useRedis();
const eventLine = (number: number) =>
  `${JSON.stringify({ event_id: `s-${number}`, order_id: 'o', receipt_id: 'r', cancel_price: 1 })}\n`;

async function opened() {
  const shop = await openShop(redis, { worker: false });
  const env = { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix };
  const stored = async () => (await shop.system.ledger.list({ limit: 20 })).items.length;
  return { env, folder: folderForTest(), stored };
}

it('stores and answers what came when the input pauses', async () => {
  const { env, folder, stored } = await opened();
  const running = startCli(['enqueue', '-'], { env, folder, input: eventLine(1), keepsInputOpen: true });
  await running.until('"line":1');
  expect(await stored()).toBe(1);
  running.child.stdin?.write(eventLine(2));
  await running.until('"line":2');
  running.child.stdin?.end();
  expect(await running.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('accepted 2') });
});

it.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s stores what was read, and says where it stopped',
  async (signal) => {
    const { env, folder, stored } = await opened();
    const input = `${eventLine(1)}${eventLine(2)}{"event_id":"s-3","ord`;
    const running = startCli(['enqueue', '-'], { env, folder, input, keepsInputOpen: true });
    await running.until('"line":2');
    running.child.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect(code).not.toBe(0);
    expect(jsonLines(stdout).map(({ line, result }) => [line, result])).toEqual([
      [1, 'accepted'],
      [2, 'accepted'],
      [3, 'refused'],
    ]);
    expect(stderr).toContain('Stopped after line 3');
    expect(await stored()).toBe(2);
  },
);

it('without a reader of its answers stops, and says up to where it stored', async () => {
  const { env, folder } = await opened();
  const running = startCli(['enqueue', '-'], { env, folder, input: eventLine(1), keepsInputOpen: true });
  await running.until('"line":1');
  running.child.stdout?.destroy();
  let number = 2;
  const writing = setInterval(() => {
    number += 1;
    running.child.stdin?.write(eventLine(number));
  }, 100);
  const { code, stderr } = await running.ended.finally(() => clearInterval(writing));
  expect(code).toBe(1);
  expect(stderr).toMatch(/Stopped after line \d+/);
});

it('reads a named pipe once', async () => {
  const { env, folder } = await opened();
  const pipe = join(folder, 'events.pipe');
  execFileSync('mkfifo', [pipe]);
  const ended = cli(['enqueue', pipe], { env, folder });
  createWriteStream(pipe).end(eventLine(1) + eventLine(2));
  expect(jsonLines((await ended).stdout)).toMatchObject([{ result: 'accepted' }, { result: 'accepted' }]);
});
