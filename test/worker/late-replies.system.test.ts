// A reply that is heard after its attempt was given up as lost: what must never be sent again is not, whenever it is heard.
import { describe, expect, it } from 'vitest';
import type { DefaultScriptInput } from '../../simulator/index.ts';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

describe('a worker that hears late', () => {
  const redis = useRedis();

  /** The reply to its first call comes when another job of the refund has written that it was cut off, or later. */
  function hearsLate(
    { system, read }: Shop,
    id: string | null,
    until = async () => (await read(id)).state === 'unknown',
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
        return reply;
      },
    });
  }

  it.each(['RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'])(
    '%s of a call that was given up as lost stops the refund, and it is not sent again',
    async (code) => {
      const cancel = [{ reply: 'code', code, commitAfterMs: 0, visible: false } as const];
      const receipts = [
        { id: 'r1', price: 10_000, script: { cancel }, switches: { refusesUsedCancelId: false } },
      ];
      const shop = await openShop(redis, { scenario: { receipts }, worker: false });
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
      hearsLate(shop, refund_id);
      const { refund } = await shop.read(refund_id);
      if (refund === null) throw new Error('no record');
      await shop.system.refundQueue.enqueueJob(refund, 'another-job');
      await shop.startWorker();
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
  async function waitingForItsRetry(then: () => Promise<void>, ...cancel: DefaultScriptInput['cancel'] & {}) {
    const script = { cancel: [unheard, serverError, ...cancel] };
    const receipts = [{ id: 'r1', price: 10_000, script, switches: { refusesUsedCancelId: false } }];
    const shop = await openShop(redis, { scenario: { receipts }, env: longWaits, worker: false });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    let ready: Promise<boolean> | null = null;
    hearsLate(shop, refund_id, async () => {
      const { refund } = await shop.read(refund_id);
      if (refund?.state !== 'waiting_retry' || refund.attempts.length !== 2) return false;
      ready ??= then().then(() => true);
      return ready;
    });
    const { refund } = await shop.read(refund_id);
    if (refund === null) throw new Error('no record');
    await shop.system.refundQueue.enqueueJob(refund, 'another-job');
    await shop.startWorker();
    return { shop, refund_id };
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
    const { shop, refund_id } = await waitingForItsRetry(async () => {
      other = (await shop.send({ receipt_id: 'r1', cancel_price: 2_000 })).refund_id;
      await shop.until(other, 'dead_lettered');
    }, unheard);
    const dead = await shop.until(refund_id, 'dead_lettered');
    expect(dead.deadLetter).toMatchObject({ code: 'RC_CANCEL_CRITICAL_ERROR', keepsLock: false });
    expect(await rowOf(shop)).toMatchObject({ holder: other, marks: 1 });
  });
});
