// Receipts that leave fields out, or show less in a look-up than in an answer: what Bootpay does not say is not zero.
import { describe, expect, it } from 'vitest';
import type { ReceiptInput, ReceiptSwitchesInput } from '../../simulator/index.ts';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const receipt: ReceiptInput = { id: 'r1', orderId: 'o1', price: 10_000, taxFree: 2_000 };

const lookUps: [string, ReceiptSwitchesInput][] = [
  ['show every field', {}],
  ['never show cancelled_tax_free', { lookUpWithout: ['cancelled_tax_free'] }],
  ['show cancelled_tax_free as null', { lookUpWith: { cancelled_tax_free: null } }],
  ['show cancelled_tax_free as 0 after every cancel', { lookUpWith: { cancelled_tax_free: 0 } }],
  ['never show tax_free', { lookUpWithout: ['tax_free'] }],
  ['show no tax-free amount at all', { lookUpWithout: ['tax_free', 'cancelled_tax_free'] }],
  ['never show the currency', { lookUpWithout: ['currency'] }],
  [
    'show nothing that may be missing',
    {
      lookUpWithout: [
        ...['order_id', 'tax_free', 'cancelled_tax_free', 'currency', 'pg', 'purchased_at', 'requested_at'],
        ...['cancelled_at', 'method', 'method_symbol', 'method_origin', 'method_origin_symbol', 'card_data'],
      ],
    },
  ],
];

describe('three partial refunds with tax-free shares on one receipt', () => {
  const redis = useRedis();

  it.each(lookUps)('succeed with one call each where look-ups %s', async (_, switches) => {
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, switches }] } });
    for (const [cancel_price, cancel_tax_free] of [
      [3_000, 500],
      [3_000, 500],
      [1_000, 1_000],
    ] as const) {
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price, cancel_tax_free });
      const refund = await shop.until(refund_id, 'succeeded', 10_000);
      expect(refund.settledWon).toBe(cancel_price);
      expect(refund.attempts.length).toBe(1);
    }
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel').length).toBe(3);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 7_000, refundedTaxFree: 2_000 });
    expect((await shop.system.ledger.readReceipt(receiptIdSchema.parse('r1'))).settledWon).toBe(7_000);
  });

  it.each(lookUps)('lose an answer each and are found where look-ups %s', async (_, switches) => {
    const script = { cancel: [{ reply: 'reset_after_commit', times: 'always' } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ ...receipt, switches, script }] } });
    for (const cancel_tax_free of [500, 500]) {
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000, cancel_tax_free });
      const refund = await shop.until(refund_id, 'succeeded', 10_000);
      expect(refund.attempts.map(({ outcome }) => outcome?.reply)).toEqual(['no_answer']);
    }
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 2_000, refunds: 2 });
  });
});
