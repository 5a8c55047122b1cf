// A reply that is heard after its attempt was given up as lost: what must never be sent again is not, whenever it is heard.
import { describe, expect, it } from 'vitest';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

describe('a worker that hears late', () => {
  const redis = useRedis();

  /** Its reply comes once another job of the refund has written that the call was cut off. */
  function hearsLate({ system, read }: Shop, id: string | null): void {
    const { gateway } = system;
    if (gateway === null) throw new Error('no credentials');
    const { cancel } = gateway;
    let first = true;
    Object.assign(gateway, {
      cancel: async (...args: Parameters<typeof cancel>) => {
        const reply = await cancel(...args);
        if (!first) return reply;
        first = false;
        await expect.poll(async () => (await read(id)).state, { timeout: 20_000 }).toBe('unknown');
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
      await shop.system.doorbell.ring(refund, 'another-job');
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
});
