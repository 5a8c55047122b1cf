// What goes first while a backlog of fresh refunds waits: open questions, due retries, then who has the least time left.
import { expect, it } from 'vitest';
import type { EnqueueResult } from '../../src/producer/enqueue.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const backlog = 2_000;
const few = 10;
const redis = useRedis();
const day = 24 * 60 * 60_000;

async function shopWithBacklog(
  special: string,
  scripted: (shop: Shop, receiptId: string) => void,
): Promise<Shop> {
  const receipts = [...named('b', backlog), ...named(special, few)].map((id) => ({ id, price: 1_000 }));
  const shop = await openShop(redis, {
    scenario: { receipts },
    env: { BOOTPAY_CALLS_PER_SECOND: '100', RETRY_BASE_MS: '500', RETRY_MAX_MS: '500' },
    worker: false,
  });
  for (const id of named(special, few)) scripted(shop, id);
  return shop;
}

function named(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

function eventsFor(receiptIds: readonly string[], occurredAt?: number) {
  return receiptIds.map((id) => ({
    event_id: id,
    order_id: id,
    receipt_id: id,
    ...(occurredAt !== undefined && { occurred_at: new Date(occurredAt).toISOString() }),
  }));
}

/** How many of the backlog were paid by the time all of these are. */
async function paidBefore(shop: Shop, sent: readonly EnqueueResult[]): Promise<number> {
  await Promise.all(sent.map(({ refund_id }) => shop.until(refund_id, 'succeeded')));
  return (await shop.system.ledger.counts()).byState.succeeded - sent.length;
}

it.each([
  // Half a second at 100 calls a second is room for 25 refunds, and 10 are in hand.
  ['were refused for now come back', { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' }, 200],
  ['got no answer are looked up', { reply: 'hang_after_commit' }, 400],
] as const)('refunds that %s before the backlog that came after them', async (_, step, most) => {
  const shop = await shopWithBacklog('s', ({ simulator }, id) => simulator.script(id, { cancel: [step] }));
  const first = await shop.system.enqueue.enqueueMany(eventsFor(named('s', few)));
  await shop.system.enqueue.enqueueMany(eventsFor(named('b', backlog)));
  await shop.startWorker();
  expect(await paidBefore(shop, first)).toBeLessThan(most);
});

it('refunds with the least time left go before a backlog that was there first', async () => {
  const shop = await shopWithBacklog('d', () => undefined);
  await shop.system.enqueue.enqueueMany(eventsFor(named('b', backlog)));
  const old = await shop.system.enqueue.enqueueMany(
    eventsFor(named('d', few), shop.system.clock.now() - 9 * day),
  );
  await shop.startWorker();
  expect(await paidBefore(shop, old)).toBeLessThan(50);
});
