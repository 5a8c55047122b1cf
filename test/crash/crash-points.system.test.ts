// A worker killed between any two steps: the refund still ends rightly, nothing lost and nothing doubled.
import { describe, expect, it, type TestContext, vi } from 'vitest';
import type { CancelStepInput } from '../../simulator/index.ts';
import { type Child, forkWorker } from '../support/child.ts';
import type { CrashPoint } from '../support/crash-points.ts';
import { openPlace } from '../support/place.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';
import { callKills, caseKills, type Kill, kills } from './points.ts';

/** The victim's lock is over soon. Who comes after must not lose its own on a busy machine, time after time: poison. */
const victimLockMs = 400;
const lockMs = 1_500;
/** Nothing here waits for it, and an answer is not missed on a busy machine. */
const env = { BOOTPAY_TIMEOUT_MS: '3000' };
const terminal: CancelStepInput = { reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' };
const amounts = { full: undefined, partial: 3_000 } as const;
type Kind = keyof typeof amounts;
const kinds: readonly Kind[] = ['full', 'partial'];

interface Sent {
  readonly shop: Shop;
  readonly refundId: string | null;
}

/** A refund in the queue of a shop where nobody works yet. */
async function sent(context: TestContext, kind: Kind, cancel: readonly CancelStepInput[]): Promise<Sent> {
  const receipts = [{ id: 'r1', price: 10_000, script: { cancel: [...cancel] } }];
  const shop = await openShop(await openPlace(context), { scenario: { receipts }, env, worker: false });
  const price = amounts[kind];
  const event = { receipt_id: 'r1', ...(price !== undefined && { cancel_price: price }) };
  return { shop, refundId: (await shop.send(event)).refund_id };
}

function workerIn(shop: Shop, more: Readonly<Record<string, string>>): Promise<Child> {
  return forkWorker({ ...environmentOf(shop), ...env, LOCK_MS: String(victimLockMs), ...more });
}

async function dies(child: Child): Promise<void> {
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
}

async function killAt(
  shop: Shop,
  point: CrashPoint,
  { on, state }: Pick<Kill, 'on' | 'state'>,
): Promise<void> {
  const which = { CRASH_ON: String(on), ...(state !== undefined && { CRASH_STATE: state }) };
  // A job that was moved has no lock any more: nobody waits for a long one, and none is lost on the way there.
  const lock = point === 'job_moved' ? { LOCK_MS: '10000' } : {};
  await dies(await workerIn(shop, { CRASH_AT: point, ...which, ...lock }));
}

async function paidOnce({ shop, refundId }: Sent, kind: Kind): Promise<void> {
  await shop.startWorker({ lockMs });
  const refund = await shop.until(refundId, 'succeeded', 60_000);
  const won = amounts[kind] ?? 10_000;
  expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: won, refunds: 1 });
  expect(refund.settledWon).toBe(won);
  expect((await shop.system.ledger.readReceipt(refund.receiptId)).settledWon).toBe(won);
  expect(new Set(refund.attempts.map(({ cancelId }) => cancelId)).size).toBe(1);
  await noJobIsLeft(shop);
}

/** Not `expect.poll`: it does not know its test when several run at once. */
async function until(expected: number, count: () => Promise<number | undefined>): Promise<void> {
  await vi.waitFor(async () => expect(await count()).toBe(expected), { timeout: 30_000, interval: 20 });
}

async function noJobIsLeft({ system }: Shop): Promise<void> {
  const [refunds] = system.refundQueue.queues;
  await until(0, async () => refunds?.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active'));
}

for (const [point, list] of Object.entries(kills) as [CrashPoint, readonly Kill[]][]) {
  describe.runIf(list.length > 0).concurrent(`a worker killed at ${point}`, () => {
    for (const kill of list) {
      for (const kind of kinds) {
        it(`during ${kill.during} of a ${kind} cancel pays once in the end`, async (context) => {
          const one = await sent(context, kind, kill.steps);
          await killAt(one.shop, point, kill);
          await paidOnce(one, kind);
        });
      }
    }
  });
}

describe.concurrent('a worker killed while Bootpay has the request', () => {
  for (const { during, before, money } of callKills) {
    for (const kind of kinds) {
      const moves = money ? 'and pays' : 'and never pays';
      it(`during ${during} of a ${kind} cancel, ${moves}: paid once in the end`, async (context) => {
        const hang = { reply: money ? 'hang_after_commit' : 'hang_before_commit' } as const;
        const one = await sent(context, kind, [...before, hang]);
        const { simulator } = one.shop;
        const child = await workerIn(one.shop, {});
        await simulator.waitFor(
          ({ calls, book }) =>
            calls.filter((call) => call.kind === 'cancel').length === before.length + 1 &&
            book.of('r1').refunds === (money ? 1 : 0),
          { timeoutMs: 30_000 },
        );
        child.process.kill('SIGKILL');
        await dies(child);
        const { refund } = await one.shop.read(one.refundId);
        expect(refund).toMatchObject({ state: 'sending' });
        expect(refund?.attempts.at(-1)?.outcome).toBeNull();
        await paidOnce(one, kind);
      });
    }
  }
});

describe.concurrent('a worker killed at the end of a refund that a person has to see', () => {
  for (const point of caseKills) {
    it(`at ${point} leaves one dead letter with its job`, async (context) => {
      const { shop, refundId } = await sent(context, 'partial', [{ ...terminal, times: 'always' }]);
      await killAt(shop, point, { on: 1 });
      await shop.startWorker({ lockMs });
      const refund = await shop.until(refundId, 'dead_lettered');
      await noJobIsLeft(shop);
      const [, deadLetters] = shop.system.refundQueue.queues;
      await until(1, async () => deadLetters?.getJobCountByTypes('waiting'));
      // A reply that died with its process was never heard: the money is looked for, and Bootpay asked once more.
      const replies = refund.attempts.map(({ outcome }) => outcome?.reply);
      expect(replies).toEqual(point === 'answered' ? ['no_answer', 'refused'] : ['refused']);
      expect(refund.deadLetter).toMatchObject({ code: 'RC_CANCEL_METHOD_NOT_FOUND' });
    });
  }
});

describe.concurrent('a worker killed while another refund waits for the receipt', () => {
  async function two(context: TestContext): Promise<Sent & { readonly second: string | null }> {
    const first = await sent(context, 'partial', [{ reply: 'normal', latencyMs: 500 }]);
    const { refund_id } = await first.shop.send({ receipt_id: 'r1', cancel_price: 2_000 });
    return { ...first, second: refund_id };
  }

  async function bothPaid({ shop, refundId, second }: Awaited<ReturnType<typeof two>>): Promise<void> {
    await shop.startWorker({ lockMs });
    await shop.until(refundId, 'succeeded', 60_000);
    await shop.until(second, 'succeeded', 60_000);
    expect(shop.simulator.book.of('r1')).toMatchObject({ refundedAmount: 5_000, refunds: 2 });
    await noJobIsLeft(shop);
  }

  it('after the receipt was given back, before the other was called: both are paid once', async (context) => {
    const both = await two(context);
    await killAt(both.shop, 'outcome_written', { on: 1, state: 'succeeded' });
    const states = [both.refundId, both.second].map(async (id) => (await both.shop.read(id)).state);
    expect((await Promise.all(states)).sort()).toEqual(['queued', 'succeeded']);
    await bothPaid(both);
  });

  it('when the job of the one that waits was just put aside: both are paid once', async (context) => {
    const both = await two(context);
    await killAt(both.shop, 'job_moved', { on: 1, state: 'queued' });
    await bothPaid(both);
  });
});

it('a worker killed five times before it gets anywhere leaves poison, in front of a person', async (context) => {
  const { shop, refundId } = await sent(context, 'full', []);
  for (let times = 0; times < 5; times += 1) await killAt(shop, 'looked_up', { on: 1 });
  await shop.startWorker({ lockMs });
  const refund = await shop.until(refundId, 'dead_lettered', 30_000);
  expect(refund.deadLetter).toMatchObject({ case: 'poison', severity: 'critical' });
  expect(refund.attempts).toEqual([]);
});
