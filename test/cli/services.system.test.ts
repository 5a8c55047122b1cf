import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startRedis, useRedis } from '../support/redis.ts';
import { shortDurations } from '../support/shop.ts';
import { cliHere, folderForTest, isRunning, jsonLines, startCli } from './support.ts';

const redis = useRedis();

/** The simulator as a command of its own. */
async function startedSimulator() {
  const running = startCli(['simulator', '--json']);
  const said: { url: string; control: string } = JSON.parse(await running.until('}\n'));
  const env = {
    BOOTPAY_BASE_URL: said.url,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    HTTP_PORT: '0',
    LOG_LEVEL: 'warn',
    ...shortDurations,
  };
  return { ...said, env, running };
}

const event = JSON.stringify({
  event_id: 'service-1',
  order_id: '1648686604470',
  receipt_id: '6244f60c1fc19202e42e8c4e',
});

describe('simulator', () => {
  it('prints its address and ends with 0 when it is told to', async () => {
    const { running, control } = await startedSimulator();
    expect((await fetch(`${control}healthz`)).status).toBe(200);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  it('names every problem of a scenario and ends with 2', async () => {
    const folder = folderForTest();
    writeFileSync(join(folder, 's.json'), '{"receipts": [{"id": "", "price": -1}], "colour": 1}');
    const { code, stderr } = await cliHere(['simulator', '--scenario', join(folder, 's.json')]);
    expect(code).toBe(2);
    for (const place of ['receipts[0].id', 'receipts[0].price', 'colour'])
      expect(stderr).toContain(`${place}: `);
  });
});

describe('start', () => {
  it('without REDIS_URL runs a Redis of its own, which every command finds and which ends with it', async () => {
    const { env } = await startedSimulator();
    const folder = folderForTest();
    const running = startCli(['start', '--json'], { env, folder });
    const said: { api: string; readyz: string; redis: string } = JSON.parse(await running.until('}\n'));
    expect((await fetch(said.readyz)).status).toBe(200);
    const { url }: { url: string } = JSON.parse(
      readFileSync(join(folder, '.refund-worker', 'redis.json'), 'utf8'),
    );
    // What is printed may end in a log.
    expect(said.redis).toBe(`redis://${new URL(url).host}`);
    expect(JSON.stringify(running.printed())).not.toContain(new URL(url).password);

    const sent = await cliHere(['enqueue', '-'], { env, folder, input: event });
    expect(sent.code).toBe(0);
    const id = String(jsonLines(sent.stdout)[0]?.['refund_id']);
    await vi.waitFor(
      async () => {
        const { stdout } = await cliHere(['status', id, '--json'], { env, folder });
        expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', refunded: 1_000 });
      },
      { timeout: 10_000 },
    );
    expect((await cliHere(['doctor'], { env, folder })).code).toBe(0);

    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect((await cliHere(['list'], { env, folder })).code).toBe(2);
  });

  it('keeps its data for the next start', async () => {
    const { env } = await startedSimulator();
    const folder = folderForTest();
    for (const expected of ['accepted', 'duplicate']) {
      const running = startCli(['start', '--json'], { env, folder });
      await running.until('}\n');
      const { stdout } = await cliHere(['enqueue', '-'], { env, folder, input: event });
      expect(jsonLines(stdout)).toMatchObject([{ result: expected }]);
      running.child.kill('SIGINT');
      expect((await running.ended).code).toBe(0);
    }
  });

  it('ends within 30 s although Redis is down', async () => {
    const { env } = await startedSimulator();
    const crashable = await startRedis();
    try {
      const running = startCli(['start', '--json'], {
        env: { ...env, REDIS_URL: crashable.url, LOG_LEVEL: 'silent' },
        folder: folderForTest(),
      });
      await running.until('}\n');
      await crashable.kill();
      const toldAt = performance.now();
      running.child.kill('SIGTERM');
      await running.ended;
      expect(performance.now() - toldAt).toBeLessThan(30_000);
    } finally {
      await crashable.stop();
    }
  });
});

describe('worker and server', () => {
  it('apart do together what start does', async () => {
    const { env: base } = await startedSimulator();
    const env = { ...base, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix };
    const folder = folderForTest();
    const worker = startCli(['worker', '--json'], { env, folder });
    const server = startCli(['server', '--json'], { env, folder });
    await worker.until('}\n');
    const { api }: { api: string } = JSON.parse(await server.until('}\n'));
    const answer = await fetch(api, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: event,
    });
    expect(answer.status).toBe(202);
    const { refund_id: id }: { refund_id: string } = JSON.parse(await answer.text());
    await vi.waitFor(
      async () => {
        const { stdout } = await cliHere(['status', id, '--json'], { env, folder });
        expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded' });
      },
      { timeout: 10_000 },
    );
    for (const { child, ended } of [server, worker]) {
      child.kill('SIGTERM');
      const { code, stderr } = await ended;
      expect(code, stderr).toBe(0);
      expect(isRunning(child.pid ?? 0)).toBe(false);
    }
  });

  it.each(['start', 'server'])(
    '%s in production needs a token or a secret, on loopback too',
    async (command) => {
      const env = {
        NODE_ENV: 'production',
        // Nothing listens there: the refusal comes before anything is opened.
        REDIS_URL: 'redis://127.0.0.1:1',
        BOOTPAY_CLIENT_KEY: 'k',
        BOOTPAY_SECRET_KEY: 's',
        LOG_LEVEL: 'silent',
      };
      const { code, stderr } = await cliHere([command], { env });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^INGEST_TOKEN: expected .*INGEST_SECRET.*운영 환경/);
    },
  );

  it('in production refuse a Redis that may lose refunds, and say what to set', async () => {
    const unsafe = await startRedis({ appendfsync: 'no' });
    try {
      const { code, stderr } = await cliHere(['worker'], {
        env: {
          NODE_ENV: 'production',
          REDIS_URL: unsafe.url,
          BOOTPAY_CLIENT_KEY: 'k',
          BOOTPAY_SECRET_KEY: 's',
          LOG_LEVEL: 'silent',
        },
      });
      expect(code).toBe(1);
      expect(stderr).toContain('Redis appendfsync=no');
    } finally {
      await unsafe.stop();
    }
  });
});
