// Processes that share a folder, and the Redis in it: each ends or goes on when the one that runs it goes, and none waits
// in silence.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { cliHere, folderForTest, type Running, startCli } from './support.ts';

const env = { BOOTPAY_CLIENT_KEY: 'k', BOOTPAY_SECRET_KEY: 's', HTTP_PORT: '0', LOG_LEVEL: 'warn' };
const isRoot = process.geteuid?.() === 0;

interface OwnRedis {
  readonly pid: number;
  readonly holder: { readonly pid: number };
}

const redisFile = (folder: string) => join(folder, '.refund-worker', 'redis.json');

function ownRedis(folder: string): OwnRedis {
  return JSON.parse(readFileSync(redisFile(folder), 'utf8'));
}

async function started(folder: string, command = 'start'): Promise<Running & { readonly readyz: string }> {
  const running = startCli([command, '--json'], { env, folder });
  return { readyz: '', ...running, ...JSON.parse(await running.until('}\n')) };
}

function stderrOf({ printed }: Running): string {
  return printed().stderr;
}

const gone = 'The Redis of this folder is gone';

it('all that work on the Redis of a start say so, and end with a sentence when that is stopped', async () => {
  const folder = folderForTest();
  const first = await started(folder);
  const others = await Promise.all(['start', 'worker', 'server'].map((command) => started(folder, command)));
  expect(others.map(stderrOf)[0]).toContain(`is run by process ${first.child.pid} `);
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);
  for (const { code, stderr } of await Promise.all(others.map(({ ended }) => ended))) {
    expect([code, stderr]).toEqual([1, expect.stringContaining(gone)]);
    expect(stderr).toMatch(/Redis가 멈췄어요/);
  }
  expect(existsSync(redisFile(folder))).toBe(false);
});

it('a second start takes the Redis over when the first is killed, serves on, and stops it at its end', async () => {
  const folder = folderForTest();
  const first = await started(folder);
  const second = await started(folder);
  const { pid } = ownRedis(folder);
  first.child.kill('SIGKILL');
  await vi.waitFor(() => expect(ownRedis(folder).holder.pid).toBe(second.child.pid), 10_000);
  await vi.waitFor(() => expect(stderrOf(second)).toContain('own_redis_taken_over'));
  expect((await fetch(second.readyz)).status).toBe(200);
  expect(ownRedis(folder).pid).toBe(pid);
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
  expect(existsSync(redisFile(folder))).toBe(false);
});

it('a start whose Redis dies ends with a sentence, and the next one has its data', async () => {
  const folder = folderForTest();
  const first = await started(folder);
  const event = '{"event_id": "e1", "order_id": "o1", "receipt_id": "r1"}\n';
  const { stdout } = await cliHere(['enqueue', '-'], { env, folder, input: event });
  process.kill(ownRedis(folder).pid, 'SIGKILL');
  const { code, stderr } = await first.ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining(gone)]);
  const next = await started(folder);
  const { refund_id: id }: { refund_id: string } = JSON.parse(stdout);
  expect((await cliHere(['status', id], { env, folder })).code).toBe(0);
  next.child.kill('SIGTERM');
  await next.ended;
});

/** A PATH on which a start gets no further than its Redis, with the lock in its hand. */
function stuckPath(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of ['redis-server', 'valkey-server']) {
    writeFileSync(join(bin, name), '#!/bin/sh\nexec sleep 60\n');
    chmodSync(join(bin, name), 0o755);
  }
  return `${bin}:${process.env['PATH']}`;
}

const lockIn = (folder: string) => join(folder, '.refund-worker', 'redis.lock');

it('a start that waits for the lock says so after a second, and goes on when its holder is killed', async () => {
  const folder = folderForTest();
  const stuck = startCli(['start'], { env: { ...env, PATH: stuckPath(folder) }, folder });
  await vi.waitFor(() => expect(existsSync(lockIn(folder))).toBe(true), 20_000);
  const second = startCli(['start', '--json'], { env, folder });
  await vi.waitFor(() => expect(stderrOf(second)).toContain(`which process ${stuck.child.pid} `), 20_000);
  stuck.child.kill('SIGKILL');
  await second.until('}\n');
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
});

it.runIf(isRoot)(
  'a container that was killed at its start comes back, with the same process numbers',
  async () => {
    const folder = folderForTest();
    // A namespace of its own gives the program the number 1, as in a container.
    const inContainer = (path: string) =>
      startCli(['start', '--json'], { env: { ...env, PATH: path }, folder, within: containerWords });
    const stuck = inContainer(stuckPath(folder));
    await vi.waitFor(() => expect(existsSync(lockIn(folder))).toBe(true), 20_000);
    expect(JSON.parse(readFileSync(lockIn(folder), 'utf8'))).toMatchObject({ pid: 1 });
    stuck.child.kill('SIGKILL');
    await stuck.ended;
    expect(existsSync(lockIn(folder))).toBe(true);
    const again = inContainer(process.env['PATH'] ?? '');
    await again.until('}\n');
    expect(stderrOf(again)).not.toContain('Waiting for');
    again.child.kill('SIGKILL');
    await again.ended;
  },
);

const containerWords = ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child'];
