// Dead letters over HTTP: seen, grouped, replayed, resolved, and told who was faster.
import { beforeAll, describe, expect, test } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { operator, operatorsEnv, viewer } from './people.ts';
import { basic, everythingIn, openServer, type Served } from './support.ts';

const redis = useRedis();
let env = { OPERATORS: '' };
beforeAll(async () => {
  env = await operatorsEnv();
});

const refused = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT', pgErrorCode: '2013' } as const;
const scenario = {
  receipts: [
    { id: 'r-1', price: 10_000, script: { cancel: [refused] } },
    { id: 'r-2', price: 10_000, script: { cancel: [refused] } },
    {
      id: 'r-lost',
      price: 10_000,
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const] },
    },
  ],
};

async function openCase(receipt = 'r-1', options: Partial<Parameters<typeof openServer>[1]> = {}) {
  const served = await openServer(redis, { worker: true, scenario, env, ...options });
  const { refund_id: id } = await served.send({ receipt_id: receipt, order_id: 'o-1', cancel_price: 1_000 });
  const { version } = await served.until(id, 'dead_lettered');
  return { ...served, id, version, at: `/v1/dead-letters/${id}` };
}

function post(served: Served, path: string, json: unknown, headers = operator) {
  return served.call(path, { json, headers });
}

test('a refund whose details were erased is gone for each request that names it, which says how it ended', async () => {
  const paid = { receipts: [{ id: 'r-paid', price: 10_000 }] };
  const served = await openServer(redis, { worker: true, scenario: paid, env });
  const { call, system } = served;
  const { refund_id: id } = await served.send({ receipt_id: 'r-paid', cancel_price: 1_000 });
  await served.until(id, 'succeeded');
  const query = { state: 'succeeded', endedBy: Date.now() + 60_000, passOver: 0, limit: 10 } as const;
  expect(await system.ledger.purge(query)).toEqual({ purged: 1, stayed: 0, end: true });
  const gone = {
    type: 'urn:bootpay-refund-worker:problem:forgotten',
    status: 410,
    refund_id: id,
    state: 'succeeded',
    detail: expect.stringContaining('ended as "refunded"'),
    detail_ko: expect.stringContaining('보관 기간'),
  };
  const form = { reason: 'asked again', version: 3 };
  const answers = [
    await call(`/v1/refunds/${id}`, { headers: viewer }),
    await call(`/v1/dead-letters/${id}`, { headers: viewer }),
    await post(served, `/v1/dead-letters/${id}/replay`, form),
    await post(served, `/v1/dead-letters/${id}/resolve`, { ...form, outcome: 'already_refunded' }),
  ];
  for (const { status, body, headers } of answers) {
    expect(status).toBe(410);
    expect(body).toMatchObject(gone);
    expect(headers.get('content-type')).toContain('application/problem+json');
  }
  expect((await call('/v1/refunds', { headers: viewer })).body).toEqual({ items: [], next_cursor: null });
});

describe('a case', () => {
  test('is listed, grouped and shown with advice', async () => {
    const { call, id, at } = await openCase();
    const list = await call('/v1/dead-letters?case=bootpay_refused&code=RC_PM_CANCEL_NOT_SUPPORT', {
      headers: viewer,
    });
    expect(list.body.items).toMatchObject([
      { refund_id: id, case: 'bootpay_refused', dead_lettered_at: expect.any(String) },
    ]);
    expect((await call('/v1/dead-letters?code=OTHER', { headers: viewer })).body.items).toEqual([]);
    const ofOrder = await call('/v1/dead-letters?order_id=o-1', { headers: viewer });
    expect(ofOrder.body.items).toMatchObject([{ refund_id: id }]);
    expect((await call('/v1/dead-letters?order_id=o-2', { headers: viewer })).body.items).toEqual([]);
    for (const query of ['sort=due', 'sort=amount&min=1', 'sort=age&q=O-', 'older_than=0s&method=bank'])
      expect((await call(`/v1/dead-letters?${query}`, { headers: viewer })).body.items).toMatchObject(
        query.includes('bank') ? [] : [{ refund_id: id, amount: expect.any(Number) }],
      );
    expect((await call('/v1/dead-letters?sort=size', { headers: viewer })).status).toBe(400);
    const groups = await call('/v1/dead-letters?group_by=code', { headers: viewer });
    expect(groups.body).toMatchObject({
      group_by: 'code',
      total: 1,
      groups: [{ code: 'RC_PM_CANCEL_NOT_SUPPORT', count: 1 }],
    });
    const { status, body } = await call(at, { headers: viewer });
    expect(status).toBe(200);
    expect(body.dead_letter).toMatchObject({
      case: 'bootpay_refused',
      code: 'RC_PM_CANCEL_NOT_SUPPORT',
      advice: { ko: expect.any(String), en: expect.any(String) },
      actions: expect.arrayContaining(['replay', 'resolve']),
    });
  });

  test('that is none is not shown', async () => {
    const { call, send, until } = await openServer(redis, { worker: true, env });
    const { refund_id: id } = await send({});
    await until(id, 'succeeded');
    const answer = await call(`/v1/dead-letters/${id}`, { headers: viewer });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ state: 'succeeded' });
  });
});

describe('a replay', () => {
  test('is an action with who, why and http, whether it is done, refused or too late', async () => {
    const served = await openCase();
    const { call, id, at, version } = served;
    await post(served, `${at}/replay`, { reason: 'x', version, edits: { cancel_price: 9_000_000 } });
    await post(served, `${at}/replay`, { reason: 'x', version: version - 1 });
    await post(served, `${at}/replay`, { reason: 'PG is back', version });
    const { items } = (await call(`/v1/actions?refund_id=${id}`, { headers: viewer })).body;
    expect(items).toMatchObject([
      { who: '김운영', via: 'http', what: 'replay', answer: 'done', from: 'dead_lettered', to: 'queued' },
      { answer: 'moved', version: version - 1 },
      { answer: 'refused', rule: 'over_remaining', order_id: 'o-1', edits: { amount: 9_000_000 } },
    ]);
    const none = await call('/v1/actions?who=lee&from=2026-01-01T00:00:00Z&limit=5', { headers: viewer });
    expect(none.body).toEqual({ items: [], next_cursor: null });
    expect((await call('/v1/actions?cursor=1', { headers: viewer })).status).toBe(400);
  });

  test('is answered at once, carries the name of the operator, and pays once', async () => {
    const served = await openCase();
    const { id, version, at, until, simulator, call } = served;
    const answer = await post(served, `${at}/replay`, { reason: 'PG is back', version });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      refund_id: id,
      state: 'queued',
      version: version + 1,
      dead_letter: null,
    });
    expect(answer.body.history).toContainEqual(
      expect.objectContaining({ who: '김운영', what: 'replay', reason: 'PG is back', to: 'queued' }),
    );
    await until(id, 'succeeded');
    expect(simulator.book.of('r-1')?.entries).toHaveLength(1);
    expect((await call('/v1/dead-letters', { headers: viewer })).body.items).toEqual([]);
  });

  test('clicked twice by two people is made once, and the other is told by whom and when', async () => {
    const served = await openCase();
    const { version, at } = served;
    const wish = { reason: 'again', version };
    const answers = await Promise.all([
      post(served, `${at}/replay`, wish),
      post(served, `${at}/replay`, wish, basic('이운영', 'other')),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const loser = answers.find(({ status }) => status === 409);
    expect(loser?.body).toMatchObject({ by: expect.any(String), at: expect.stringMatching(/^20.*Z$/) });
    const third = await post(served, `${at}/replay`, wish);
    expect(third.status).toBe(409);
  });

  test('of another version is told what is there', async () => {
    const served = await openCase();
    const answer = await post(served, `${served.at}/replay`, { reason: 'x', version: served.version - 1 });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ state: 'dead_lettered', version: served.version });
  });

  test('of a critical case waits for the settle window, then for an acknowledgement', async () => {
    const served = await openCase('r-lost', { env: { ...env, SETTLE_WINDOW_MS: '1500' } });
    const { at, call } = served;
    const wish = async () => ({ reason: 'x', version: (await call(at, { headers: viewer })).body.version });
    const early = await post(served, `${at}/replay`, { ...(await wish()), acknowledge: true });
    expect(early.status).toBe(422);
    expect(early.body).toMatchObject({
      rule: 'settle_window',
      not_before: expect.stringMatching(/^20.*Z$/),
      detail_ko: expect.stringMatching(/[가-힣]/),
    });
    await expect
      .poll(async () => (await post(served, `${at}/replay`, await wish())).body.rule, { timeout: 10_000 })
      .toBe('acknowledge');
    const sure = await post(served, `${at}/replay`, { ...(await wish()), acknowledge: true });
    expect(sure.status).toBe(202);
  });

  test('with edits makes a new revision', async () => {
    const served = await openCase();
    const { id, at, version, until, simulator } = served;
    const edits = { cancel_price: 700, cancel_message: '합의' };
    const answer = await post(served, `${at}/replay`, { reason: 'less', version, edits });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ revision: 2, cancel_price: 700, cancel_message: '합의' });
    await until(id, 'succeeded');
    expect(simulator.book.of('r-1')?.entries).toMatchObject([{ amount: 700 }]);
  });

  test('over what is left is refused by a rule', async () => {
    const served = await openCase();
    const { at, version } = served;
    const answer = await post(served, `${at}/replay`, {
      reason: 'x',
      version,
      edits: { cancel_price: 99_999 },
    });
    expect(answer.status).toBe(422);
    expect(answer.body.rule).toBe('over_remaining');
  });

  test('with a refund account neither echoes nor stores it in clear', async () => {
    const served = await openCase();
    const { at, version, system } = served;
    const number = '110-9876-54321';
    const refund = { bank_account: number, bank_username: '홍길동', bank_code: '088' };
    const wrong = { reason: 'x', version, edits: { refund: { ...refund, bank_code: number } } };
    const refusedAnswer = await post(served, `${at}/replay`, wrong);
    expect(refusedAnswer.body.problems).toMatchObject([
      { field: 'edits.refund.bank_code', expected: '3 digits', received: '(hidden)' },
    ]);
    const answer = await post(served, `${at}/replay`, { reason: 'x', version, edits: { refund } });
    expect(answer.status).toBe(202);
    for (const text of [refusedAnswer.text, answer.text, await everythingIn(system)]) {
      expect(text).not.toContain(number);
      expect(text).not.toContain('홍길동');
    }
  });
});

describe('a resolve', () => {
  test('closes the case with outcome, evidence and name', async () => {
    const served = await openCase();
    const { at, id, version, call } = served;
    const paid = { outcome: 'refunded_by_hand', amount: 900, evidence: 'slip 12' };
    const wish = { reason: 'paid in cash', version, ...paid };
    for (const wrong of [{ amount: 0 }, { outcome: 'not_to_be_refunded' }]) {
      expect((await post(served, `${at}/resolve`, { ...wish, ...wrong })).body).toMatchObject({
        status: 422,
        problems: [{ field: 'amount' }],
      });
    }
    const answer = await post(served, `${at}/resolve`, wish);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      refund_id: id,
      state: 'resolved',
      resolution: { ...paid, who: '김운영', reason: 'paid in cash' },
    });
    expect((await call(`/v1/refunds/${id}`, { headers: viewer })).body.state).toBe('resolved');
    expect((await post(served, `${at}/resolve`, wish)).status).toBe(409);
  });

  test('without an answer of Bootpay is answered with 503', async () => {
    const served = await openCase();
    const { at, version, simulator } = served;
    simulator.script('r-1', { look_up: [{ reply: 'reset', times: 'always' }] });
    const wish = { reason: 'x', version, outcome: 'refunded_by_hand' };
    const answer = await post(served, `${at}/resolve`, wish);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(answer.body).toMatchObject({ title: 'Bootpay could not be asked' });
    expect((await post(served, `${at}/resolve`, { ...wish, acknowledge: true })).status).toBe(200);
  });
});

test.each([
  ['replay', { version: 1 }, ['reason']],
  ['replay', { reason: ' ', version: '1' }, ['reason', 'version']],
  [
    'replay',
    { reason: 'x', version: 1, edits: { cancel_price: 0, amount: 1 } },
    ['edits.amount', 'edits.cancel_price'],
  ],
  ['replay', { reason: 'x', version: 1, edits: { cancel_price: 5, full: true } }, ['edits.full']],
  ['replay', { reason: 'x', version: 1, edits: { full: false } }, ['edits.full']],
  [
    'replay',
    { reason: 'x', version: 1, edits: { cancel_price: 5, cancel_tax_free: 6 } },
    ['edits.cancel_tax_free'],
  ],
  ['replay', { reason: 'x', version: 1, who: 'me', acknowledge: 'yes' }, ['acknowledge', 'who']],
  ['resolve', { reason: 'x', version: 1, outcome: 'done' }, ['outcome']],
  ['resolve', [], ['(body)']],
] as const)('a %s of %j is refused by the names of %j', async (action, json, fields) => {
  const served = await openServer(redis, { env });
  const answer = await post(served, `/v1/dead-letters/rf_${'a'.repeat(26)}/${action}`, json);
  expect(answer.status).toBe(422);
  expect(answer.body.problems.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
});

describe('many at once', () => {
  async function openTwo() {
    const served = await openServer(redis, { worker: true, scenario, env });
    const ids: (string | null)[] = [];
    for (const receipt of ['r-1', 'r-2', 'r-lost']) {
      const { refund_id: id } = await served.send({ receipt_id: receipt, cancel_price: 1_000 });
      await served.until(id, 'dead_lettered');
      ids.push(id);
    }
    return { served, ids };
  }

  test('a dry run shows what it would do and does nothing', async () => {
    const { served, ids } = await openTwo();
    const answer = await post(served, '/v1/dead-letters/replay-many', { filter: {}, dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dry_run: true,
      counts: { would_send: 2, needs_person: 1 },
      won: { would_send: 2_000, needs_person: 1_000 },
    });
    expect(answer.body.results).toContainEqual({
      refund_id: ids[2],
      result: 'needs_person',
      rule: 'acknowledge',
      amount: 1_000,
    });
    expect((await served.call('/v1/dead-letters', { headers: viewer })).body.items).toHaveLength(3);
  });

  test('it runs on by itself, shows its progress, and gives one result per case', async () => {
    const { served, ids } = await openTwo();
    const wish = { filter: { case: 'bootpay_refused' }, reason: 'PG is back', per_minute: 6_000 };
    const started = await post(served, '/v1/dead-letters/replay-many', wish);
    expect(started.status).toBe(202);
    expect(started.headers.get('location')).toBe(`/v1/replays/${started.body.id}`);
    const path = `/v1/replays/${started.body.id}`;
    await expect.poll(async () => (await served.call(path, { headers: viewer })).body.state).toBe('done');
    const { body } = await served.call(path, { headers: viewer });
    expect(body).toMatchObject({
      who: '김운영',
      reason: 'PG is back',
      per_minute: 6_000,
      filter: { case: 'bootpay_refused' },
      ended_at: expect.any(String),
      counts: { replayed: 2 },
    });
    for (const id of ids.slice(0, 2)) await served.until(id, 'succeeded');
  });

  test('it can be stopped, and says by whom', async () => {
    const { served } = await openTwo();
    const wish = { filter: {}, reason: 'slowly', per_minute: 1 };
    const { body } = await post(served, '/v1/dead-letters/replay-many', wish);
    const path = `/v1/replays/${body.id}`;
    await expect
      .poll(async () => (await served.call(path, { headers: viewer })).body.counts.replayed)
      .toBe(1);
    const stopped = await served.call(path, { method: 'DELETE', headers: operator });
    expect(stopped.status).toBe(200);
    expect(stopped.body).toMatchObject({
      state: 'stopped',
      stopped_by: '김운영',
      counts: { replayed: 1 },
      total: 3,
    });
    const again = await served.call(path, { method: 'DELETE', headers: operator });
    expect(again.body).toMatchObject({ state: 'stopped' });
  });

  test('a server that stops leaves it to another, which goes on', async () => {
    const { served } = await openTwo();
    const wish = { filter: { case: 'bootpay_refused' }, reason: 'x', per_minute: 30 };
    const { body } = await post(served, '/v1/dead-letters/replay-many', wish);
    await served.server.close();
    // The worker of the same shop takes it up.
    const state = async () => (await served.system.bulks.read(body.id))?.state;
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    expect((await served.system.bulks.read(body.id))?.results).toMatchObject({ replayed: { count: 2 } });
  });

  test('a preview is started as it was shown; another start says which one runs', async () => {
    const { served } = await openTwo();
    const path = '/v1/dead-letters/replay-many';
    const { body: dry } = await post(served, path, { filter: {}, dry_run: true });
    const wish = { preview: dry.id, reason: 'as shown', per_minute: 1 };
    const started = await post(served, path, wish);
    expect(started.body).toMatchObject({
      id: dry.id,
      total: 3,
      amount: 3_000,
      preview: { counts: dry.counts },
    });
    const second = await post(served, path, { filter: {}, reason: 'too' });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ id: dry.id, who: '김운영', state: 'running' });
    expect((await post(served, path, wish)).body).toMatchObject({ state: 'running', status: 409 });
    expect((await post(served, path, { ...wish, preview: `rp_${'0'.repeat(24)}` })).status).toBe(404);
    const at = `/v1/replays/${dry.id}`;
    await expect.poll(async () => (await served.call(at, { headers: viewer })).body.counts.replayed).toBe(1);
    const stopped = await served.call(at, { method: 'DELETE', headers: operator });
    expect(stopped.body).toMatchObject({
      state: 'stopped',
      counts: { replayed: 1 },
      won: { replayed: 1_000 },
    });
  });

  test.each([
    [{ reason: 'x' }, ['filter']],
    [{ filter: {} }, ['reason']],
    [{ filter: { older_than: 'long', state: 'x' }, reason: 'x' }, ['filter.older_than', 'filter.state']],
    [{ filter: {}, reason: 'x', per_minute: 0 }, ['per_minute']],
    [{ filter: {}, preview: `rp_${'0'.repeat(24)}`, reason: 'x' }, ['preview']],
  ])('%j is refused by the names of %j', async (json, fields) => {
    const served = await openServer(redis, { env });
    const answer = await post(served, '/v1/dead-letters/replay-many', json);
    expect(answer.status).toBe(422);
    expect(answer.body.problems.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
  });

  test('only young cases are left out by older_than', async () => {
    const { served } = await openTwo();
    const dry = async (older_than: string) =>
      (await post(served, '/v1/dead-letters/replay-many', { filter: { older_than }, dry_run: true })).body
        .results;
    expect(await dry('1h')).toEqual([]);
    expect(await dry('0s')).toHaveLength(3);
  });
});

describe('the lane', () => {
  test('is held and resumed with a name and a reason', async () => {
    const served = await openServer(redis, { env });
    const at = () => served.call('/v1/lane', { headers: viewer });
    expect((await at()).body).toEqual({ held: false, person: null, credentials: null });
    const held = await post(served, '/v1/lane', { action: 'hold', reason: 'PG maintenance' });
    expect(held.status).toBe(200);
    expect(held.body).toMatchObject({
      changed: true,
      held: true,
      person: { who: '김운영', reason: 'PG maintenance' },
    });
    const again = await post(
      served,
      '/v1/lane',
      { action: 'hold', reason: 'other' },
      basic('이운영', 'other'),
    );
    expect(again.body).toMatchObject({ changed: false, person: { who: '김운영' } });
    const resumed = await post(served, '/v1/lane', { action: 'resume', reason: 'over' });
    expect(resumed.body).toEqual({ changed: true, held: false, person: null, credentials: null });
    expect((await post(served, '/v1/lane', { action: 'resume', reason: 'over' })).body.changed).toBe(false);
    const events = JSON.stringify(await served.system.redis.xrange(`${redis.prefix}:events`, '-', '+'));
    expect(events.match(/lane\.(held|resumed)-/g)).toHaveLength(2);
  });

  test('shows no fingerprint of credentials', async () => {
    const served = await openServer(redis, { env });
    await served.system.lane.hold('credentials', {
      at: 1,
      who: 'worker',
      reason: '401',
      fingerprint: 'fp-secret',
    });
    const answer = await served.call('/v1/lane', { headers: viewer });
    expect(answer.body.credentials).toEqual({ at: expect.any(String), who: 'worker', reason: '401' });
    expect(answer.text).not.toContain('fp-secret');
  });

  test.each([
    [{ action: 'stop', reason: 'x' }, ['action']],
    [{ action: 'hold' }, ['reason']],
    [{ action: 'hold', reason: 'x', who: 'me' }, ['who']],
  ])('%j is refused by the names of %j', async (json, fields) => {
    const served = await openServer(redis, { env });
    const answer = await post(served, '/v1/lane', json);
    expect(answer.status).toBe(422);
    expect(answer.body.problems.map(({ field }: { field: string }) => field)).toEqual(fields);
  });
});
