// Above the threshold two people decide: one asks, another one approves, and then it is done once, as it was asked for, or
// not at all.
import { beforeAll, describe, expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createApprovals } from '../../src/review/approvals.ts';
import type { ReplayRequest } from '../../src/review/ports.ts';
import { hashPassword } from '../../src/server/password.ts';
import { cliHere, folderForTest } from '../cli/support.ts';
import { signedIn } from '../desk/caller.ts';
import { basic, everythingIn, openServer, type Served } from '../server/support.ts';
import { replayMany } from '../support/bulk.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { reviewDepsOf } from '../support/review-deps.ts';
import { environmentOf } from '../support/shop.ts';

const redis = useRedis();
const cheap = { n: 16, r: 1, p: 1 };
const kim = basic('김민지', 'a password of kim');
const lee = basic('이서준', 'a password of lee');
const park = basic('박하나', 'a password of park');
const look = basic('보기', 'a password to look');
let env: Record<string, string> = {};
beforeAll(async () => {
  const people = [
    { name: '김민지', role: 'reviewer', password: await hashPassword('a password of kim', cheap) },
    { name: '이서준', role: 'approver', password: await hashPassword('a password of lee', cheap) },
    { name: '박하나', role: 'approver', password: await hashPassword('a password of park', cheap) },
    { name: '보기', role: 'viewer', password: await hashPassword('a password to look', cheap) },
  ];
  env = { OPERATORS: JSON.stringify(people), APPROVAL_THRESHOLD_WON: '100000' };
});

const refused = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT', pgErrorCode: '2013' } as const;
const receipts = [{ id: 'r-1', price: 500_000, script: { cancel: [refused] } }];

async function openCase(cancelPrice: number | null = 150_000) {
  const shop = await openServer(redis, { worker: true, scenario: { receipts }, env });
  const { refund_id } = await shop.send({
    receipt_id: 'r-1',
    ...(cancelPrice !== null && { cancel_price: cancelPrice }),
  });
  const id = refundIdSchema.parse(refund_id);
  const { version } = await shop.until(id, 'dead_lettered');
  return { ...shop, ...speaking(shop, id, version), id, version };
}

function speaking({ call }: Served, id: string, version: number) {
  const replay = (headers = kim, more: object = {}) =>
    call(`/v1/dead-letters/${id}/replay`, { json: { reason: '재시도', version, ...more }, headers });
  const approve = (approval: string, headers = lee) =>
    call(`/v1/approvals/${approval}/approve`, { json: {}, headers });
  const sendBack = (approval: string, headers = lee) =>
    call(`/v1/approvals/${approval}/return`, { json: { reason: '금액 확인' }, headers });
  const list = async () => (await call('/v1/approvals', { headers: look })).body.items;
  const acts = async () =>
    (await call(`/v1/actions?refund_id=${id}`, { headers: look })).body.items as Record<string, unknown>[];
  return { replay, approve, sendBack, list, acts };
}

describe('an act above the threshold', () => {
  test('is asked for, and done once another person approves, in the names of both', async () => {
    const shop = await openCase();
    const { id, version, replay, approve, list, acts, simulator } = shop;
    const asked = await replay();
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      result: 'needs_approval',
      detail_ko: expect.stringContaining('승인'),
      approval_id: expect.stringMatching(/^rf_\w{26}-\d+-\d+$/),
      act: 'replay',
      amount: 150_000,
      asked_by: '김민지',
    });
    const approval = asked.body.approval_id;
    expect(await list()).toMatchObject([{ approval_id: approval, standing: 'open', reason: '재시도' }]);
    expect((await shop.read(id)).version).toBe(version);

    const [byAsker, byViewer] = [await approve(approval, kim), await approve(approval, look)];
    expect([byAsker.status, byViewer.status]).toEqual([403, 403]);
    expect((await shop.read(id)).version).toBe(version);

    const both = await Promise.all([approve(approval, lee), approve(approval, park), approve(approval, lee)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    await shop.until(id, 'succeeded');
    expect(simulator.book.of('r-1')).toMatchObject({ refunds: 1, refundedAmount: 150_000 });
    const [by] = both.filter(({ status }) => status === 200);
    const { history } = by?.body ?? {};
    const line = { who: '김민지', what: 'replay', reason: '재시도', to: 'queued' };
    const approver = history.at(-1).approved_by;
    expect(['이서준', '박하나']).toContain(approver);
    expect(history.at(-1)).toMatchObject({ ...line, approved_by: approver });
    expect(await list()).toEqual([]);
    const kept = (await acts()).map(({ what, who, answer, rule }) => [what, who, answer, rule]);
    expect(kept).toContainEqual(['replay', '김민지', 'done', null]);
    expect(kept).toContainEqual(['approve', approver, 'done', null]);
    expect(kept).toContainEqual(['approve', '김민지', 'refused', 'not_approver']);
    expect(kept.filter(([what, , answer]) => what === 'approve' && answer === 'moved')).toHaveLength(2);
    expect(kept.at(-1)).toEqual(['ask_approval', '김민지', 'done', null]);
    for (const act of await acts()) expect(act['approval']).toBe(approval);
  });

  test('is not approved by its own asker', async () => {
    const { replay, approve, sendBack, acts, id, version, read } = await openCase();
    const { body } = await replay(lee);
    for (const own of [await approve(body.approval_id, lee), await sendBack(body.approval_id, lee)]) {
      expect([own.status, own.body.rule]).toEqual([422, 'own_approval']);
      expect(own.body.detail_ko).toContain('스스로 승인');
    }
    expect((await acts())[1]).toMatchObject({ what: 'approve', answer: 'refused', rule: 'own_approval' });
    expect((await read(id)).version).toBe(version);
  });

  test('is one above it to the won, by what would be sent', async () => {
    const { replay, id, until } = await openCase(150_000);
    expect((await replay(kim, { edits: { cancel_price: 100_001 } })).body.result).toBe('needs_approval');
    const done = await replay(kim, { edits: { cancel_price: 100_000 } });
    expect([done.status, done.body.state]).toEqual([202, 'queued']);
    expect((await until(id, 'succeeded')).settledWon).toBe(100_000);
  });

  test('of a full cancel is judged by what is left, and asked for where that is not known', async () => {
    const { replay } = await openCase(null);
    expect((await replay()).body).toMatchObject({ result: 'needs_approval', amount: 500_000 });
    const shop = await openServer(redis, { env });
    const never = await makeCase(shop, { name: 'n', acceptedAt: shop.system.clock.now(), won: null });
    const { version } = await shop.read(never);
    const asked = await speaking(shop, never, version).replay(kim, { acknowledge: true });
    expect(asked.body).toMatchObject({ result: 'needs_approval', amount: null });
  });

  test('to close a case by hand takes two as well', async () => {
    const { call, id, version, approve, until } = await openCase();
    const json = { reason: '직접 송금', version, outcome: 'refunded_by_hand', evidence: '이체 1029' };
    const asked = await call(`/v1/dead-letters/${id}/resolve`, { json, headers: kim });
    expect([asked.status, asked.body.act, asked.body.evidence]).toEqual([202, 'resolve', '이체 1029']);
    const { status, body } = await approve(asked.body.approval_id);
    expect([status, body.state]).toEqual([200, 'resolved']);
    expect(body.resolution).toMatchObject({ who: '김민지', evidence: '이체 1029' });
    expect((await until(id, 'resolved')).resolution?.outcome).toBe('refunded_by_hand');
  });

  test('passes over what its asker confirmed, and over nothing that came later', async () => {
    const shop = await openCase();
    const { call, id, version, approve, list, simulator, read } = shop;
    simulator.script('r-1', { look_up: [{ reply: 'html_502', times: 'always' }] });
    const json = { reason: '직접 송금', version, outcome: 'refunded_by_hand', evidence: '이체 1029' };
    const close = (more: object = {}) =>
      call(`/v1/dead-letters/${id}/resolve`, { json: { ...json, ...more }, headers: kim });
    expect((await close()).status).toBe(503);
    const asked = await close({ acknowledge: true });
    expect(asked.status).toBe(202);
    const desk = await signedIn(shop, '이서준', 'a password of lee');
    const card = (await desk.get('/review/approvals')).text;
    expect(card).toMatch(/요청한 사람이 확인한 것[\s\S]*조회 없이 종결해요/);
    // Hours later the money goes back after all.
    simulator.cancelOutside('r-1', 150_000);
    simulator.script('r-1', { look_up: [] });
    const approved = await approve(asked.body.approval_id);
    expect([approved.status, approved.body.rule]).toEqual([422, 'landed']);
    const pressed = await desk.post(`/review/approvals/${asked.body.approval_id}/approve`, {});
    expect(pressed.text).toMatch(/이미 환불됐어요[\s\S]*요청한 사람이 확인하지 않은 내용/);
    expect((await read(id)).version).toBe(version);
    expect(asked.body.acknowledged).toEqual(['no_look_up']);
    expect(await list()).toMatchObject([{ acknowledge: true, acknowledged: ['no_look_up'] }]);
  });

  test('is done without a look-up where that is what its asker confirmed', async () => {
    const { call, id, version, approve, simulator } = await openCase();
    simulator.script('r-1', { look_up: [{ reply: 'html_502', times: 'always' }] });
    const json = { reason: '주문 없음', version, outcome: 'not_to_be_refunded', acknowledge: true };
    const asked = await call(`/v1/dead-letters/${id}/resolve`, { json, headers: kim });
    const { status, body } = await approve(asked.body.approval_id);
    expect([status, body.state]).toEqual([200, 'resolved']);
  });

  test('to try an unclear case again names what its asker confirmed', async () => {
    const { replay, list, approve, system } = await openCase();
    const asked = await replay(kim, { acknowledge: true });
    expect(asked.body.acknowledged).toEqual([]);
    const shop = await openServer(redis, { env });
    const now = shop.system.clock.now();
    const unclear = await makeCase(shop, { name: 'u', acceptedAt: now, won: 150_000 });
    const { version } = await shop.read(unclear);
    const of = speaking(shop, unclear, version);
    const { body } = await of.replay(kim, { acknowledge: true });
    expect(body.acknowledged).toEqual(['acknowledge']);
    // As an earlier version kept it, without what was confirmed.
    const key = keysFor(system.config.redis.prefix).approval(refundIdSchema.parse(unclear));
    const kept = JSON.parse((await shop.system.redis.hget(key, 'approval')) ?? '');
    delete kept.asked.acknowledged;
    await shop.system.redis.hset(key, 'approval', JSON.stringify(kept));
    const refused = await of.approve(body.approval_id);
    expect([refused.status, refused.body.rule]).toEqual([422, 'acknowledge']);
    expect(await list()).toMatchObject([{ acknowledged: [] }, { acknowledged: [] }]);
    expect((await approve(asked.body.approval_id)).status).toBe(200);
  });

  test('carries its account sealed, and pays to it', async () => {
    const shop = await openCase();
    const { replay, approve, id, system, simulator } = shop;
    const refund = { bank_account: '110-123-456789', bank_username: '홍길동', bank_code: '088' };
    const { body } = await replay(kim, { edits: { refund }, reason: '홍길동 110123456789 계좌로' });
    expect(body.edits).toEqual({ refund: 'replaced' });
    expect(body.reason).toBe('(hidden) (hidden) 계좌로');
    expect(await everythingIn(system)).not.toMatch(/110-?123-?456789|홍길동/);
    expect((await approve(body.approval_id)).status).toBe(200);
    await shop.until(id, 'succeeded');
    expect(simulator.book.of('r-1')).toMatchObject({ refunds: 1, refundedAmount: 150_000 });
    expect((await shop.read(id)).refund?.revision).toBe(2);
    expect(await everythingIn(system)).not.toMatch(/110-?123-?456789|홍길동/);
  });
});

describe('an approval', () => {
  test('dies when the case moves, and says who moved it', async () => {
    const { replay, approve, list, id, simulator, until } = await openCase();
    const { body } = await replay();
    const moved = await replay(park, { edits: { cancel_price: 50_000 } });
    expect(moved.body.state).toBe('queued');
    await until(id, 'succeeded');
    const late = await approve(body.approval_id);
    expect([late.status, late.body.by]).toEqual([409, 'worker']);
    expect(await list()).toMatchObject([{ standing: 'moved', moved_by: 'worker' }]);
    expect(simulator.book.of('r-1')).toMatchObject({ refunds: 1, refundedAmount: 50_000 });
  });

  test('is one for a case; sent back it is gone, with the reason beside the case', async () => {
    const { replay, approve, sendBack, call, id, version, acts, list, read } = await openCase();
    const first = (await replay()).body.approval_id;
    const again = await replay(park);
    expect([again.status, again.body.rule]).toEqual([422, 'approval_open']);
    expect((await sendBack(first)).body).toMatchObject({ result: 'sent_back' });
    const gone = await approve(first);
    expect([gone.status, gone.body.rule]).toEqual([422, 'approval_gone']);
    const { notes } = (await call(`/v1/dead-letters/${id}`, { headers: look })).body;
    expect(notes).toMatchObject([
      { what: 'ask_approval', who: '김민지', text: '재시도' },
      { what: 'send_back', who: '이서준', text: '금액 확인' },
    ]);
    expect((await acts())[1]).toMatchObject({ what: 'send_back', reason: '금액 확인', answer: 'done' });
    // An old page that names the first one approves nothing of the next.
    const next = (await replay(park)).body.approval_id;
    expect([typeof next, next === first]).toEqual(['string', false]);
    const late = await approve(first, lee);
    expect([late.status, late.body.rule]).toEqual([422, 'approval_gone']);
    expect(await list()).toMatchObject([{ approval_id: next, standing: 'open' }]);
    expect((await read(id)).version).toBe(version);
  });

  test('ends after a day, by Redis’ clock', async () => {
    const { replay, system, id, version, read } = await openCase();
    const { approval_id: approval } = (await replay()).body;
    const by = { who: '이서준', via: 'desk' } as const;
    const at = (ms: number) =>
      createApprovals({ ...reviewDepsOf(system), now: () => system.clock.now() + ms });
    expect(await at(86_400_001).approve(approval, by)).toMatchObject({ rule: 'approval_over' });
    expect(await at(86_400_001).list()).toMatchObject([{ standing: { kind: 'over' } }]);
    // And by the step that writes: it is over between a look at it and the write.
    await system.redis.hset(keysFor(system.config.redis.prefix).approval(id), 'until', 1);
    expect(await system.approvals.approve(approval, by)).toMatchObject({ rule: 'approval_gone' });
    expect((await read(id)).version).toBe(version);
  });

  test('needs two operators: without them it is not even asked for', async () => {
    const alone = { name: '이서준', role: 'approver', password: await hashPassword('x', cheap) };
    const { OPERATORS: _, ...others } = env;
    for (const some of [others, { ...others, OPERATORS: JSON.stringify([alone]) }]) {
      const shop = await openServer(redis, { env: some });
      const now = shop.system.clock.now();
      const id = await makeCase(shop, { name: Object.keys(some).join('-'), acceptedAt: now, won: 200_000 });
      for (const who of ['local', '이서준']) {
        const result = await shop.system.deadLetters.replay(id, { ...plain, who, via: 'desk' });
        expect(result).toMatchObject({ kind: 'refused', rule: 'no_second_person', thresholdWon: 100_000 });
      }
    }
  });

  test('goes with the refund', async () => {
    const { replay, id, system } = await openCase();
    await replay();
    const closed = await replay(kim, { edits: { cancel_price: 1_000 } });
    expect(closed.status).toBe(202);
    await expect.poll(async () => (await system.ledger.read(id))?.state).toBe('succeeded');
    const query = { state: 'succeeded', endedBy: Date.now() + 60_000, passOver: 0, limit: 10 } as const;
    expect((await system.ledger.purge(query)).purged).toBe(1);
    expect(await system.ledger.approval(id)).toBeNull();
    expect(await system.approvals.list()).toEqual([]);
  });
});

test('many at once leave it to a person', async () => {
  const { system, id, version, read } = await openCase();
  for (const dryRun of [true, false]) {
    const { results } = await replayMany(system, {}, { dryRun });
    const result = dryRun ? 'needs_person' : 'skipped';
    expect(results).toMatchObject([{ refundId: id, result, rule: 'approval' }]);
  }
  expect((await read(id)).version).toBe(version);
});

test('a command asks only in a name that is proven, and approves nothing', async () => {
  const shop = await openCase();
  const { id, version, read, acts } = shop;
  const run = (words: string[], password?: string) =>
    cliHere(['dead-letters', ...words], {
      env: { ...environmentOf(shop), ...env },
      folder: folderForTest(),
      ...(password !== undefined && { password }),
    });
  const words = ['replay', id, '--as', '김민지', '--reason', '재시도'];
  for (const password of [undefined, 'a password of lee']) {
    const { code, stderr } = await run(words, password);
    expect([code, stderr]).toEqual([1, expect.stringContaining('비밀번호가 필요해요')]);
  }
  expect((await acts()).map(({ what, rule }) => [what, rule])).toEqual([
    ['replay', 'approval_login'],
    ['replay', 'approval_login'],
  ]);
  const asked = await run(words, 'a password of kim');
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining(`${id}-${version}-`)]);
  expect((await run(['approvals'])).stdout).toMatch(/150,000[\s\S]*김민지 \(cli\)/);
  expect((await read(id)).version).toBe(version);
});

const plain: Omit<ReplayRequest, 'who' | 'via'> = {
  reason: 'x',
  version: null,
  newGeneration: false,
  acknowledge: true,
  edits: {},
};
