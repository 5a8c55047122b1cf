// A reply that is heard after its attempt was given up as lost: what must never be sent again is not, whenever it is heard.
import { describe, expect, it } from 'vitest';
import type { DefaultScriptInput } from '../../simulator/index.ts';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import type { CancelReply } from '../../src/domain/reply.ts';
import type { State } from '../../src/domain/states.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { accepted } from '../policies/refunds.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

interface HeardLate {
  readonly until?: () => Promise<boolean>;
  readonly instead?: CancelReply;
}

describe('a worker that hears late', () => {
  const redis = useRedis();

  /**
   * The reply to its first call comes when another job of the refund has written that it was cut off, or later.
   * @param instead another reply than the one that Bootpay gave
   */
  function hearsLate(
    { system, read }: Shop,
    id: string | null,
    { until = async () => (await read(id)).state === 'unknown', instead }: HeardLate = {},
  ): void {
    const { gateway } = system;
    if (gateway === null) throw new Error('no credentials');
    const { cancel } = gateway;
    let first = true;
    Object.assign(gateway, {
      cancel: async (...args: Parameters<typeof cancel>) => {
        const reply = await cancel(...args);
        if (!first) return reply;
        first = false;
        await expect.poll(until, { timeout: 20_000 }).toBe(true);
        return instead ?? reply;
      },
    });
  }

  /** The reply is heard within it, also on a busy machine. */
  const longWindow = { SETTLE_WINDOW_MS: '3000' };

  it.each(['RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'])(
    '%s of a call that was given up as lost stops the refund, and it is not sent again',
    async (code) => {
      const cancel = [{ reply: 'code', code, commitAfterMs: 0, visible: false } as const];
      const receipts = [
        { id: 'r1', price: 10_000, script: { cancel }, switches: { refusesUsedCancelId: false } },
      ];
      const shop = await openShop(redis, { scenario: { receipts }, env: longWindow, worker: false });
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
      hearsLate(shop, refund_id);
      await startTwoJobs(shop, refund_id);
      const dead = await shop.until(refund_id, 'dead_lettered');
      expect(dead.deadLetter).toMatchObject({ case: 'bootpay_refused', code, severity: 'critical' });
      expect(dead.attempts).toMatchObject([{ outcome: { reply: 'refused', code } }]);
      const row = await shop.system.ledger.readReceipt(receiptIdSchema.parse('r1'));
      expect(row.holder).toBe(refund_id);
      expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
      expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 1 });
    },
  );

  const unheard = {
    reply: 'code',
    code: 'RC_CANCEL_CRITICAL_ERROR',
    commitAfterMs: 0,
    visible: false,
  } as const;
  const serverError = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;
  const longWaits = { RETRY_BASE_MS: '60000', RETRY_MAX_MS: '60000', RETRY_DEADLINE_MS: '600000' };

  /** A refund whose first reply is still on its way, while a second attempt was refused and the receipt is free. */
  async function waitingForItsRetry(
    then: () => Promise<void>,
    { cancel = [], instead }: { cancel?: DefaultScriptInput['cancel'] & {}; instead?: CancelReply } = {},
  ) {
    let ready: Promise<boolean> | null = null;
    return heardDuring('waiting_retry', {
      cancel: [unheard, serverError, ...cancel],
      env: longWaits,
      meanwhile: () => (ready ??= then().then(() => true)),
      ...(instead !== undefined && { instead }),
    });
  }

  interface During {
    readonly cancel: DefaultScriptInput['cancel'] & {};
    readonly env?: Readonly<Record<string, string>>;
    readonly meanwhile?: () => Promise<boolean>;
    readonly instead?: CancelReply;
  }

  /** The reply to the first call comes while the refund is in this state, with its second attempt. */
  async function heardDuring(
    state: State,
    { cancel, env = {}, meanwhile = async () => true, instead }: During,
  ) {
    const receipts = [
      { id: 'r1', price: 10_000, script: { cancel }, switches: { refusesUsedCancelId: false } },
    ];
    const shop = await openShop(redis, { scenario: { receipts }, env, worker: false });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const until = async () => {
      const { refund } = await shop.read(refund_id);
      return refund?.state === state && refund.attempts.length === 2 && meanwhile();
    };
    hearsLate(shop, refund_id, { until, ...(instead !== undefined && { instead }) });
    await startTwoJobs(shop, refund_id);
    return { shop, refund_id };
  }

  async function startTwoJobs(shop: Shop, refundId: string | null): Promise<void> {
    const { refund } = await shop.read(refundId);
    if (refund === null) throw new Error('no record');
    await shop.system.refundQueue.enqueueJob(refund, 'another-job');
    await shop.startWorker();
  }
  const rowOf = ({ system }: Shop) => system.ledger.readReceipt(receiptIdSchema.parse('r1'));

  it('a 2086 takes the receipt that its refund had let go of: the next refund waits behind the case', async () => {
    const { shop, refund_id } = await waitingForItsRetry(async () => {});
    const dead = await shop.until(refund_id, 'dead_lettered');
    expect(dead.deadLetter).toMatchObject({ code: 'RC_CANCEL_CRITICAL_ERROR', keepsLock: true });
    expect(await rowOf(shop)).toMatchObject({ holder: refund_id, marks: 0 });
    const behind = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await expect.poll(async () => (await rowOf(shop)).waiting).toEqual([behind.refund_id]);
    expect((await shop.read(behind.refund_id)).refund?.attempts).toHaveLength(0);
  });

  it('a 2086 leaves the receipt to the refund that holds it by now, and marks it', async () => {
    let other: string | null = null;
    const { shop, refund_id } = await waitingForItsRetry(
      async () => {
        other = (await shop.send({ receipt_id: 'r1', cancel_price: 2_000 })).refund_id;
        await shop.until(other, 'dead_lettered');
      },
      { cancel: [unheard] },
    );
    const dead = await shop.until(refund_id, 'dead_lettered');
    expect(dead.deadLetter).toMatchObject({ code: 'RC_CANCEL_CRITICAL_ERROR', keepsLock: false });
    expect(await rowOf(shop)).toMatchObject({ holder: other, marks: 1 });
  });

  const acceptedLate = accepted({ cancelledWon: 1_000 });

  it.each([
    // Look-ups that show less than the answer did conclude nothing until the deadline.
    { cancelledWon: 1_000, name: 'outcome_unknown' },
    { cancelledWon: 2_000, name: 'integrity_mismatch' },
  ])(
    'what was accepted with $cancelledWon won and is not there is a case ($name), and is not sent again',
    async ({ cancelledWon, name }) => {
      const receipts = [
        { id: 'r1', price: 10_000, script: { cancel: [unheard] }, switches: { refusesUsedCancelId: false } },
      ];
      const env = { ...longWindow, RETRY_DEADLINE_MS: '10000' };
      const shop = await openShop(redis, { scenario: { receipts }, env, worker: false });
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
      hearsLate(shop, refund_id, { instead: accepted({ cancelledWon }) });
      await startTwoJobs(shop, refund_id);
      const dead = await shop.until(refund_id, 'dead_lettered');
      expect(dead).toMatchObject({
        deadLetter: { case: name, severity: 'critical', keepsLock: true },
        attempts: [{ outcome: { reply: 'accepted' } }],
      });
      expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
    },
  );

  it('what was accepted counts when a look-up shows it', async () => {
    const script = { cancel: [{ reply: 'hang_after_commit' } as const] };
    const shop = await openShop(redis, {
      scenario: { receipts: [{ id: 'r1', price: 10_000, script }] },
      env: longWindow,
      worker: false,
    });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    hearsLate(shop, refund_id, { instead: acceptedLate });
    await startTwoJobs(shop, refund_id);
    expect(await shop.until(refund_id, 'succeeded')).toMatchObject({ settledWon: 1_000 });
    expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 1 });
  });

  it('what was accepted stops a refund that waits to be sent once more', async () => {
    const { shop, refund_id } = await waitingForItsRetry(async () => {}, { instead: acceptedLate });
    const dead = await shop.until(refund_id, 'dead_lettered');
    expect(dead.deadLetter).toMatchObject({ case: 'integrity_mismatch', keepsLock: true });
    expect(await rowOf(shop)).toMatchObject({ holder: refund_id });
  });

  it('a 2086 that is heard during another call stops the refund after that one', async () => {
    const { shop, refund_id } = await heardDuring('sending', {
      cancel: [unheard, { reply: 'hang_before_commit' }],
      env: { SETTLE_WINDOW_MS: '4000' },
    });
    const dead = await shop.until(refund_id, 'dead_lettered');
    expect(dead.deadLetter).toMatchObject({ code: 'RC_CANCEL_CRITICAL_ERROR', keepsLock: true });
    expect(dead.attempts).toMatchObject([
      { outcome: { reply: 'refused' } },
      { outcome: { reply: 'no_answer' } },
    ]);
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(2);
  });

  it('a 2086 makes a critical case of one that another call ended with', async () => {
    const { shop, refund_id } = await heardDuring('dead_lettered', {
      cancel: [unheard, { reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' }],
    });
    const critical = async () => (await shop.read(refund_id)).refund?.deadLetter?.severity;
    await expect.poll(critical).toBe('critical');
    const { refund } = await shop.read(refund_id);
    expect(refund).toMatchObject({
      deadLetter: { code: 'RC_CANCEL_CRITICAL_ERROR', keepsLock: true },
      attempts: [{ outcome: { code: 'RC_CANCEL_CRITICAL_ERROR' } }, { outcome: { reply: 'refused' } }],
    });
    expect(await rowOf(shop)).toMatchObject({ holder: refund_id });
    expect(await shop.system.redis.zcard(keysFor(redis.prefix).byState('dead_lettered'))).toBe(1);
  });
});
