// Records and lists as the outside sees them, and every query parameter that is refused.
import { describe, expect, test } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openServer } from './support.ts';

const redis = useRedis();
const receipts = { receipts: [{ id: 'r-1', price: 10_000 }] };

describe('a record', () => {
  test('shows everything that happened to a refund', async () => {
    const { call, send, until } = await openServer(redis, { worker: true, scenario: receipts });
    const { refund_id: id } = await send({ receipt_id: 'r-1', order_id: 'o-1', cancel_price: 1_000 });
    await until(id, 'succeeded');
    const { status, body, headers } = await call(`/v1/refunds/${id}`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      refund_id: id,
      cancel_id: id,
      generation: 1,
      state: 'succeeded',
      source: 'orders',
      order_id: 'o-1',
      receipt_id: 'r-1',
      cancel_price: 1_000,
      dead_letter: null,
      attempts: [{ number: 1, reply: 'accepted', http_status: 200, t0: 0 }],
      customer_notice: { required: true },
    });
    expect(body.history.map(({ to }: { to: string }) => to)).toEqual(['queued', 'sending', 'succeeded']);
  });

  test.each([`rf_${'a'.repeat(26)}`, 'rf_nothing', '%2e%2e%2fetc', 'x'.repeat(150)])(
    '%s is not there',
    async (id) => {
      const { call } = await openServer(redis);
      const answer = await call(`/v1/refunds/${id}`);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ status: 404, detail_ko: expect.any(String) });
    },
  );

  test('that cannot be read says so', async () => {
    const { call, send, system } = await openServer(redis);
    const { refund_id: id } = await send({});
    await system.redis.hset(`${redis.prefix}:refund:${id}`, 'body', '{"schema":');
    const { status, body } = await call(`/v1/refunds/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ refund_id: id, dead_letter: { case: 'poison', severity: 'critical' } });
  });
});

describe('the list', () => {
  test.each(['NFC', 'NFD'])('finds an order whichever Unicode form is typed (%s)', async (form) => {
    const { call, send, system } = await openServer(redis);
    const { refund_id } = await send({ order_id: '주문-1' });
    // Stored before identities had to be in NFC.
    const old = await send({ order_id: '옛주문-1' });
    const index = `${redis.prefix}:index:order:`;
    await system.redis.rename(`${index}옛주문-1`, `${index}${'옛주문-1'.normalize('NFD')}`);
    const body = await system.redis.hget(`${redis.prefix}:refund:${old.refund_id}`, 'body');
    await system.redis.hset(
      `${redis.prefix}:refund:${old.refund_id}`,
      'body',
      JSON.stringify(JSON.parse(body ?? '')).normalize('NFD'),
    );
    for (const [typed, id] of [
      ['주문-1', refund_id],
      ['옛주문-1', old.refund_id],
    ] as const) {
      const path = `/v1/refunds?order_id=${encodeURIComponent(typed.normalize(form))}`;
      expect((await call(path)).body.items.map((item: { refund_id: string }) => item.refund_id)).toEqual([
        id,
      ]);
    }
  });

  test('is filtered and walked to its end', async () => {
    const { call, send } = await openServer(redis);
    const ids: (string | null)[] = [];
    for (let index = 0; index < 7; index += 1) {
      ids.push((await send({ order_id: index < 5 ? 'o-many' : 'o-few' })).refund_id);
    }
    const seen: string[] = [];
    let path = '/v1/refunds?order_id=o-many&limit=2';
    for (;;) {
      const { body } = await call(path);
      seen.push(...body.items.map(({ refund_id }: { refund_id: string }) => refund_id));
      if (body.next_cursor === null) break;
      path = `/v1/refunds?order_id=o-many&limit=2&cursor=${body.next_cursor}`;
    }
    expect(seen.sort()).toEqual(ids.slice(0, 5).sort());
    expect((await call('/v1/refunds?state=queued')).body.items).toHaveLength(7);
    expect((await call('/v1/refunds?state=succeeded')).body).toEqual({ items: [], next_cursor: null });
    expect((await call('/v1/refunds?receipt_id=other')).body.items).toEqual([]);
    expect((await call('/v1/refunds?since=2099-01-01T00:00:00%2B09:00')).body.items).toEqual([]);
    expect((await call('/v1/refunds?since=2020-01-01T00:00:00+09:00')).body.items).toHaveLength(7);
  });

  test.each([
    ['/v1/refunds?state=lost', 'state'],
    ['/v1/refunds?states=queued', 'states'],
    ['/v1/refunds?since=yesterday', 'since'],
    ['/v1/refunds?limit=0', 'limit'],
    ['/v1/refunds?limit=501', 'limit'],
    ['/v1/refunds?limit=ten', 'limit'],
    ['/v1/refunds?cursor=abc', 'cursor'],
    ['/v1/refunds?receipt_id=../x', 'receipt_id'],
    ['/v1/refunds?state=queued&state=sending', 'state'],
    ['/v1/dead-letters?case=lost', 'case'],
    ['/v1/dead-letters?state=queued', 'state'],
    ['/v1/dead-letters?group_by=colour', 'group_by'],
    ['/v1/lane?x=1', 'x'],
    [`/v1/replays/rp_${'0'.repeat(24)}?x=1`, 'x'],
    [`/v1/refunds/rf_${'a'.repeat(26)}?verbose=1`, 'verbose'],
  ])('%s is refused by the name of %s', async (path, field) => {
    const { call } = await openServer(redis);
    const answer = await call(path);
    expect(answer.status).toBe(400);
    expect(answer.body.problems).toHaveLength(1);
    expect(answer.body.problems).toMatchObject([{ field, expected_ko: expect.stringMatching(/[가-힣]/) }]);
  });

  test('an unknown path is a problem too', async () => {
    const { call } = await openServer(redis);
    for (const path of ['/nowhere', '/v1', '/v2/refunds', '/v1/refunds/', '/metrics/x']) {
      const answer = await call(path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
    expect((await call('/v1/refunds', { method: 'PUT' })).status).toBe(404);
  });

  test('a path that cannot be decoded is a problem, and is not echoed', async () => {
    const { call } = await openServer(redis);
    const answer = await call('/v1/refunds/%zz');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.text).not.toContain('%zz');
  });
});
