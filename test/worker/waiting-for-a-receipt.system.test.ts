// A refund that waits behind another one's hold gives up at its deadline, and takes no receipt with it.
import { expect, it } from 'vitest';
import { receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import type { BeginRequest, BeginResult } from '../../src/domain/ledger.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { atDeadline } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import type { WorkerDeps } from '../../src/worker/ports.ts';
import { runRefundJob } from '../../src/worker/refund-job.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();
const day = 24 * 60 * 60_000;

it('a refund given up while it waits leaves no hold behind, though another job of its own has just taken it', async () => {
  const shop = await openShop(redis, {
    scenario: { receipts: [{ id: 'r1', price: 10_000 }] },
    worker: false,
  });
  const { ledger } = shop.system;
  const ringOf = async (now: number, jobId: string): Promise<BeginRequest> => {
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
    return {
      refundId: refundIdSchema.parse(refund_id),
      receiptId: receiptIdSchema.parse('r1'),
      jobId,
      now,
    };
  };
  const late = Date.now() + 2 * day;
  const first = await ringOf(late, 'first');
  const waiting = await ringOf(late, 'waiting');
  const holder = await ledger.begin(first);
  if (holder.kind !== 'go') throw new Error('the receipt is free at first');

  /** Between the answer and what is made of it the holder lets go, and a second job of the refund takes its place. */
  const begin = async (request: BeginRequest): Promise<BeginResult> => {
    const answer = await ledger.begin(request);
    const givenUp = transitionFor(holder.refund, atDeadline(holder.refund), { now: late });
    await ledger.commit(givenUp, {});
    expect(await ledger.begin({ ...request, jobId: 'second' })).toMatchObject({ kind: 'go' });
    return answer;
  };
  const deps = {
    ledger: { ...ledger, begin },
    clock: { now: () => late, jumpedAt: () => null, steadySince: () => 0 },
    chance: () => 0,
    settings: {},
    log: silentLogger(),
    wakeWaiter: async () => true,
  } as unknown as WorkerDeps;
  expect(await runRefundJob(deps, waiting)).toMatchObject({
    kind: 'dead_letter',
    refund: { state: 'dead_lettered' },
  });
  expect(await ledger.readReceipt(waiting.receiptId)).toMatchObject({ holder: null });
});
