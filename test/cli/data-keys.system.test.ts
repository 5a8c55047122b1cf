// The data key that is made where none is configured: only where an account is sealed, and never beside another one.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startSimulator } from '../../simulator/index.ts';
import { useRedis } from '../support/redis.ts';
import { shortDurations } from '../support/shop.ts';
import { cliHere, folderForTest, jsonLines, startCli } from './support.ts';

const redis = useRedis();

async function environment() {
  const receipts = ['r1', 'r2'].map((id) => ({
    id,
    price: 10_000,
    method: 'vbank' as const,
    pg: 'nicepay' as const,
  }));
  const simulator = await startSimulator({ scenario: { receipts } });
  redis.onEnd(() => simulator.close());
  return {
    ...shortDurations,
    RETRY_DEADLINE_MS: '600000',
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    BOOTPAY_BASE_URL: simulator.url,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    HTTP_PORT: '0',
    LOG_LEVEL: 'info',
  };
}

const account = { bank_account: '110234567890', bank_username: '홍길동', bank_code: '088' };
const bare = { event_id: 'e1', order_id: 'o1', receipt_id: 'r1' };
const withAccount = (id: string) => ({ ...bare, event_id: id, receipt_id: 'r2', refund: account });

type Env = Awaited<ReturnType<typeof environment>>;

async function enqueue(env: Env, folder: string, event: object, ...words: string[]) {
  const input = `${JSON.stringify(event)}\n`;
  const { stdout } = await cliHere(['enqueue', '-', '--json', ...words], { env, folder, input });
  const [line = {}] = jsonLines(stdout);
  return line;
}

async function stateOf(env: Env, folder: string, id: unknown): Promise<unknown> {
  const { stdout } = await cliHere(['status', String(id), '--json'], { env, folder });
  return JSON.parse(stdout).state;
}

const keyIn = (folder: string) => join(folder, '.refund-worker', 'data-key');

describe('what seals nothing makes no key', () => {
  const commands = [
    ...['list', 'doctor', 'lane status', 'dead-letters list', 'events list', 'reconcile'],
    'dead-letters show rf_aaaaaaaaaaaaaaaaaaaaaaaaaa',
    'lane hold --as kim --reason r',
    'lane resume --as kim --reason r',
  ];

  // Nothing can be made in /sys, whoever runs it.
  it.runIf(process.platform === 'linux')('and works in a folder that cannot be written', async () => {
    const env = await environment();
    const folder = '/sys';
    expect(await enqueue(env, folder, bare)).toMatchObject({ result: 'accepted' });
    for (const words of commands) {
      const { stderr } = await cliHere(words.split(' '), { env, folder });
      expect([words, stderr]).toEqual([words, expect.not.stringMatching(/EACCES|ENOENT|EROFS|data key/)]);
    }
    const worker = startCli(['worker', '--json'], { env, folder });
    await worker.until('}\n');
    const server = startCli(['server', '--json'], { env, folder });
    await server.until('}\n');
  });

  it('nor does a dry run with an account', async () => {
    const env = await environment();
    const folder = folderForTest();
    expect(await enqueue(env, folder, withAccount('dry'), '--dry-run')).toMatchObject({
      result: 'would_send',
    });
    expect(existsSync(join(folder, '.refund-worker'))).toBe(false);
  });
});

describe('in two folders on one Redis', () => {
  it('an account is not sealed with a key that a running worker lacks, and is from its own folder', async () => {
    const env = await environment();
    const [folder, other] = [folderForTest(), folderForTest()];
    await startCli(['start', '--json'], { env, folder }).until('}\n');
    const refused = await enqueue(env, other, withAccount('e2'));
    expect(refused).toMatchObject({
      result: 'refused',
      problems: [{ field: 'refund', expected: expect.stringContaining('DATA_KEYS configured alike') }],
    });
    expect(existsSync(join(other, '.refund-worker'))).toBe(false);
    const { refund_id } = await enqueue(env, folder, withAccount('e2'));
    await vi.waitFor(async () => expect(await stateOf(env, other, refund_id)).toBe('succeeded'), 30_000);
  });

  it('a worker says at its start that it lacks the key, and goes on once the key is put into its folder', async () => {
    const env = await environment();
    const [folder, other] = [folderForTest(), folderForTest()];
    const { refund_id } = await enqueue(env, other, withAccount('e2'));
    const worker = startCli(['worker', '--json'], { env, folder });
    await worker.until('}\n');
    expect(worker.printed().stderr).toContain('data_keys_differ');
    expect(worker.printed().stderr).toMatch(/local-[0-9a-f]{8}/);
    const waiting = { kind: 'data_key', by: expect.stringMatching(/^local-/) };
    const shown = () => cliHere(['status', String(refund_id), '--json'], { env, folder });
    await vi.waitFor(async () => {
      expect(JSON.parse((await shown()).stdout)).toMatchObject({ state: 'queued', waiting_for: waiting });
    }, 30_000);
    const { code, stdout } = await cliHere(['doctor'], { env, folder });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/FAIL {2}standstill .*local-.*note {2}data keys/s),
    ]);
    const about = (event: string) => expect.stringContaining(`"event":"${event}"`);
    const lines = () =>
      worker
        .printed()
        .stderr.split('\n')
        .filter((line) => line.includes('data_key_missing'));
    await vi.waitFor(() => expect(lines()).toEqual([about('standstill_begun')]), 40_000);
    mkdirSync(join(folder, '.refund-worker'), { mode: 0o700 });
    cpSync(keyIn(other), keyIn(folder));
    await vi.waitFor(async () => expect(await stateOf(env, folder, refund_id)).toBe('succeeded'), 30_000);
    const both = [about('standstill_begun'), about('standstill_ended')];
    await vi.waitFor(() => expect(lines()).toEqual(both), 40_000);
  });
});
