// Silence and broken answers: whatever comes back, exactly the right amount is refunded, once.
import { describe, expect, it } from 'vitest';
import type { CancelStepInput } from '../../simulator/index.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const consecutiveFailures: readonly (readonly [string, CancelStepInput])[] = [
  ['the connection is reset before the commit', { reply: 'reset_before_commit' }],
  ['the connection is reset after the commit', { reply: 'reset_after_commit' }],
  ['Bootpay hangs before the commit', { reply: 'hang_before_commit' }],
  ['Bootpay hangs after the commit', { reply: 'hang_after_commit' }],
  ['a 502 page comes before the commit', { reply: 'html_502_before_commit' }],
  ['a 502 page comes after the commit', { reply: 'html_502_after_commit' }],
  ['the money moves late, after a hang', { reply: 'late_commit', delayMs: 450 }],
  ['the money moves late, after a reset', { reply: 'late_commit', delayMs: 250, how: 'reset' }],
  ['an empty 503 comes', { reply: 'empty_503' }],
  ['an empty 503 comes after the commit', { reply: 'empty_503', commit: true }],
  ['Bootpay throttles with 429', { reply: 'throttled_429', retryAfter: 0 }],
  ['half an answer comes', { reply: 'truncated' }],
  ['an answer without amounts comes', { reply: 'ok_without_amounts' }],
  ['an answer with other amounts comes', { reply: 'ok_other_amounts' }],
  ['an empty 204 comes', { reply: 'empty_204' }],
  ['a redirect comes', { reply: 'redirect_307' }],
];

describe('a cancel without a clear answer', () => {
  const redis = useRedis();

  for (const [title, step] of consecutiveFailures) {
    for (const cancelPrice of [undefined, 3_000]) {
      const kind = cancelPrice === undefined ? 'full' : 'partial';
      it(`ends with the right amount when ${title} (${kind})`, async () => {
        const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [step] } }];
        const shop = await openShop(redis, { scenario: { receipts } });
        const price = cancelPrice === undefined ? {} : { cancel_price: cancelPrice };
        const { refund_id } = await shop.send({ receipt_id: 'r1', ...price });
        const refund = await shop.until(refund_id, 'succeeded');
        const won = cancelPrice ?? 10_000;
        expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: won, refunds: 1 });
        expect(refund.settledWon).toBe(won);
      });
    }
  }

  it('is never sent again by anything but the next activation', async () => {
    const receipts = [
      { id: 'r1', price: 10_000, script: { cancel: [{ reply: 'reset_after_commit' } as const] } },
    ];
    const shop = await openShop(redis, { scenario: { receipts } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3_000 });
    await shop.until(refund_id, 'succeeded');
    expect(shop.simulator.calls.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
  });
});
