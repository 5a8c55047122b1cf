// A lock whose holder is gone holds nothing, however it came to be left; one whose holder lives is waited for, audibly.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, type TestContext, test } from 'vitest';
import { thisProcess } from '../../src/embedded-redis/holder.ts';
import { holdLock, keepTouching, type LockOptions } from '../../src/embedded-redis/lock-file.ts';

type Wait = Parameters<NonNullable<LockOptions['onWait']>>[0];

const root = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(root, { recursive: true }));

function lockWith(content?: unknown): string {
  const path = join(mkdtempSync(join(root, 'folder-')), 'redis.lock');
  if (content !== undefined)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** How long it took, in ms, and what was told meanwhile. */
async function taken(path: string) {
  const waits: Wait[] = [];
  const began = performance.now();
  await holdLock(path, async () => undefined, { onWait: (wait) => void waits.push(wait) });
  return { ms: performance.now() - began, waits };
}

async function sleeper({ onTestFinished: onEnd }: TestContext): Promise<number> {
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  onEnd(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

const host = hostname();

describe.concurrent('a lock that is left', () => {
  test.for<[string, () => unknown]>([
    ['our own number, as an earlier version wrote it', () => `${process.pid}\n`],
    ['our own number, of another life', async () => ({ ...(await thisProcess()), id: 'another' })],
    ['a number that no process has', () => ({ pid: 2 ** 22 + 1, id: 'a', started: null, host })],
    [
      'the number of a process that started later',
      async () => ({ pid: process.ppid, id: 'a', started: 'earlier', host }),
    ],
  ])('with %s is broken at once', async ([_, content], { expect }) => {
    const path = lockWith(await content());
    const { ms, waits } = await taken(path);
    expect(ms).toBeLessThan(1_000);
    expect(waits).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  test('by a process that was killed while it broke another one is broken at once', async ({ expect }) => {
    const path = lockWith(`${process.pid}\n`);
    writeFileSync(`${path}.break`, `${process.pid}\n`);
    expect((await taken(path)).ms).toBeLessThan(1_000);
    expect(existsSync(`${path}.break`)).toBe(false);
  });

  test.for<[string, unknown]>([
    ['nothing in it', ''],
    ['half of it', '{"pid": 1, "id": "a'],
    ['what a power cut leaves', '\0'.repeat(64)],
    ['the name of another machine', { pid: process.ppid, id: 'a', started: null, host: 'elsewhere' }],
  ])(
    'with %s is broken after some seconds of silence, and the wait is told once',
    async ([_, content], { expect }) => {
      const path = lockWith(content);
      const { ms, waits } = await taken(path);
      expect(ms).toBeGreaterThan(4_000);
      expect(ms).toBeLessThan(10_000);
      expect(waits).toHaveLength(1);
      expect(waits[0]?.path).toBe(path);
    },
  );
});

describe.concurrent('a lock that is held', () => {
  test('by another process is waited for, however silent that is, and given up with it', async (context) => {
    const { expect } = context;
    const path = lockWith();
    const pid = await sleeper(context);
    writeFileSync(path, `${pid}\n`);
    const waiting = taken(path);
    setTimeout(() => process.kill(pid, 'SIGKILL'), 7_000);
    const { ms, waits } = await waiting;
    expect(ms).toBeGreaterThan(6_900);
    expect(waits).toMatchObject([{ path, holder: { pid } }]);
  });

  test('on another machine is waited for as long as it is touched there', async ({ expect }) => {
    const path = lockWith({ pid: 1, id: 'a', started: null, host: 'elsewhere' });
    setTimeout(keepTouching(path), 3_000);
    expect((await taken(path)).ms).toBeGreaterThan(7_000);
  });

  test('is touched, and names this process', async ({ expect }) => {
    const path = lockWith();
    await holdLock(path, async () => {
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(await thisProcess());
    });
    expect((await thisProcess()).started).not.toBeNull();
  });
});

test('a lock that cannot be read is named, with the way out', async ({ expect }) => {
  const path = lockWith();
  mkdirSync(path);
  await expect(holdLock(path, async () => undefined)).rejects.toThrow(
    /redis\.lock: cannot be read.*remove it/,
  );
});
