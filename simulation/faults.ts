// What goes wrong in one history: a swarm, each history switches about half of the faults off and the rest to its own
// strength, so that rare pairs meet often.
import type { Chance } from './random.ts';
import type { Habits } from './scenarios.ts';

export const cancelFaults = [
  'none',
  'slow',
  /** Never arrives; the answer is missing until the time-out, or the connection breaks at once. */
  'lost_before',
  'reset_before',
  /** Arrives and counts; the answer is lost. */
  'lost_after',
  'reset_after',
  /** Stuck somewhere: counts later than the time-out. */
  'late',
  'unreadable_before',
  'unreadable_after',
  'throttled',
  'unauthorized',
  'not_sent',
  'refused_2032',
  'refused_terminal',
  'unlisted_code',
  'critical_paid',
  'critical_unpaid',
  'accepted_without_amounts',
  'accepted_unpaid',
  'accepted_other_amounts',
  'accepted_other_tax_free',
  'doubled',
] as const;
export type CancelFault = (typeof cancelFaults)[number];

type LookUpFault =
  | 'none'
  | 'stale'
  | 'lost'
  | 'unreadable'
  | 'throttled'
  | 'unauthorized'
  | 'not_sent'
  | 'not_found'
  | 'other_code'
  | 'wrong_total';

/** At a call of Redis or the queue. */
export type StoreFault =
  | 'none'
  /** The process dies: before the command left, or before its answer came. */
  | 'die_before'
  | 'die_after'
  /** The command waits in a broken connection for long. */
  | 'stuck'
  /** Executed, its answer lost, sent again. */
  | 'repeated'
  /** An error comes back; executed or not. */
  | 'error_before'
  | 'error_after'
  /** The process stands still before it goes on. */
  | 'blocked';

type StoreFaults = Readonly<Partial<Record<StoreFault, number>>>;

export interface Faults {
  /** ms from the start; then nothing goes wrong any more. */
  readonly untilMs: number;
  readonly cancel: Readonly<Partial<Record<CancelFault, number>>>;
  readonly lookUp: Readonly<Partial<Record<LookUpFault, number>>>;
  readonly store: StoreFaults;
  /** At the calls of all but workers, where they differ. */
  readonly storeOfPeople?: StoreFaults;
  readonly limiterRefusal: number;
  readonly duplicateJob: number;
  readonly lostJob: number;
  /** How many of each happen in the time of faults. */
  readonly deploys: number;
  readonly credentialOutages: number;
  /** Look-ups hang until their time-out, for minutes. */
  readonly lookUpOutages: number;
  readonly personHolds: number;
  readonly hints: number;
  readonly reconciliations: number;
  readonly bulkReplays: number;
}

const minute = 60_000;

export function drawFaults(chance: Chance, habits: Habits): Faults {
  const drawn = drawUsual(chance);
  if (habits.impatience) return { ...drawn, lookUpOutages: 1 };
  if (!habits.crowd) return drawn;
  // A call that was lost in the past of one refund, a call that went through unheard in the case of another.
  const often = (strength: number) => strength * (0.3 + chance.next());
  return {
    ...drawn,
    ...(habits.delays && {
      store: { none: 1, stuck: often(0.08) },
      storeOfPeople: { none: 1, stuck: often(0.4) },
      duplicateJob: 0.5,
    }),
    untilMs: chance.pick([60 * minute, 180 * minute]),
    cancel: {
      ...drawn.cancel,
      lost_before: often(0.5),
      reset_before: often(0.5),
      refused_2032: often(1.5),
      refused_terminal: often(0.3),
      critical_paid: often(0.6),
      lost_after: often(0.3),
    },
    lookUp: { ...drawn.lookUp, stale: often(1), lost: often(0.5) },
    reconciliations: chance.pick([0, 2, 4]),
  };
}

function drawUsual(chance: Chance): Faults {
  const some = (strength: number) => (chance.is(0.5) ? 0 : strength * chance.next());
  const hostile = chance.pick([0.4, 1, 2.5]);
  const rare = chance.pick([0, 0.01, 0.05]);
  return {
    untilMs: chance.pick([5 * minute, 20 * minute, 60 * minute, 180 * minute]),
    cancel: {
      none: 1,
      slow: some(0.3),
      lost_before: some(hostile * 0.4),
      reset_before: some(hostile * 0.3),
      lost_after: some(hostile * 0.4),
      reset_after: some(hostile * 0.3),
      late: some(hostile * 0.4),
      unreadable_before: some(hostile * 0.2),
      unreadable_after: some(hostile * 0.2),
      throttled: some(hostile * 0.2),
      unauthorized: some(hostile * 0.05),
      not_sent: some(hostile * 0.2),
      refused_2032: some(hostile * 1.5),
      refused_terminal: some(hostile * 0.1),
      unlisted_code: some(hostile * 0.05),
      critical_paid: some(hostile * 0.4),
      critical_unpaid: some(hostile * 0.2),
      accepted_without_amounts: some(hostile * 0.1),
      accepted_unpaid: some(hostile * 0.05),
      accepted_other_amounts: some(hostile * 0.2),
      accepted_other_tax_free: some(hostile * 0.2),
      doubled: some(hostile * 0.3),
    },
    lookUp: {
      none: 2,
      stale: some(hostile),
      lost: some(hostile * 0.4),
      unreadable: some(hostile * 0.2),
      throttled: some(hostile * 0.1),
      unauthorized: some(hostile * 0.06),
      not_sent: some(hostile * 0.1),
      not_found: some(hostile * 0.08),
      other_code: some(hostile * 0.1),
      wrong_total: some(hostile * 0.2),
    },
    store: {
      none: 1,
      die_before: some(rare),
      die_after: some(rare),
      stuck: some(rare),
      repeated: some(rare * 2),
      error_before: some(rare),
      error_after: some(rare),
      blocked: some(rare),
    },
    limiterRefusal: chance.pick([0, 0.02, 0.1]),
    duplicateJob: chance.pick([0, 0.1, 0.5]),
    lostJob: chance.pick([0, 0.05]),
    deploys: chance.pick([0, 0, 1, 3]),
    credentialOutages: chance.pick([0, 0, 0, 1]),
    lookUpOutages: chance.pick([0, 0, 0, 1]),
    personHolds: chance.pick([0, 0, 1, 6]),
    hints: chance.pick([0, 0, 5]),
    reconciliations: chance.pick([0, 0, 2]),
    bulkReplays: chance.pick([0, 0, 1, 2]),
  };
}
