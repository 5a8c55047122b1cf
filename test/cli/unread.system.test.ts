// Records that cannot be read, in a terminal: listed, shown, and closed with an acknowledgement.
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { environmentOf, openShop } from '../support/shop.ts';
import { cliHere, jsonLines } from './support.ts';

const redis = useRedis();
const verdict = ['--as', '김민지', '--reason', '부트페이에서 확인'];

async function opened(bodyOf: (body: object) => string, worker = true) {
  const scenario = { receipts: [{ id: 'r-1', price: 10_000 }] };
  const shop = await openShop(redis, { scenario, worker: false });
  const sent = await shop.send({ receipt_id: 'r-1', order_id: 'ORD-1', cancel_price: 1_000 });
  const id = sent.refund_id ?? '';
  const body = bodyOf((await shop.read(id)).refund ?? {});
  await shop.system.redis.hset(`${redis.prefix}:refund:${id}`, 'body', body);
  if (worker) {
    await shop.startWorker();
    await expect.poll(async () => (await shop.read(id)).state, { timeout: 20_000 }).toBe('dead_lettered');
  }
  const run = (...words: string[]) => cliHere(words, { env: environmentOf(shop) });
  const asJson = async (...words: string[]) => jsonLines((await run(...words, '--json')).stdout);
  return { shop, id, run, asJson };
}

describe('a case that cannot be read', () => {
  const openedCase = () => opened(() => '{"broken');

  it('is in each list, as text and as JSON, with what to do', async () => {
    const { id, run, asJson } = await openedCase();
    const lists = [['dead-letters', 'list'], ['dead-letters', 'list', '--case', 'poison'], ['list']];
    for (const words of lists) {
      const { code, stdout } = await run(...words);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`${id}.*ORD-1`, 's'));
      expect(stdout).toContain('unreadable');
    }
    const lines = await asJson('dead-letters', 'list', '--case', 'poison');
    expect(lines).toMatchObject([
      {
        ...{ refund_id: id, order_id: 'ORD-1', receipt_id: 'r-1', state: 'dead_lettered', version: 2 },
        ...{ case: 'poison', severity: 'critical', unreadable: true, dead_lettered_at: expect.any(String) },
        advice: { ko: expect.any(String), en: expect.any(String) },
      },
    ]);
    expect(lines[0]).not.toHaveProperty('cancel_price');
    expect(await asJson('list', '--state', 'dead_lettered')).toMatchObject([{ refund_id: id }]);
    expect(await asJson('dead-letters', 'list', '--case', 'drift')).toEqual([]);
    const shown = await run('dead-letters', 'show', id);
    expect(shown.stdout).toMatch(/poison \(critical\)[\s\S]*actions\s+resolve/);
  });

  it('is closed with --acknowledge, and its status says so', async () => {
    const { id, run, asJson } = await openedCase();
    const resolve = ['dead-letters', 'resolve', id, ...verdict, '--outcome', 'already_refunded'];
    const refused = await run(...resolve);
    expect(refused.code).toBe(1);
    expect(await asJson(...resolve)).toMatchObject([{ result: 'refused', rule: 'unreadable' }]);
    const replay = await run('dead-letters', 'replay', id, ...verdict, '--acknowledge');
    expect(replay.code).toBe(1);

    const done = await run(...resolve, '--evidence', '이체 7', '--acknowledge');
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
    const status = await run('status', id);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/resolved[\s\S]*이체 7/);
    expect(await asJson('status', id)).toMatchObject([
      { state: 'resolved', version: 3, dead_letter: null, unreadable: true },
    ]);
    expect(await asJson('dead-letters', 'list')).toEqual([]);
  });
});

it('a record of a newer version is listed and shown as such, and no verdict is taken', async () => {
  const { id, run, asJson } = await opened((refund) => JSON.stringify({ ...refund, schema: 2 }), false);
  expect((await run('list')).stdout).toContain('newer version');
  expect(await asJson('list')).toMatchObject([{ refund_id: id, newer_version: true, state: 'queued' }]);
  expect((await run('status', id)).stdout).toContain('newer version');
  for (const words of [['replay'], ['resolve', '--outcome', 'already_refunded']]) {
    const [verb = '', ...more] = words;
    const acted = await asJson('dead-letters', verb, id, ...verdict, ...more, '--acknowledge');
    expect(acted).toMatchObject([{ result: 'refused', rule: 'newer_version' }]);
  }
});
