// One history from its first event to its end: sets up, lets things go wrong for a while, lets them end, judges.

import type { Redis } from 'ioredis';
import { fixedDataKeys } from '../src/domain/data-keys.ts';
import type { PolicySettings } from '../src/domain/decision.ts';
import { isOpen } from '../src/domain/states.ts';
import { Bootpay } from './bootpay.ts';
import { judge, type Verdict } from './checker.ts';
import type { Context } from './context.ts';
import { drawFaults } from './faults.ts';
import { createJobs } from './jobs.ts';
import { judgeCounted } from './money.ts';
import { expectOperator } from './operator.ts';
import { sendEvent, sweep } from './people.ts';
import { planEvents, planReceipts } from './plan.ts';
import { probe } from './probe.ts';
import { createProcesses } from './processes.ts';
import { type Chance, chanceFrom } from './random.ts';
import { reconcileToTheEnd } from './reconciliation.ts';
import type { Scenario } from './scenarios.ts';
import { createScheduler } from './scheduler.ts';
import type { Subject } from './subject.ts';
import { createTranscript } from './transcript.ts';
import { planTrouble } from './trouble.ts';
import { createWatch } from './watch.ts';
import { beginJob } from './workers.ts';

interface HistoryOptions {
  readonly subject: Subject;
  readonly redis: Redis;
  /** Its own; nothing of it is left afterwards. */
  readonly prefix: string;
  readonly scenario: Scenario;
  readonly seed: string;
  readonly index: number;
}

const minute = 60_000;
const hour = 60 * minute;
const startAt = Date.parse('2026-11-20T10:30:00+09:00');
/** The operator goes home so long after the faults. */
const operatorMs = 2 * hour;
/** After the last deadline that a replay can have set: by then everything has ended. */
const patienceMs = 2 * hour;
/** A history is cut off here: something runs in circles. */
const mostEvents = 200_000;

export async function runHistory(options: HistoryOptions): Promise<Verdict> {
  const context = setContext(options);
  planTrouble(context);
  await play(context);
  await reconcileToTheEnd(context);
  await probe(context, () => play(context));
  const verdict = await judge(context);
  const keys = await options.redis.keys(`${options.prefix}*`);
  if (keys.length > 0) await options.redis.unlink(...keys);
  return verdict;
}

function setContext({ subject, redis, prefix, scenario, seed, index }: HistoryOptions): Context {
  const chance = chanceFrom(`${seed} ${scenario.name} ${index}`);
  const faults = drawFaults(chance, scenario.habits);
  const settings = drawSettings(chance, scenario);
  const receipts = planReceipts(chance, scenario, startAt);
  const scheduler = createScheduler(chance, startAt);
  const transcript = createTranscript(scheduler.now, startAt);
  const say = (who: string) => (what: string) => transcript.say(who, what);
  const { now, after } = scheduler;
  const bootpay = new Bootpay({ receipts, switches: scenario.switches, now, after, tell: say('bootpay') });
  const lockedOut = () => {
    const { credentialsRefusedSince, credentialsRefusedUntil } = context.rateLimiter;
    return credentialsRefusedUntil > now() && now() - credentialsRefusedSince > 2 * minute;
  };
  const watch = createWatch({ now, settings, tell: say('watch'), lockedOut });
  const dataKeys = [{ id: 's', key: new Uint8Array(32).fill(7) }];
  const self = () => context;
  const context: Context = {
    scenario,
    chance,
    faults,
    settings,
    scheduler,
    transcript,
    book: bootpay.book,
    bootpay,
    watch,
    subject,
    redis,
    prefix,
    ledger: subject.createLedger({ redis, prefix, dataKeys: fixedDataKeys(dataKeys) }),
    processes: createProcesses(self),
    jobs: createJobs(self, (job) => beginJob(context, job)),
    hastyOperator: chance.is(0.2),
    failovers: { begins: 0, before: scenario.switches.failover ? [chance.int(1, 8), chance.int(1, 40)] : [] },
    operator: {
      rushes: 0,
      diligence: chance.pick(scenario.habits.crowd ? [0.6, 0.95] : [0, 0.6, 0.95]),
      visits: new Map(),
      untilAt: startAt + faults.untilMs + operatorMs,
    },
    faultsEndAt: startAt + faults.untilMs,
    rateLimiter: {
      shutUntil: 0,
      credentialsRefusedUntil: 0,
      credentialsRefusedSince: 0,
      lookUpsHangUntil: 0,
    },
    excused: new Set(),
    faulty: () => scheduler.now() < startAt + faults.untilMs,
    startAt,
    activations: { count: 0 },
    acceptedEvents: new Set(),
  };
  watch.onMove = (before, change) => {
    const { refund } = change;
    if (refund.state === 'dead_lettered' && before.state !== 'dead_lettered') expectOperator(context, refund);
    judgeCounted(context, change);
  };
  for (const { afterMs, event } of planEvents(chance, receipts, { startAt, habits: scenario.habits })) {
    scheduler.after(afterMs, () => sendEvent(context, event));
  }
  const shown = receipts.map(({ id, price, method }) => `${id} ${price} won by ${method}`);
  transcript.say('plan', `${scenario.name}, faults for ${faults.untilMs / minute} min; ${shown.join(', ')}`);
  return context;
}

function drawSettings(chance: Chance, { switches }: Scenario): PolicySettings {
  return {
    retryMaxAttempts: chance.pick([3, 5, 12]),
    retryBaseMs: 30_000,
    retryMaxMs: hour,
    // Look-ups that stay stale are repeated every ten seconds until then.
    retryDeadlineMs: hour * (switches.blindLookUps ? 1 : Number(chance.weighted({ 1: 12, 3: 7, 6: 1 }))),
    lookUpScheduleMs: [5_000, 20_000, 60_000, 3 * minute, 10 * minute, 30 * minute, hour],
    settleWindowMs: 10 * minute,
    callTimeoutMs: 65_000,
  };
}

/** Until nothing is left to happen, or patience ends. The sweeper looks again whenever all is quiet. */
async function play(context: Context): Promise<void> {
  const { scheduler, watch, settings, operator } = context;
  const endAt = Math.max(operator.untilAt, scheduler.now()) + settings.retryDeadlineMs + patienceMs;
  let quietSweeps = 0;
  for (let events = 0; events < mostEvents; events += 1) {
    if (scheduler.now() > endAt) return;
    if (await scheduler.step()) continue;
    const open = [...watch.records.values()].some(({ state }) => isOpen(state));
    if (!open && quietSweeps > 0) return;
    if (quietSweeps > 10) return watch.fail('it is quiet, and a refund is open');
    quietSweeps = open ? quietSweeps + 1 : 1;
    scheduler.after(45_000, () => sweep(context));
  }
  watch.fail(`more than ${mostEvents} events`);
}
