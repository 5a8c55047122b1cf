// What else a total can show: money that went back outside of us, dead letters that were paid, cases that were closed.
import { describe, expect, it } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { ResolveRequest } from '../../src/review/ports.ts';
import { useRedis } from '../support/redis.ts';
import type { Shop } from '../support/shop.ts';
import { openReceipt, pay, show, verdictOf } from './support.ts';

const refusedButPaid = { reply: 'code', code: 'RC_NOT_ABLE_CANCEL', commitAfterMs: 0 } as const;
const refused = { reply: 'code', code: 'RC_NOT_ABLE_CANCEL' } as const;

const redis = useRedis();

async function deadLetter(
  shop: Shop,
  step: NonNullable<Parameters<Shop['simulator']['script']>[1]['cancel']>[number],
) {
  shop.simulator.script('r1', { cancel: [step] });
  const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3_000 });
  return shop.until(refund_id, 'dead_lettered');
}

function resolve(shop: Shop, { refundId }: Refund, changes: Partial<ResolveRequest>) {
  return shop.system.deadLetters.resolve(refundId, {
    ...{ who: 'kim', via: 'cli' as const, reason: 'agreed with the customer', evidence: null, version: null },
    ...{ outcome: 'refunded_by_hand', acknowledge: false, ...changes },
  });
}

describe('more went back than through us', () => {
  it('tells of a cancel outside of us, and opens no case', async () => {
    const shop = await openReceipt(redis);
    const refundId = await pay(shop, 1_000);
    shop.simulator.cancelOutside('r1', 500, { visible: true });
    expect(await verdictOf(shop)).toMatchObject({
      ...{ verdict: 'outside', settledWon: 1_000, cancelledWon: 1_500, refundIds: [] },
    });
    expect((await shop.read(refundId)).state).toBe('succeeded');
  });
});

describe('the money of a dead letter', () => {
  it('that was refused but paid is told, and the case stays open', async () => {
    const shop = await openReceipt(redis);
    const { refundId, version } = await deadLetter(shop, refusedButPaid);
    await shop.simulator.waitFor(({ book }) => book.of('r1').refunds === 1);
    expect(await verdictOf(shop)).toMatchObject({
      ...{ verdict: 'unpaid_landed', settledWon: 0, cancelledWon: 3_000, refundIds: [refundId] },
    });
    const { state, refund } = await shop.read(refundId);
    expect([state, refund?.version]).toEqual(['dead_lettered', version]);
    expect((await shop.system.ledger.readReceipt(refund?.receiptId ?? fail())).settledWon).toBe(0);
  });

  it('that keeps its receipt is told too; else who keeps it', async () => {
    const shop = await openReceipt(redis);
    const { refundId } = await deadLetter(shop, { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'held', refundIds: [refundId] });
    show(shop, 3_000);
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'unpaid_landed', refundIds: [refundId] });
    show(shop, 2_999);
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'held', refundIds: [refundId] });
  });
});

describe('a case that a person closed', () => {
  const outcomes = ['refunded_by_hand', 'already_refunded', 'not_to_be_refunded'] as const;

  it.each(outcomes)('as %s, unpaid: counts nothing, and agrees', async (outcome) => {
    const shop = await openReceipt(redis);
    await pay(shop, 1_000);
    const dead = await deadLetter(shop, refused);
    expect(await resolve(shop, dead, { outcome })).toMatchObject({
      kind: 'done',
      refund: { state: 'resolved', settledWon: null },
    });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees', settledWon: 1_000 });
  });

  it.each(outcomes)('as %s after its money went back: counts it, and agrees', async (outcome) => {
    const shop = await openReceipt(redis);
    await pay(shop, 1_000);
    const dead = await deadLetter(shop, refusedButPaid);
    await shop.simulator.waitFor(({ book }) => book.of('r1').refunds === 2);
    expect(await resolve(shop, dead, { outcome, acknowledge: true })).toMatchObject({
      kind: 'done',
      refund: { state: 'resolved', settledWon: 3_000 },
    });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees', settledWon: 4_000 });
  });

  it('as already_refunded whose answer was lost: a success, counts, and agrees', async () => {
    const shop = await openReceipt(redis);
    const dead = await deadLetter(shop, {
      ...{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 0 },
    });
    await shop.simulator.waitFor(({ book }) => book.of('r1').refunds === 1);
    expect(await resolve(shop, dead, { outcome: 'already_refunded' })).toMatchObject({
      kind: 'done',
      refund: { state: 'succeeded', settledWon: 3_000 },
    });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees', settledWon: 3_000 });
  });

  it('and whose money went back after all is told', async () => {
    const shop = await openReceipt(redis);
    const dead = await deadLetter(shop, refused);
    await resolve(shop, dead, { outcome: 'refunded_by_hand' });
    shop.simulator.cancelOutside('r1', 3_000, { visible: true });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'unpaid_landed', refundIds: [dead.refundId] });
    expect((await shop.read(dead.refundId)).state).toBe('resolved');
  });

  it('a drift closed as refunded by hand: the lower total agrees', async () => {
    const shop = await openReceipt(redis);
    const refundId = await pay(shop, 1_000);
    show(shop, 0);
    await expect.poll(async () => (await verdictOf(shop)).verdict).toBe('drift');
    const dead = await shop.until(refundId, 'dead_lettered');
    expect(await resolve(shop, dead, { acknowledge: true })).toMatchObject({
      kind: 'done',
      refund: { state: 'resolved', settledWon: null },
    });
    expect(await verdictOf(shop)).toMatchObject({ verdict: 'agrees', settledWon: 0, cancelledWon: 0 });
  });
});

function fail(): never {
  throw new Error('unreadable');
}
