// A script that is sent again after a lost answer: whoever asked hears what its first run did, not that another was faster.
import { expect, test } from 'vitest';
import type { Action } from '../../src/domain/action.ts';
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import type { RefundId } from '../../src/domain/ids.ts';
import { createBulkStore } from '../../src/ledger/bulks.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createApprovals } from '../../src/review/approvals.ts';
import { createCaseBeside } from '../../src/review/beside.ts';
import { createBulks } from '../../src/review/bulks.ts';
import { createDeadLetters } from '../../src/review/index.ts';
import { hashPassword } from '../../src/server/password.ts';
import { kim } from '../support/bulk.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { resending } from '../support/resent.ts';
import { bulkDepsOf, reviewDepsOf } from '../support/review-deps.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const by = { who: '김민지', via: 'desk', reason: 'r', version: null } as const;
const replayWish = { ...by, newGeneration: false, acknowledge: true, edits: {} };
const closing = { ...by, outcome: 'not_to_be_refunded', evidence: null, acknowledge: true } as const;

async function openResending() {
  const people = await Promise.all(
    [
      ['김민지', 'reviewer'],
      ['이서준', 'approver'],
    ].map(async ([name, role]) => ({
      ...{ name, role },
      password: await hashPassword('x', { n: 16, r: 1, p: 1 }),
    })),
  );
  const env = { OPERATORS: JSON.stringify(people), APPROVAL_THRESHOLD_WON: '100000' };
  const shop = await openShop(redis, { worker: false, env });
  const client = resending(shop.system.redis);
  const ledger = createLedger({ redis: client, prefix: redis.prefix, dataKeys: fixedDataKeys([]) });
  const deps = { ...reviewDepsOf(shop.system), ledger };
  const store = createBulkStore(client, redis.prefix);
  return { shop, deps, bulks: createBulks({ ...bulkDepsOf(shop.system), ...deps, store }) };
}

const aCase = (shop: Shop, won = 1_000) =>
  makeCase(shop, { name: `c-${won}`, acceptedAt: shop.system.clock.now(), won });
const actsOn = async ({ system }: Shop, query: Partial<Action>) =>
  (await system.ledger.actions({ limit: 100 })).items
    .filter((act) => Object.entries(query).every(([name, value]) => act[name as keyof Action] === value))
    .map(({ what, answer }) => `${what}: ${answer}`)
    .reverse();
const notesOn = ({ system }: Shop, id: RefundId) => system.redis.llen(keysFor(redis.prefix).notes(id));

test('many at once are started, from a filter and from a preview, and the start is kept', async () => {
  const { shop, bulks } = await openResending();
  const wish = { ...kim, reason: 'PG is back', perMinute: 60_000 };
  const first = await bulks.start({ ...wish, filter: {} });
  expect(first).toMatchObject({ kind: 'started' });
  const id = 'id' in first ? first.id : '';
  expect(await bulks.start({ ...wish, filter: {} })).toMatchObject({ kind: 'busy', running: { id } });
  expect(await bulks.stop(id, kim)).toMatchObject({ state: 'stopped' });
  const work = bulks.work();
  redis.onEnd(() => work.stop());
  const preview = await bulks.preview(kim, {});
  await expect.poll(async () => (await bulks.read(preview))?.state).toBe('previewed');
  expect(await bulks.start({ ...wish, preview })).toEqual({ kind: 'started', id: preview });
  expect(await bulks.start({ ...wish, perMinute: 1, preview })).toMatchObject({ kind: 'moved' });
  expect(await actsOn(shop, { bulk: id })).toEqual(['bulk_start: done', 'bulk_stop: done']);
  expect(await actsOn(shop, { bulk: preview })).toEqual(['bulk_start: done']);
});

test('an approval is asked for, sent back, asked for anew and given', async () => {
  const { shop, deps } = await openResending();
  const { replay } = createDeadLetters(deps);
  const approvals = createApprovals(deps);
  const second = { who: '이서준', via: 'desk' } as const;
  const id = await aCase(shop, 200_000);
  const asked = await replay(id, replayWish);
  expect(asked).toMatchObject({ kind: 'asked' });
  expect(await replay(id, { ...replayWish, reason: 'again' })).toMatchObject({ rule: 'approval_open' });
  const approval = asked.kind === 'asked' ? asked.approval.id : '';
  expect(await approvals.sendBack(approval, second, 'too much')).toMatchObject({ kind: 'sent_back' });
  expect(await approvals.sendBack(approval, second, 'too much')).toMatchObject({ rule: 'approval_gone' });
  expect(await notesOn(shop, id)).toBe(2);

  const anew = await replay(id, replayWish);
  const given = await approvals.approve(anew.kind === 'asked' ? anew.approval.id : '', second);
  expect(given).toMatchObject({ kind: 'done', refund: { state: 'queued' } });
  expect(await actsOn(shop, { refundId: id })).toEqual([
    'ask_approval: done',
    'replay: refused',
    'send_back: done',
    'send_back: refused',
    'ask_approval: done',
    'replay: done',
    'approve: done',
  ]);
});

test('a case is replayed, with its job, and another one closed', async () => {
  const { shop, deps } = await openResending();
  const { replay, resolve } = createDeadLetters(deps);
  const [one, other] = [await aCase(shop, 1_000), await aCase(shop, 2_000)];
  const replayed = await replay(one, replayWish);
  expect(replayed).toMatchObject({ kind: 'done', refund: { state: 'queued', version: 3 } });
  expect(await replay(one, replayWish)).toMatchObject({ kind: 'moved' });
  const jobs = await shop.system.refundQueue.queues[0]?.getJobs(['prioritized']);
  expect(jobs?.map((job) => job.id)).toEqual([`${one}-3`]);
  expect(await resolve(other, closing)).toMatchObject({ kind: 'done', refund: { state: 'resolved' } });
  expect(await resolve(other, closing)).toMatchObject({ kind: 'moved' });
  expect(await actsOn(shop, { refundId: one })).toEqual(['replay: done', 'replay: moved']);
  expect(await actsOn(shop, { refundId: other })).toEqual(['resolve: done', 'resolve: moved']);
});

test('a case that cannot be read is closed', async () => {
  const { shop, deps } = await openResending();
  const id = await aCase(shop);
  await shop.system.redis.hset(keysFor(redis.prefix).refund(id), 'body', '{"broken');
  const lonely = { ...deps, twoPeople: { ...deps.twoPeople, thresholdWon: null } };
  const { resolve } = createDeadLetters(lonely);
  expect(await resolve(id, closing)).toMatchObject({ kind: 'closed_unreadable' });
  expect(await actsOn(shop, { refundId: id })).toEqual(['resolve: done']);
});

test('a note is written once, and a case handed over once', async () => {
  const { shop, deps } = await openResending();
  const { ledger, now } = deps;
  const beside = createCaseBeside({ ledger, now, people: deps.twoPeople.people });
  const id = await aCase(shop);
  expect(await beside.note(id, by, 'called them')).toEqual({ kind: 'done' });
  const to = { to: '이서준', note: null, version: null };
  expect(await beside.handOver(id, by, to)).toEqual({ kind: 'done' });
  expect(await notesOn(shop, id)).toBe(2);
  expect(await actsOn(shop, { refundId: id })).toEqual(['note: done', 'hand_over: done']);
});
