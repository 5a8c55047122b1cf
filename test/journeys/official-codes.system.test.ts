// Each official code ends where the design says, and is on the record.
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const terminal = [
  'RC_NOT_FOUND',
  'RC_ALREADY_CANCELLED',
  'RC_NOT_ABLE_CANCEL',
  'RC_CANCEL_ID_ALREADY_EXIST',
  'RC_PM_CANCEL_NOT_SUPPORT',
  'RC_PM_P_CANCEL_NOT_SUPPORT',
  'RC_CANCEL_METHOD_NOT_FOUND',
  'RC_NOT_ISSUED',
  'RC_CANCEL_PRICE_NOT_ZERO',
  'RC_CANCEL_PRICE_OVER',
  'RC_CANCEL_TAX_FREE_OVER',
  'RC_CANCEL_CRITICAL_ERROR',
  'RC_CANCEL_FAILED',
  'RC_SOMETHING_NEW',
];

describe('an official code', () => {
  const redis = useRedis();

  for (const code of terminal) {
    for (const httpStatus of [200, 400, 500]) {
      it(`${code} with HTTP ${httpStatus} becomes a dead letter`, async () => {
        const script = { cancel: [{ reply: 'code', code, httpStatus } as const] };
        const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000, script }] } });
        const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
        const refund = await shop.until(refund_id, 'dead_lettered');
        expect(refund.deadLetter).toMatchObject({ case: 'bootpay_refused', code });
        expect(refund.attempts).toHaveLength(1);
        expect(shop.simulator.book.of('r1')).toMatchObject({ refunds: 0 });
        const [, deadLetters] = shop.system.refundQueue.queues;
        await expect
          .poll(() => deadLetters?.getJob(refund.deadLetter?.jobId ?? ''))
          .toMatchObject({ data: { code } });
      });
    }
  }

  it('RC_CANCEL_SERVER_ERROR again and again is a dead letter after the last attempt', async () => {
    const script = { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', times: 'always' } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 10_000, script }] } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.deadLetter).toMatchObject({ case: 'retries_exhausted', code: 'RC_CANCEL_SERVER_ERROR' });
    expect(refund.attempts).toHaveLength(4);
    expect(new Set(refund.attempts.map(({ cancelId }) => cancelId)).size).toBe(1);
  });

  it('RC_CANCEL_SERVER_ERROR with a permanent PG code is a dead letter at once', async () => {
    const step = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '2047' } as const;
    const receipts = [{ id: 'r1', price: 10_000, pg: 'nicepay' as const, script: { cancel: [step] } }];
    const shop = await openShop(redis, { scenario: { receipts } });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.attempts).toHaveLength(1);
    expect(refund.deadLetter).toMatchObject({ case: 'bootpay_refused', pgCode: '2047' });
  });

  it('2086 keeps the receipt and has a fresh look-up attached', async () => {
    const step = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 0 } as const;
    const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [step] } }];
    const shop = await openShop(redis, { scenario: { receipts } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await expect
      .poll(async () => (await shop.read(refund_id)).refund?.lastLookUp?.receipt.cancelledWon, {
        timeout: 5_000,
      })
      .toBe(1_000);
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.deadLetter).toMatchObject({ severity: 'critical', keepsLock: true });
    expect((await shop.system.ledger.readReceipt(refund.receiptId)).holder).toBe(refund_id);
  });
});
