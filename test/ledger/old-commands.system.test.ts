// Commands that come late to the ledger: one that waited in a broken connection, and writes of a process whose own earlier
// write was lost by a failover, so that another process has made the same version anew.
import { expect, it } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import type { Activation } from '../../src/domain/ledger.ts';
import { poison } from '../../src/policies/decisions.ts';
import { beginAttempt, transitionFor, withOutcome } from '../../src/policies/transition.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const refusal = {
  kind: 'refused',
  code: 'RC_CANCEL_SERVER_ERROR',
  pgCode: null,
  message: null,
  httpStatus: 500,
} as const;
const totalsBefore = { totalWon: 0, taxFreeWon: 0, settledWon: 0, marks: 0 };

async function begun(): Promise<{ shop: Shop; activation: Activation }> {
  const shop = await openShop(redis, { worker: false });
  const { refund_id } = await shop.send({ cancel_price: 1_000 });
  const refundId = refundIdSchema.parse(refund_id);
  const { refund } = await shop.read(refundId);
  if (refund === null) throw new Error('it cannot be read');
  const { receiptId } = refund;
  const { ledger, clock } = shop.system;
  const activation = await ledger.begin({ refundId, receiptId, jobId: 'first', now: clock.now() });
  if (activation.kind !== 'go') throw new Error(`it does not begin: ${activation.kind}`);
  return { shop, activation };
}

it('a beginning that waited in a broken connection shortens no wait that was written meanwhile', async () => {
  const { shop, activation } = await begun();
  const { ledger, clock } = shop.system;
  const { refundId, receiptId } = activation.refund;
  const now = clock.now();
  const wait = { kind: 'retry_at', at: now + 60_000, nextGeneration: false, reason: 'refused' } as const;
  const change = transitionFor(activation.refund, wait, { now });
  expect((await ledger.commit(change, { jobId: 'first' })).kind).toBe('done');
  const late = { refundId, receiptId, jobId: 'second', now: now - 20_000 };
  expect(await ledger.begin(late)).toEqual({ kind: 'early', at: now + 60_000 });
});

it.each([
  ['in another state', 'dead_lettered'],
  ['sent by another process', 'sending'],
] as const)(
  'the reply to a call whose attempt was lost is not written over a record %s',
  async (_, state) => {
    const { shop, activation } = await begun();
    const { ledger, clock } = shop.system;
    const { refund } = activation;
    const now = clock.now();
    const callUntil = now + 1_000;
    const lost = beginAttempt(refund, totalsBefore, { now: now - 50, callUntil });
    const made =
      state === 'sending'
        ? beginAttempt(refund, totalsBefore, { now, callUntil })
        : transitionFor(refund, poison(refund, 'anew'), { now });
    expect((await ledger.commit(made, {})).kind).toBe('done');

    const retry = { kind: 'retry_at', at: now, nextGeneration: false, reason: 'refused' } as const;
    const reply = transitionFor(withOutcome(lost.refund, refusal, now), retry, { now });
    expect(await ledger.commit(reply, {})).toEqual({ kind: 'moved', version: 2, state });
    const { state: kept, refund: stored } = await shop.read(refund.refundId);
    expect(kept).toBe(state);
    expect(stored).toMatchObject({ version: 2, state });
    const listed = await redis.connect().zscore(keysFor(redis.prefix).byState(state), refund.refundId);
    expect(listed).not.toBeNull();
  },
);
