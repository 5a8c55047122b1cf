// Who goes first while a long backlog of fresh refunds waits: due retries, and refunds with the least time left.
import { refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { receiptIds } from '../contenders/contender.ts';
import { eventFor } from '../contenders/ours.ts';
import type { Context } from '../context.ts';
import { atMost } from '../goals.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import { percentile } from '../stats.ts';
import { openShop, type Shop } from './shop.ts';

const few = 50;
const latencyMs = 200;
const dayMs = 24 * 60 * 60_000;

interface Waited {
  /** From the moment a retry was due to its attempt, ms. */
  readonly retries: readonly number[];
  /** From the acceptance of a refund whose legal clock began nine days ago to its attempt, ms. */
  readonly urgent: readonly number[];
}

export async function order(context: Context): Promise<Found> {
  const backlogs = context.quick ? [0, 2_000] : [0, 100_000];
  const rows: string[][] = [];
  const worst: number[] = [];
  for (const backlog of backlogs) {
    const { retries, urgent } = await run(context, backlog);
    rows.push([backlog.toLocaleString('en-US'), spreadOf(retries), spreadOf(urgent)]);
    worst.push(Math.max(...retries, ...urgent));
  }
  return {
    tables: [
      {
        head: ['backlog', 'a due retry waits, ms p50 / most', 'an urgent refund waits, ms p50 / most'],
        rows,
      },
    ],
    notes: [
      `${few} refunds refused once with RC_CANCEL_SERVER_ERROR come back, and ${few} whose legal clock began nine days ago arrive, while 50 of the backlog are in hand. From due, or accepted, to the attempt: the look-up before it (${latencyMs} ms) and the wait for one of the 50 in hand to end are in it.`,
    ],
    goals: [
      atMost(2_000, {
        name: `the longest wait of either behind ${backlogs.at(-1)?.toLocaleString('en-US')} fresh refunds`,
        measured: worst.at(-1) ?? Number.NaN,
        unit: 'ms',
      }),
    ],
  };
}

async function run(context: Context, backlog: number): Promise<Waited> {
  // The first retry falls between half of it and the whole: after the backlog is in and under way.
  const place = context.place(50, { env: { RETRY_BASE_MS: context.quick ? '8000' : '90000' } });
  await context.clean();
  await context.stub.set({});
  const worker = context.contender('ours');
  await worker.open(place);
  await worker.enqueue({ name: 'no-RC_CANCEL_SERVER_ERROR', from: 0, count: few });
  await worker.drain(few);
  const shop = await openShop(context, place);
  const { redis, enqueue, clock } = shop.system;
  const due = await redis.zrangebyscore(keysFor(place.prefix).wakeUps, '-inf', '+inf', 'WITHSCORES');
  context.tell(`order: a backlog of ${backlog}`);
  await worker.enqueue({ name: 'f', from: 0, count: backlog });
  await context.stub.set({ latencyMs, forgiving: true });
  await worker.work();

  context.tell(`order: urgent ones behind ${backlog}`);
  const occurred_at = new Date(clock.now() - 9 * dayMs).toISOString();
  const urgentIds = receiptIds({ name: 'u', from: 0, count: few });
  const acceptedAt = clock.now();
  const sent = await enqueue.enqueueMany(urgentIds.map((id) => ({ ...eventFor(id), occurred_at })));
  const urgent = await Promise.all(
    sent.map(async ({ refund_id }) => (await sentAt(shop, String(refund_id), 1)) - acceptedAt),
  );
  context.tell(`order: due retries behind ${backlog}`);
  const retries: number[] = [];
  for (let index = 0; index < due.length; index += 2) {
    retries.push((await sentAt(shop, String(due[index]), 2)) - Number(due[index + 1]));
  }
  const { queued } = (await shop.system.ledger.counts()).byState;
  await worker.rest();
  await worker.close();
  await shop.close();
  if (queued < backlog / 3) throw new Error(`of a backlog of ${backlog} only ${queued} are left`);
  return { retries, urgent };
}

/** When the refund's n-th attempt was written, once it is. */
async function sentAt({ system }: Shop, refundId: string, number: number): Promise<number> {
  for (;;) {
    const found = await system.ledger.read(refundIdSchema.parse(refundId));
    const attempt = found?.refund?.attempts[number - 1];
    if (attempt !== undefined) return attempt.sentAt;
    await system.clock.sleep(100);
  }
}

function spreadOf(samples: readonly number[]): string {
  return `${said(percentile(samples, 50))} / ${said(Math.max(...samples))}`;
}
