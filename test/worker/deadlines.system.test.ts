// No state waits for ever: past its deadline each open refund is in front of a person, also where no worker may take it.
import { describe, expect, it } from 'vitest';
import type { DeadLetter, Refund } from '../../src/domain/refund.ts';
import { isOpen } from '../../src/domain/states.ts';
import { forkWorker } from '../support/child.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';

const receipts = [{ id: 'r1', price: 10_000 }];
const soon = { RETRY_DEADLINE_MS: '1500' };
/** A call is lost, and known to be, well before the deadline. */
const lostBefore = {
  LOOK_UP_SCHEDULE_MS: '100',
  BOOTPAY_TIMEOUT_MS: '500',
  SETTLE_WINDOW_MS: '2500',
  RETRY_DEADLINE_MS: '3000',
};
const sweeper = { everyMs: 50, overdueMs: 20, lateMs: 100, pageSize: 10 };

const serverError = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', times: 'always' } as const;
const lost = { reply: 'hang_before_commit' } as const;
const noLookUp = { reply: 'hang', times: 'always' } as const;

describe('past its deadline a person hears of a refund', () => {
  const redis = useRedis();

  const opened = (env: Record<string, string> = {}) =>
    openShop(redis, { scenario: { receipts }, env: { ...soon, ...env }, worker: false });
  const hold = ({ system }: Shop, kind: 'person' | 'credentials') => {
    const fingerprint = system.gateway?.fingerprint ?? null;
    return system.lane.hold(kind, { at: system.clock.now(), who: 'kim', reason: 'wait', fingerprint });
  };
  const holderOf = async ({ system }: Shop, { receiptId }: Refund) =>
    (await system.ledger.readReceipt(receiptId)).holder;

  async function ends(shop: Shop, id: string | null, as: Pick<DeadLetter, 'case' | 'keepsLock'>) {
    const refund = await shop.until(id, 'dead_lettered', 20_000);
    expect(refund.deadLetter).toMatchObject(as);
    expect(shop.system.clock.now()).toBeGreaterThanOrEqual(refund.deadlineAt);
    expect(await holderOf(shop, refund)).toBe(as.keepsLock ? id : null);
    const [, deadLetters] = shop.system.refundQueue.queues;
    await expect.poll(() => deadLetters?.getJob(refund.deadLetter?.jobId ?? '')).toBeDefined();
    expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 0 });
  }

  it.each(['person', 'credentials'] as const)('that is queued while the lane is held (%s)', async (who) => {
    const shop = await opened();
    await hold(shop, who);
    await shop.startWorker({ sweeper });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await ends(shop, refund_id, { case: 'deadline_passed', keepsLock: false });
  });

  it('that waits for its retry while the lane is held', async () => {
    const shop = await opened({ RETRY_BASE_MS: '100' });
    shop.simulator.script('r1', { cancel: [serverError] });
    await shop.startWorker({ sweeper });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.until(refund_id, 'waiting_retry');
    await hold(shop, 'credentials');
    await ends(shop, refund_id, { case: 'deadline_passed', keepsLock: false });
  });

  it.each([
    ['the lane is held', (shop: Shop) => hold(shop, 'credentials')],
    [
      'the rate limiter stays shut',
      ({ system }: Shop) =>
        system.redis.hset(
          `${redis.prefix}:rate-limiter`,
          'shut',
          String((system.clock.now() + 299_000) * 1_000),
        ),
    ],
    [
      'its look-ups stay without an answer',
      async ({ simulator }: Shop) => simulator.script('r1', { look_up: [noLookUp] }),
    ],
  ])('that is unknown while %s; its receipt stays held', async (_what, trouble) => {
    const shop = await opened(lostBefore);
    shop.simulator.script('r1', { cancel: [lost] });
    await shop.startWorker({ sweeper });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    await shop.until(refund_id, 'unknown');
    await trouble(shop);
    await ends(shop, refund_id, { case: 'outcome_unknown', keepsLock: true });
  });

  it('that was being called by a process which died, while the lane is held', async () => {
    const shop = await opened({ BOOTPAY_TIMEOUT_MS: '100', RETRY_DEADLINE_MS: '10000' });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const child = await forkWorker({ ...environmentOf(shop), CRASH_AT: 'attempt_written' });
    await child.ended;
    await hold(shop, 'credentials');
    await shop.startWorker({ sweeper });
    await ends(shop, refund_id, { case: 'outcome_unknown', keepsLock: true });
  });

  it('that waits behind another one, and the other one keeps the receipt', async () => {
    const shop = await opened(lostBefore);
    shop.simulator.script('r1', { cancel: [lost], look_up: [{ reply: 'normal' }, noLookUp] });
    await shop.startWorker({ sweeper });
    const first = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(first.refund_id, 'unknown');
    const second = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const waited = await shop.until(second.refund_id, 'dead_lettered', 20_000);
    expect(waited.deadLetter).toMatchObject({ case: 'deadline_passed', keepsLock: false });
    await ends(shop, first.refund_id, { case: 'outcome_unknown', keepsLock: true });
  });

  it('not before it is late by the whole margin: a worker that is a little behind still looks first', async () => {
    const { system, ...shop } = await opened({ RETRY_DEADLINE_MS: '10' });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const deadlineAt = (await shop.read(refund_id)).refund?.deadlineAt ?? 0;
    await expect.poll(() => system.clock.now()).toBeGreaterThan(deadlineAt);
    const now = system.clock.now();
    const query = { among: 'open', after: null, now, dueBy: now, upTo: now, limit: 10 } as const;
    const early = await system.ledger.overdue({ ...query, lateBy: now - 600_000 });
    expect(early).toEqual({ found: [], next: null });
    const late = await system.ledger.overdue({ ...query, lateBy: now });
    expect(late.found).toEqual([{ refundId: refund_id, why: 'past_deadline', jobId: `${refund_id}-1` }]);
  });

  it('and every open record that is stored has a next wake-up and a deadline', async () => {
    const shop = await opened({ RETRY_DEADLINE_MS: '60000', RETRY_BASE_MS: '30000', RETRY_MAX_MS: '30000' });
    for (const id of ['u', 'w'])
      shop.simulator.addReceipt({ id, price: 1_000, script: { cancel: [id === 'w' ? serverError : lost] } });
    await shop.startWorker();
    const sent = await Promise.all(['u', 'w', 'r1'].map((receipt_id) => shop.send({ receipt_id })));
    await shop.until(sent[0]?.refund_id ?? null, 'unknown');
    await shop.until(sent[1]?.refund_id ?? null, 'waiting_retry');
    const { items } = await shop.system.ledger.list({ limit: 100 });
    const open = items.filter(({ state }) => isOpen(state));
    expect(open.length).toBeGreaterThanOrEqual(2);
    const wakeUps = await shop.system.redis.zrange(`${redis.prefix}:wake-ups`, 0, '-1');
    for (const { refundId, nextWakeUpAt, deadlineAt } of open) {
      expect(nextWakeUpAt).toBeLessThanOrEqual(deadlineAt);
      expect(wakeUps).toContain(refundId);
    }
  });
});
