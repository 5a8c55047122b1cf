// Many refunds that wait for their next attempt: what they cost, what they do to fresh ones, and that all come back.
import { openSystem } from '../../src/compose.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { configurationFor } from '../contenders/configuration.ts';
import type { Context } from '../context.ts';
import { rateOf } from '../measure.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import { percentile } from '../stats.ts';

export async function delayed(context: Context): Promise<Found> {
  const count = context.quick ? 600 : 100_000;
  // The first retry falls between half of it and the whole: later than the last refund was refused.
  const baseMs = context.quick ? 8_000 : 5 * 60_000;
  const place = context.place(50, { env: { RETRY_BASE_MS: String(baseMs) } });
  await context.clean();
  await context.stub.set({ refuseAll: 'RC_CANCEL_SERVER_ERROR' });
  const contender = context.contender('ours');
  await contender.open(place);
  context.tell(`delayed: ${count} enqueued`);
  const none = await contender.pickUp(pickUps);
  await contender.enqueue({ name: 'd', from: 0, count });
  context.tell(`delayed: ${count} refused for now`);
  const refused = await contender.drain(count);
  await context.stub.set({});
  context.tell('delayed: pick-up beside them');
  const beside = await contender.pickUp(pickUps);

  const system = await openSystem(configurationFor(place), { log: silentLogger(), whenDown: 'wait' });
  const { wakeUps } = keysFor(place.prefix);
  const [, lastDue = '0'] = await system.redis.zrevrange(wakeUps, 0, 0, 'WITHSCORES');
  const waiting = await system.redis.zcard(wakeUps);
  await contender.work();
  context.tell(`delayed: the last of ${waiting} is due in ${Number(lastDue) - system.clock.now()} ms`);
  await system.clock.sleep(Number(lastDue) - system.clock.now());
  while ((await system.redis.zcard(wakeUps)) > 0) await system.clock.sleep(20);
  const lateMs = system.clock.now() - Number(lastDue);
  await contender.rest();
  const { byState } = await system.ledger.counts();
  await system.close();
  await contender.close();
  if (byState.succeeded < count)
    throw new Error(`of ${count} delayed refunds ${byState.succeeded} succeeded`);
  const p50 = (samples: readonly number[]) => said(percentile(samples, 50));
  return {
    tables: [
      {
        head: ['what', 'measured'],
        rows: [
          ['refused for now and put back', `${said(rateOf(refused))}/s`],
          ['waiting for their time', said(waiting)],
          ['pick-up of a fresh refund before, p50', `${p50(none)} ms`],
          ['pick-up of a fresh refund beside them, p50', `${p50(beside)} ms`],
          ['the last one done, after the last one was due', `${said(lateMs)} ms`],
        ],
      },
    ],
    notes: [
      `RC_CANCEL_SERVER_ERROR to everybody, then the retries succeed. RETRY_BASE_MS is ${baseMs}, its upper half jittered.`,
    ],
    goals: [],
  };
}

const pickUps = 50;
