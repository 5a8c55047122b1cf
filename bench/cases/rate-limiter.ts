// The rate limiter with one to eight worker processes, a person who asks and a reconciliation: what arrives at Bootpay.
import { mostWithin } from '../../demo/totals.ts';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import type { ContenderProcess } from '../contenders/start.ts';
import type { Context } from '../context.ts';
import { atLeast, atMost } from '../goals.ts';
import { redisCpuUs } from '../measure.ts';
import { ratio, said } from '../numbers.ts';
import type { Found, Goal } from '../result.ts';
import { percentile } from '../stats.ts';
import { surelyWithin } from '../stub/arrivals.ts';
import { openShop, type Shop } from './shop.ts';

/** Tokens pass the rate limiter like every other call. */
const bearer = {
  BOOTPAY_CLIENT_KEY: '',
  BOOTPAY_SECRET_KEY: '',
  BOOTPAY_APPLICATION_ID: 'bench_application',
  BOOTPAY_PRIVATE_KEY: 'bench_private_key',
};
const concurrency = 20;
const anyReceipt = receiptIdSchema.parse('g-0');

interface Course {
  readonly processes: number;
  readonly callsPerSecond: number;
  readonly seconds: number;
}

interface Seen extends Course {
  readonly most: number;
  /** Without those that may have come in another second while the server stood still. */
  readonly surely: number;
  readonly used: number;
  readonly aside: number;
  readonly gapMs: readonly [number, number];
  /** Of one processor, the workers together. */
  readonly workersShare: number;
  readonly redisShare: number;
  /** Of the workers, of who asks aside and of BullMQ. */
  readonly scriptsPerCall: number;
}

export async function rateLimiter(context: Context): Promise<Found> {
  const seconds = context.quick ? 4 : 45;
  // Production takes 100 at most.
  const rates = context.quick ? [50] : [10, 50, 100, 200];
  const crowds = context.quick ? [1, 4] : [1, 2, 4, 8];
  const seen: Seen[] = [];
  for (const callsPerSecond of rates) {
    for (const processes of crowds) seen.push(await watch(context, { processes, callsPerSecond, seconds }));
  }
  return {
    tables: [
      {
        head: [
          'processes',
          'calls/s allowed',
          'most read in any second',
          'most surely in one second',
          'used under backlog',
          'not by workers',
          'gap ms p1 / p99',
          'scripts per call',
          'CPU of the workers / of Redis, % of one',
        ],
        rows: seen.map((one) => [
          String(one.processes),
          String(one.callsPerSecond),
          String(one.most),
          String(one.surely),
          ratio(one.used),
          String(one.aside),
          one.gapMs.map(said).join(' / '),
          said(one.scriptsPerCall),
          `${said(one.workersShare * 100)} / ${said(one.redisShare * 100)}`,
        ]),
      },
    ],
    notes: [
      `Measured where the calls arrive: at a server on loopback, in a process of its own, over ${seconds} s of a backlog. ${concurrency} refunds in hand per process; look-ups, cancels and tokens of the workers, a person's look-up every 300 ms, and a reconciliation all the time.`,
    ],
    goals: seen.flatMap(goalsOf),
  };
}

function goalsOf({ processes, callsPerSecond, most, surely, used }: Seen): Goal[] {
  const at = `${processes} processes, ${callsPerSecond}/s`;
  return [
    atMost(callsPerSecond, { name: `${at}: calls in any second`, measured: most }),
    atMost(callsPerSecond, { name: `${at}: calls surely in one second`, measured: surely }),
    atLeast(0.97, { name: `${at}: of the allowed calls used`, measured: used }),
  ];
}

async function watch(context: Context, course: Course): Promise<Seen> {
  const { processes, callsPerSecond, seconds } = course;
  context.tell(`rate limiter: ${processes} processes, ${callsPerSecond} calls/s`);
  await context.clean();
  await context.stub.set({});
  const place = context.place(concurrency, { callsPerSecond, env: bearer });
  const feeder = context.contender('ours');
  await feeder.open(place);
  // Two calls each, and enough left at the end that every slot is wanted.
  await feeder.enqueue({ name: 'g', from: 0, count: callsPerSecond * seconds });
  const workers = await Promise.all(Array.from({ length: processes }, () => context.freshContender('ours')));
  for (const worker of workers) await worker.open(place);
  const shop = await openShop(context, place);
  for (const worker of workers) await worker.work();
  const others = lookAside(shop);
  // What begins, begins: processes start one after another, and each fetches its token.
  await shop.system.clock.sleep(2_000);
  await context.stub.arrivals();
  const before = await spent(shop, workers);
  await shop.system.clock.sleep(seconds * 1_000);
  const arrivals = await context.stub.arrivals();
  const after = await spent(shop, workers);
  const times = arrivals.map(({ at }) => at);
  const aside = await others.stop();
  for (const worker of workers) {
    await worker.rest();
    await worker.close();
    await worker.stop();
  }
  await shop.close();
  await feeder.close();
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    ...course,
    most: mostWithin(1_000, times),
    surely: surelyWithin(1_000, arrivals),
    used: (times.length - 1) / ((spanMs / 1_000) * callsPerSecond),
    aside,
    gapMs: [percentile(gaps, 1), percentile(gaps, 99)],
    workersShare: (after.workersUs - before.workersUs) / (after.atUs - before.atUs),
    redisShare: (after.redisUs - before.redisUs) / (after.atUs - before.atUs),
    scriptsPerCall: (after.scripts - before.scripts) / times.length,
  };
}

async function spent({ system: { redis } }: Shop, workers: readonly ContenderProcess[]) {
  const commands = await redis.info('commandstats');
  const workersUs = await Promise.all(workers.map((worker) => worker.cpuUs()));
  return {
    atUs: performance.now() * 1_000,
    workersUs: workersUs.reduce((sum, one) => sum + one, 0),
    redisUs: await redisCpuUs(redis),
    scripts: Number(/cmdstat_evalsha:calls=(\d+)/.exec(commands)?.[1] ?? 0),
  };
}

/** A person who looks a receipt up now and then, and somebody who reconciles; answers how often they asked. */
function lookAside({ system }: Shop): { stop(): Promise<number> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  let asked = 0;
  const person = async () => {
    while (!signal.aborted) {
      const passed = await system.rateLimiter.acquire('look_up', { signal, priority: 'first' });
      if (passed) await system.gateway?.lookUp(anyReceipt, signal);
      asked += passed ? 1 : 0;
      await system.clock.sleep(300, signal);
    }
  };
  const reconciler = async () => {
    while (!signal.aborted) {
      for await (const told of system.reconcile({}, signal) ?? []) if (told.kind === 'receipt') asked += 1;
      await system.clock.sleep(100, signal);
    }
  };
  const running = Promise.all([person(), reconciler()]);
  return {
    async stop() {
      stopping.abort();
      await running;
      return asked;
    },
  };
}
