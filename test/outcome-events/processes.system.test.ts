// Several processes share the stream; one that is killed with events in hand loses none of them, nor their tries.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundleOf } from '../support/bundle.ts';
import { useRedis } from '../support/redis.ts';
import { merchant, until, world } from './support.ts';

const redis = useRedis();
const limits = { retryMs: 20, longestRetryMs: 200, takeOverMs: 1_500, answerMs: 1_000 };
const ids = Array.from({ length: 60 }, (_, index) => `e${index + 1}`);

async function forkForwarder(consumer: string, url: string): Promise<ChildProcess> {
  const bundle = await bundleOf(fileURLToPath(new URL('./forwarder-child.ts', import.meta.url)));
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...{ REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, WEBHOOK_URL: url, CONSUMER: consumer },
    LIMITS: JSON.stringify(limits),
  };
  const child = fork(bundle, [], { execArgv: [], env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  redis.onEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

it('a process that is killed with events in hand: another one sends them, and goes on counting their tries', async () => {
  const { add, ...stream } = world(redis);
  // From its third post on, the bad one is left without an answer until its process is dead.
  let isHung = false;
  const { url, taken, postsOf, behave } = await merchant(redis, (id, earlier) => {
    if (id !== 'bad') return 204;
    isHung = earlier === 2;
    return isHung ? () => undefined : 400;
  });
  await add('bad', ...ids);
  const first = await forkForwarder('first', url);
  await until(() => isHung, true);
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await stream.pending()).toBeGreaterThan(0);
  behave((id) => (id === 'bad' ? 400 : 204));
  await Promise.all([forkForwarder('second', url), forkForwarder('third', url)]);
  await until(stream.setAside, ['bad']);
  await until(() => new Set(taken).size, ids.length);
  await until(stream.pending, 0);
  // Two refusals before, three after, and the one that nobody saw the end of.
  expect(postsOf('bad')).toBe(6);
  await until(async () => (await stream.consumers()).sort(), ['second', 'third']);
});
