import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { textOf } from '../packaging/project.ts';
import { cli, cliHere, folderForTest } from './support.ts';

const refundId = 'rf_abcdefghijklmnopqrstuvwxyz';

/** Writes the address of each module that a process loads on its standard error. */
const tellsLoads = dataUrl(`
  import { register } from 'node:module';
  register(${JSON.stringify(
    dataUrl(`
      import { writeSync } from 'node:fs';
      export const load = (url, context, next) => (writeSync(2, url + '\\n'), next(url, context));
    `),
  )});
`);

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** Where tests build the program itself. */
const ours = '.cache';

/** As a process of its own; `loaded`: the packages. */
async function loading(words: readonly string[], env: Record<string, string> = {}) {
  const ended = await cli(words, { env: { ...env, NODE_OPTIONS: `--import=${tellsLoads}` } });
  return { ...ended, loaded: new Set(ended.stderr.match(/(?<=node_modules\/)(@[^/]+\/)?[^/\n]+/g)) };
}

describe('the commands', () => {
  it.each([
    ...['demo', 'start', 'worker', 'server', 'simulator', 'enqueue', 'status', 'list', 'doctor'],
    ...['dead-letters', 'dead-letters list', 'dead-letters show', 'dead-letters replay'],
    ...['dead-letters resolve', 'dead-letters replay-many'],
    ...['lane', 'lane status', 'lane hold', 'lane resume'],
    ...['events', 'events list', 'events resend'],
    ...['operator', 'operator add'],
  ])('%s explains itself with an example', async (command) => {
    const { code, stdout } = await cliHere([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}\$ refund-worker /);
    expect(stdout).toContain(`refund-worker ${command}`);
  });

  it('tell their version', async () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')));
    expect(await cliHere(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('tell their version without loading anything', async () => {
    const { code, stdout, loaded } = await loading(['--version']);
    expect({ code, loaded: [...loaded].filter((name) => name !== ours) }).toEqual({
      code: 0,
      loaded: [],
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([['--help'], ['worker', '--help']])(
    'say it without loading what they work with: %s',
    async (...words) => {
      const { code, stdout, loaded } = await loading(words);
      expect(code).toBe(0);
      expect(stdout).not.toBe('');
      expect(loaded).toContain('commander');
      const heavy = ['bullmq', 'ioredis', 'undici', 'fastify', 'pino', 'cli-table3'];
      expect(heavy.filter((name) => loaded.has(name))).toEqual([]);
    },
  );

  it('load only what they need: a worker no server, no table and no help', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1', BOOTPAY_CLIENT_KEY: 'k', BOOTPAY_SECRET_KEY: 's' };
    const { code, stderr, loaded } = await loading(['worker'], env);
    expect(code).toBe(1);
    expect(loaded).toContain('bullmq');
    const others = ['fastify', 'cli-table3', 'string-width', 'wrap-ansi', 'pino-pretty'];
    expect(others.filter((name) => loaded.has(name))).toEqual([]);
    expect(stderr).toContain('undici/lib/dispatcher/pool.js');
    expect(stderr).not.toMatch(/undici\/index|cli\/commands\/(?!index|services)/);
  });

  it.each([[[]], [['pay']], [['status']], [['list', '--colour']], [['lane', 'open']], [['list', 'extra']]])(
    'end with 2 when they are used wrongly: %j',
    async (words) => {
      const { code, stdout, stderr } = await cliHere(words);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );

  it('end as a process with the same code and no stack', async () => {
    const { code, stdout, stderr } = await cli(['list', '--state', 'paid']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^--state: expected one of .*got "paid"\n$/);
  });

  it('name every wrong option at once', async () => {
    const { code, stderr } = await cliHere([
      'dead-letters',
      'replay',
      'rf_1',
      '--amount',
      '0',
      '--version',
      'x',
    ]);
    expect(code).toBe(2);
    const named = stderr.split('\n').map((line) => line.split(':')[0]);
    expect(named).toEqual(['<refund_id>', '--reason', '--as', '--amount', '--version', '']);
  });

  it.each([
    ['dead-letters', 'replay', refundId],
    ['dead-letters', 'resolve', refundId, '--outcome', 'already_refunded'],
    ['dead-letters', 'replay-many'],
    ['lane', 'hold'],
    ['lane', 'resume'],
    ['events', 'resend', '--all'],
  ])('that act ask who and why: %s %s', async (...words) => {
    const { code, stderr } = await cliHere(words);
    expect(code).toBe(2);
    expect(stderr).toContain('--reason: expected');
    expect(stderr).toContain('--as: expected');
  });

  it('refuse an amount together with a full cancel', async () => {
    const verdict = ['--as', '김민지', '--reason', '합의'];
    const words = ['dead-letters', 'replay', refundId, ...verdict, '--amount', '1', '--full'];
    expect(await cliHere(words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--full, --amount'),
    });
  });
});

describe('a wrong configuration', () => {
  const env = { BOOTPAY_TIMEOUT_MS: 'soon', HTTP_PORT: '99999', BOOTPAY_CLIENT_KEY: 'only-half' };

  it.each(['start', 'worker', 'server', 'list', 'doctor'])(
    'ends %s with 2 and every problem',
    async (command) => {
      const { code, stdout, stderr } = await cliHere([command], { env, folder: folderForTest() });
      expect(code).toBe(2);
      for (const name of ['BOOTPAY_TIMEOUT_MS', 'HTTP_PORT', 'BOOTPAY_SECRET_KEY'])
        expect(stdout + stderr).toContain(`${name}: expected`);
      expect(stdout + stderr).not.toContain('only-half');
      expect(stdout + stderr).not.toMatch(/\n\s+at /);
    },
  );

  it('in .env is found, and the environment wins over it', async () => {
    const folder = folderForTest();
    writeFileSync(join(folder, '.env'), 'HTTP_PORT=nowhere\nLOG_LEVEL=loud\n');
    const { code, stderr } = await cliHere(['list'], { folder, env: { LOG_LEVEL: 'info' } });
    expect(code).toBe(2);
    expect(stderr).toContain('HTTP_PORT: expected');
    expect(stderr).not.toContain('LOG_LEVEL');
  });

  it('without any Redis says how to get one', async () => {
    const { code, stderr } = await cliHere(['list'], { folder: folderForTest() });
    expect(code).toBe(2);
    expect(stderr).toContain('REDIS_URL');
  });

  it.each(['start', 'worker'])('without credentials ends %s with 2', async (command) => {
    const { code, stderr } = await cliHere([command], { folder: folderForTest() });
    expect(code).toBe(2);
    expect(stderr).toContain('BOOTPAY_CLIENT_KEY');
  });
});

describe('a Redis that is away', () => {
  const env = {
    REDIS_URL: 'redis://:secret@127.0.0.1:1',
    BOOTPAY_CLIENT_KEY: 'k',
    BOOTPAY_SECRET_KEY: 's',
    LOG_LEVEL: 'silent',
  };

  it.each([
    ['list'],
    ['status', refundId],
    ['enqueue', '-'],
    ['dead-letters', 'list'],
    ['lane', 'status'],
    ['worker'],
    ['server'],
    ['start'],
  ])('ends %s with 1 and says what to do', async (...words) => {
    const input = '{"event_id":"e-1","order_id":"o-1","receipt_id":"r-1"}\n';
    const { code, stderr } = await cliHere(words, { env, folder: folderForTest(), input });
    expect(code).toBe(1);
    // The reason, and nothing before it: no line was read, so no line is where it stopped.
    expect(stderr).toMatch(
      /^Redis at 127\.0\.0\.1:1 does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\)/,
    );
    expect(stderr).not.toContain('secret');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('is what doctor reports, with 1', async () => {
    const { code, stdout } = await cliHere(['doctor', '--json'], { env, folder: folderForTest() });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  });
});
