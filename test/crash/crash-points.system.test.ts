// A worker killed between any two steps: the refund still ends rightly, nothing lost and nothing doubled.
import { describe, expect, it } from 'vitest';
import type { CancelStepInput } from '../../simulator/index.ts';
import type { CrashPoint } from '../../src/worker/ports.ts';
import { forkWorker } from '../support/child.ts';
import { type TestRedis, useRedis } from '../support/redis.ts';
import { environmentOf, openShop } from '../support/shop.ts';

const lockMs = 400;
const serverError: CancelStepInput = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' };
const terminal: CancelStepInput = { reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' };

/** In the first attempt each point is reached once, in a later one a second time. */
const points: readonly (readonly [CrashPoint, { first: number; later: number }])[] = [
  ['begun', { first: 1, later: 2 }],
  ['looked_up', { first: 1, later: 2 }],
  ['attempt_written', { first: 1, later: 2 }],
  ['answered', { first: 1, later: 2 }],
  ['outcome_written', { first: 1, later: 2 }],
];

async function crash(
  redis: TestRedis,
  {
    at,
    on,
    steps,
    price,
  }: { at: CrashPoint; on: number; steps: CancelStepInput[]; price: number | undefined },
) {
  const receipts = [{ id: 'r1', price: 10_000, script: { cancel: steps } }];
  const shop = await openShop(redis, { scenario: { receipts }, worker: false });
  const amount = price === undefined ? {} : { cancel_price: price };
  const { refund_id } = await shop.send({ receipt_id: 'r1', ...amount });
  const child = await forkWorker({
    ...environmentOf(shop),
    LOCK_MS: String(lockMs),
    CRASH_AT: at,
    CRASH_ON: String(on),
  });
  expect((await child.ended).signal).toBe('SIGKILL');
  await shop.startWorker({ lockMs });
  return { shop, refund_id };
}

describe('a worker killed', () => {
  const redis = useRedis();

  for (const [at, times] of points) {
    for (const price of [undefined, 3_000]) {
      for (const attempt of ['first', 'later'] as const) {
        const kind = price === undefined ? 'full' : 'partial';
        it(`at ${at} in the ${attempt} attempt of a ${kind} cancel pays once in the end`, async () => {
          const steps = attempt === 'first' ? [] : [serverError];
          const { shop, refund_id } = await crash(redis, { at, on: times[attempt], steps, price });
          const refund = await shop.until(refund_id, 'succeeded', 30_000);
          const won = price ?? 10_000;
          expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: won, refunds: 1 });
          expect(refund.settledWon).toBe(won);
          expect(new Set(refund.attempts.map(({ cancelId }) => cancelId)).size).toBe(1);
        });
      }
    }
  }

  for (const at of ['outcome_written', 'case_shown'] as const) {
    it(`at ${at} of a terminal refusal leaves one dead letter with its job`, async () => {
      const { shop, refund_id } = await crash(redis, { at, on: 1, steps: [terminal], price: 1_000 });
      const refund = await shop.until(refund_id, 'dead_lettered');
      const [refunds, deadLetters] = shop.system.doorbell.queues;
      await expect.poll(() => deadLetters?.getJobCounts()).toMatchObject({ waiting: 1 });
      await expect
        .poll(() => refunds?.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active'), {
          timeout: 15_000,
        })
        .toBe(0);
      expect(refund.attempts).toHaveLength(1);
      expect(await deadLetters?.getJobCounts()).toMatchObject({ waiting: 1 });
    });
  }

  it('five times before it gets anywhere is poison, in front of a person', async () => {
    const receipts = [{ id: 'r1', price: 10_000 }];
    const shop = await openShop(redis, { scenario: { receipts }, worker: false });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const env = {
      ...environmentOf(shop),
      LOCK_MS: String(lockMs),
      CRASH_AT: 'looked_up',
    };
    for (let times = 0; times < 5; times += 1) await (await forkWorker(env)).ended;
    await shop.startWorker({ lockMs });
    const refund = await shop.until(refund_id, 'dead_lettered', 30_000);
    expect(refund.deadLetter).toMatchObject({ case: 'poison', severity: 'critical' });
    expect(refund.attempts).toEqual([]);
  });
});
