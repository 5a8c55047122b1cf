// Records that cannot be read, over HTTP: listed, counted, shown, and closed with an acknowledgement.
import { beforeAll, describe, expect, test } from 'vitest';
import { seoulDay } from '../../src/policies/seoul-time.ts';
import { signedIn } from '../desk/caller.ts';
import { useRedis } from '../support/redis.ts';
import { operator, operatorsEnv, viewer } from './people.ts';
import { openServer } from './support.ts';

const redis = useRedis();
let env = { OPERATORS: '' };
beforeAll(async () => {
  env = await operatorsEnv();
});

async function opened(bodyOf: (body: object) => string, worker = true) {
  const scenario = { receipts: [{ id: 'r-1', price: 10_000 }] };
  const served = await openServer(redis, { scenario, env });
  const sent = await served.send({ receipt_id: 'r-1', order_id: 'o-1', cancel_price: 1_000 });
  const id = sent.refund_id ?? '';
  const body = bodyOf((await served.read(id)).refund ?? {});
  await served.system.redis.hset(`${redis.prefix}:refund:${id}`, 'body', body);
  if (worker) await served.startWorker();
  const get = async (path: string) => (await served.call(path, { headers: viewer })).body;
  const at = `/v1/dead-letters/${id}`;
  const post = (verb: string, json: object) => served.call(`${at}/${verb}`, { json, headers: operator });
  const lastEvent = async () => {
    const [[, fields] = []] = await served.system.redis.xrevrange(
      `${redis.prefix}:events`,
      '+',
      '-',
      'COUNT',
      1,
    );
    return JSON.parse(fields?.[1] ?? '').data;
  };
  return { ...served, id, at, get, post, lastEvent };
}

describe('a case that cannot be read', () => {
  async function openedCase() {
    const opening = await opened(() => '{"broken');
    const state = async () => (await opening.read(opening.id)).state;
    await expect.poll(state, { timeout: 20_000 }).toBe('dead_lettered');
    return opening;
  }

  test('is listed by every filter it fits, and counted, with what is known and nothing else', async () => {
    const { id, get } = await openedCase();
    const line = {
      refund_id: id,
      state: 'dead_lettered',
      version: 2,
      order_id: 'o-1',
      receipt_id: 'r-1',
      case: 'poison',
      code: null,
      pg_error_code: null,
      severity: 'critical',
      unreadable: true,
    };
    const told = { ko: expect.any(String), en: expect.any(String) };
    const beside = { assigned_to: null, watching: [] };
    const asCase = { dead_lettered_at: expect.stringMatching(/^20.*Z$/), why: told, to_do: told, ...beside };
    for (const query of ['', '?case=poison', '?order_id=o-1', '?case=poison&order_id=o-1']) {
      expect((await get(`/v1/dead-letters${query}`)).items).toEqual([{ ...line, ...asCase }]);
    }
    expect((await get('/v1/dead-letters?case=drift')).items).toEqual([]);
    const open = { ...line, waiting_for: null };
    expect((await get('/v1/refunds?state=dead_lettered')).items).toEqual([open]);
    expect((await get('/v1/refunds?receipt_id=r-1')).items).toEqual([open]);
    for (const [by, key] of [
      ['case', 'poison'],
      ['severity', 'critical'],
      ['order_id', 'o-1'],
      ['receipt_id', 'r-1'],
    ] as const) {
      expect(await get(`/v1/dead-letters?group_by=${by}`)).toMatchObject({
        total: 1,
        groups: [{ [by]: key, count: 1, critical: 1 }],
      });
    }
  });

  test('is shown, closed once by whom acknowledges it, and shown as resolved after that', async () => {
    const { id, at, get, post, system, server, lastEvent } = await openedCase();
    const shown = await get(at);
    expect(shown).toMatchObject({
      refund_id: id,
      unreadable: true,
      dead_letter: { case: 'poison', actions: ['resolve'], advice: { ko: expect.any(String) } },
    });
    const wish = {
      ...{ reason: 'checked', version: shown.version, outcome: 'refunded_by_hand' },
      ...{ amount: 18_000, evidence: '7' },
    };

    const replay = await post('replay', { reason: 'r', version: shown.version, acknowledge: true });
    expect(replay).toMatchObject({ status: 422, body: { rule: 'unreadable' } });
    const refused = await post('resolve', wish);
    expect(refused).toMatchObject({ status: 422, body: { rule: 'unreadable' } });
    const old = await post('resolve', { ...wish, version: shown.version - 1, acknowledge: true });
    expect(old.status).toBe(409);

    const done = await post('resolve', { ...wish, acknowledge: true });
    expect(done.status).toBe(200);
    const resolved = { refund_id: id, state: 'resolved', version: shown.version + 1, dead_letter: null };
    expect(done.body).toMatchObject({ ...resolved, unreadable: true });
    expect(done.body.history.at(-1)).toMatchObject({
      who: '김운영',
      what: expect.stringContaining('resolve: refunded_by_hand'),
      reason: 'checked (sent by hand: 18,000 won; evidence: 7)',
    });
    expect(await lastEvent()).toMatchObject({ resolution: { outcome: 'refunded_by_hand', amount: 18_000 } });
    const book = await system.ledger.book({ day: seoulDay(Date.now()), after: null, limit: 10 });
    expect(book).toMatchObject([{ refundId: id, won: 0, byHandWon: 18_000 }]);
    const clerk = await signedIn({ server }, '김운영', 'act: 처리');
    const page = (await clerk.get(`/review/cases/${id}`)).text;
    expect(page).toMatch(/님이 종결했어요: 직접 환불했어요[\s\S]*보낸 금액: 18,000원[\s\S]*근거: 7/);
    expect((await post('resolve', { ...wish, acknowledge: true })).body).toMatchObject({
      status: 409,
      state: 'resolved',
      by: '김운영',
    });
    expect(await get(`/v1/refunds/${id}`)).toMatchObject(resolved);
    expect(await get(at)).toMatchObject({ status: 404, state: 'resolved' });
    expect((await get('/v1/dead-letters')).items).toEqual([]);
  });
});

test('a record of a newer version is listed as such, and nothing can be done with it here', async () => {
  const { id, get, post } = await opened((refund) => JSON.stringify({ ...refund, invented: true }), false);
  expect((await get('/v1/refunds')).items).toEqual([
    expect.objectContaining({ refund_id: id, newer_version: true, state: 'queued', order_id: 'o-1' }),
  ]);
  expect(await get(`/v1/refunds/${id}`)).toMatchObject({
    newer_version: true,
    dead_letter: null,
    note: { en: expect.any(String), ko: expect.any(String) },
  });
  for (const [verb, more] of [
    ['replay', {}],
    ['resolve', { outcome: 'not_to_be_refunded' }],
  ] as const) {
    const answer = await post(verb, { reason: 'r', version: 1, acknowledge: true, ...more });
    expect(answer).toMatchObject({ status: 422, body: { rule: 'newer_version' } });
  }
});
