// Something happens on the receipt while a look-up of it is under way: what the look-up showed is concluded from nowhere,
// and the refund looks again.
import { describe, expect, it } from 'vitest';
import type { DefaultScriptInput } from '../../simulator/index.ts';
import { receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const lost = { reply: 'reset_before_commit' } as const;
const terminal = { reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' } as const;
const serverError = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;

describe('while another case of the receipt is closed without a look-up', () => {
  const redis = useRedis();

  const closeAs = (shop: Shop, id: string | null, acknowledge: boolean) =>
    shop.system.deadLetters.resolve(refundIdSchema.parse(id), {
      who: 'kim',
      via: 'cli',
      reason: 'paid by transfer',
      version: null,
      outcome: 'refunded_by_hand',
      evidence: null,
      acknowledge,
    });

  /** A case that may have paid and has let go of the receipt. */
  async function withCase(
    cancel: NonNullable<DefaultScriptInput['cancel']>,
  ): Promise<{ shop: Shop; closeIt: () => Promise<void> }> {
    const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [lost, terminal, ...cancel] } }];
    const shop = await openShop(redis, { scenario: { receipts } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 500 });
    await shop.until(refund_id, 'dead_lettered');
    const closeIt = async () => {
      expect((await closeAs(shop, refund_id, true)).kind).toBe('done');
    };
    return { shop, closeIt };
  }
  /** Happens once, between the n-th answer from now on and its use. */
  function duringLookUp(
    { system }: Shop,
    n: number,
    happens: () => Promise<void>,
  ): { readonly seen: () => number } {
    const { gateway } = system;
    if (gateway === null) throw new Error('no credentials');
    const { lookUp } = gateway;
    let seen = 0;
    Object.assign(gateway, {
      lookUp: async (...args: Parameters<typeof lookUp>) => {
        const reply = await lookUp(...args);
        seen += 1;
        if (seen === n) await happens();
        return reply;
      },
    });
    return { seen: () => seen };
  }
  const cancelsOf = ({ simulator }: Shop) => simulator.calls.filter(({ kind }) => kind === 'cancel').length;

  it('a refund about to be sent begins anew, with a start that knows of it', async () => {
    const { shop, closeIt } = await withCase([]);
    const before = cancelsOf(shop);
    const looked = duringLookUp(shop, 1, closeIt);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.attempts).toMatchObject([{ totalsBefore: { totalWon: 0, marks: 1 } }]);
    expect(cancelsOf(shop)).toBe(before + 1);
    expect(looked.seen()).toBe(2);
  });

  it('a refund about to be sent again begins anew, and is paid once', async () => {
    const { shop, closeIt } = await withCase([serverError]);
    const looked = duringLookUp(shop, 2, closeIt);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'succeeded');
    expect(refund.attempts.map(({ totalsBefore }) => totalsBefore.marks)).toEqual([0, 1]);
    expect(looked.seen()).toBe(3);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('an unknown that seems to have landed is not settled by what may be the case’s money', async () => {
    const { shop, closeIt } = await withCase([{ reply: 'reset_after_commit' }]);
    duringLookUp(shop, 2, closeIt);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.deadLetter?.case).toBe('integrity_mismatch');
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 1_000, refunds: 1 });
  });

  it('a person who closes a case is not told that it landed because another refund of that amount did', async () => {
    const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [lost, terminal] } }];
    const shop = await openShop(redis, { scenario: { receipts } });
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(refund_id, 'dead_lettered');
    const { gateway } = shop.system;
    if (gateway === null) throw new Error('no credentials');
    const { lookUp } = gateway;
    let looks = 0;
    Object.assign(gateway, {
      lookUp: async (...args: Parameters<typeof lookUp>) => {
        looks += 1;
        if (looks === 1) {
          const other = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
          await shop.until(other.refund_id, 'succeeded');
        }
        return lookUp(...args);
      },
    });
    expect((await closeAs(shop, refund_id, false)).kind).toBe('done');
    expect((await shop.read(refund_id)).refund?.lastLookUp).toMatchObject({ settledWon: 1_000 });
  });

  it('a 2086 gets no look-up attached that does not know of it', async () => {
    const critical = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 0 } as const;
    const { shop, closeIt } = await withCase([critical]);
    const looked = duringLookUp(shop, 2, closeIt);
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    await shop.until(refund_id, 'dead_lettered');
    await expect
      .poll(async () => (await shop.system.ledger.readReceipt(receiptIdSchema.parse('r1'))).marks)
      .toBe(1);
    await expect.poll(() => looked.seen()).toBe(2);
    const { refund } = await shop.read(refund_id);
    expect(refund?.lastLookUp).toMatchObject({ marks: 0, receipt: { cancelledWon: 0 } });
  });
});
