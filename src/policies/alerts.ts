// What people are alerted to, and when: new facts join what is not told yet, and what may be told now becomes one message.
// At most one message a minute; at night only what cannot wait, the rest is summed up in the morning. Pure: the state that
// comes back is kept by `src/alerts`, and a message that was not taken is composed anew from it.
import type {
  AlertCase,
  AlertCause,
  AlertStanding,
  AlertState,
  AlertSum,
  DeadlineLevel,
} from '../domain/alert.ts';
import type { Text } from '../domain/problem.ts';
import { type AlertLine, closedLine, endedLine, freshLine, lateLine, standingLine } from './alert-words.ts';
import { backoffMs } from './retry-schedule.ts';
import { seoulHour } from './seoul-time.ts';

export const firstAlertState: AlertState = {
  schema: 1,
  ...{ seenUpTo: 0, scan: '0' },
  ...{ fresh: [], late: [], closed: null, standing: [], ended: [] },
  ...{ sentAt: null, failing: null },
};

export interface AlertFacts {
  readonly fresh: readonly AlertCase[];
  readonly late: readonly { readonly level: DeadlineLevel; readonly case: AlertCase }[];
  readonly closed: readonly AlertCase[];
  readonly standing: readonly StandingFact[];
}

export interface StandingFact {
  readonly cause: AlertCause;
  /** ms; null: not known. */
  readonly since: number | null;
}

/** From this hour to that one, in Seoul. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

interface AlertMoment {
  readonly now: number;
  /** null: no hour is quiet. */
  readonly quiet: QuietHours | null;
  /** What stands still, in a sentence, and what waits for it. */
  readonly about: Readonly<Partial<Record<AlertCause, Text>>>;
}

export interface AlertMessage {
  readonly critical: boolean;
  readonly lines: readonly AlertLine[];
}

const minuteMs = 60_000;
/** A message has no more lines than people read; what has none in it is told by the next one. */
const mostLines = 12;
/** A receiver that does not take a message is tried again after 5 s, doubling up to 5 min. */
const again = { firstMs: 5_000, longestMs: 5 * minuteMs };

/** What may pass by itself has to last so long before it is told: a worker that is started anew is none. In ms. */
const lasts: Readonly<Record<AlertCause, number>> = {
  ...{ credentials_refused: 0, lane_held: 0, data_key_missing: 0 },
  ...{ no_worker: 2 * minuteMs, bootpay_silent: minuteMs },
};
/** Told at night as well. */
const wakes: Readonly<Record<AlertCause, boolean>> = {
  ...{ credentials_refused: true, no_worker: true, data_key_missing: true },
  ...{ lane_held: false, bootpay_silent: false },
};
/** What began and ended without a message, in one night. */
const mostEnded = 20;

/** Joins what is new to what is not told yet. */
export function withFacts(state: AlertState, facts: AlertFacts, now: number): AlertState {
  const standing = facts.standing.map(({ cause, since }): AlertStanding => {
    const before = state.standing.find((one) => one.cause === cause);
    return { ...(before ?? { cause, since: since ?? now, toldAt: null }), seenAt: now };
  });
  const over = state.standing.filter(({ cause }) => standing.every((one) => one.cause !== cause));
  // What passed by itself before it was worth a message leaves no trace; what a quiet hour held back does.
  const ended = over.filter((one) => one.toldAt !== null || one.seenAt - one.since >= lasts[one.cause]);
  return {
    ...state,
    fresh: facts.fresh.reduce(withFresh, state.fresh),
    late: facts.late.reduce(withLate, state.late),
    closed: facts.closed.reduce(withCase, state.closed),
    standing,
    ended: [...state.ended, ...ended.map((one) => ({ ...one, endedAt: now }))].slice(-mostEnded),
  };
}

/** What may be told now, and the state once it was; null: nothing, or not yet. */
export function nextMessage(
  state: AlertState,
  moment: AlertMoment,
): { readonly message: AlertMessage; readonly after: AlertState } | null {
  const { now, quiet } = moment;
  if (isWithin(state.sentAt, minuteMs, now)) return null;
  if (
    state.failing !== null &&
    state.failing.nextAt > now &&
    state.failing.nextAt < now + 2 * again.longestMs
  )
    return null;
  const isNight = quiet !== null && isQuiet(quiet, now);
  const shown = linesOf(tellable(state, { now, isNight }), moment).slice(0, mostLines);
  if (shown.length === 0) return null;
  const lines = shown.map(({ line }) => line);
  const critical = lines.some((line) => line.critical);
  const left = without(state, new Set<object>(shown.map(({ about }) => about)), now);
  return { message: { critical, lines }, after: { ...left, sentAt: now, failing: null } };
}

/** After a message that was not taken. */
export function withFailure(state: AlertState, { now, reason }: { now: number; reason: string }): AlertState {
  const tries = (state.failing?.tries ?? 0) + 1;
  const since = state.failing?.since ?? now;
  return { ...state, failing: { since, tries, nextAt: now + backoffMs(tries, again), reason } };
}

export function isQuiet({ from, to }: QuietHours, now: number): boolean {
  const hour = seoulHour(now);
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

const shares: readonly (readonly [level: DeadlineLevel, share: number])[] = [
  ['half', 0.5],
  ['most', 0.8],
  ['past', 1],
];

/** The first moment after `now` in which a deadline has to be told; null: none is left. */
export function nextDeadlineAt({ period }: AlertCase, now: number): number | null {
  if (period === null) return null;
  const times = shares.map(([, share]) => momentOf(period, share));
  return times.find((at) => at > now) ?? null;
}

/** The furthest that it has come; null: not half of the way. */
export function deadlineLevel({ period }: AlertCase, now: number): DeadlineLevel | null {
  if (period === null) return null;
  return shares.findLast(([, share]) => momentOf(period, share) <= now)?.[0] ?? null;
}

/** `to` is the last moment that is not late. */
function momentOf({ from, to }: NonNullable<AlertCase['period']>, share: number): number {
  return Math.ceil(from + (to + 1 - from) * share);
}

type Parts = Pick<AlertState, 'standing' | 'fresh' | 'late' | 'ended' | 'closed'>;

/** What may be told now. */
function tellable(state: AlertState, { now, isNight }: { now: number; isNight: boolean }): Parts {
  return {
    standing: state.standing.filter(
      (one) => one.toldAt === null && now - one.since >= lasts[one.cause] && (!isNight || wakes[one.cause]),
    ),
    fresh: state.fresh.filter(({ first }) => !isNight || first.severity === 'critical'),
    ended: state.ended.filter((one) => !isNight || (one.toldAt !== null && wakes[one.cause])),
    late: isNight ? [] : state.late,
    closed: isNight ? null : state.closed,
  };
}

interface Tellable {
  readonly line: AlertLine;
  /** The part of the state that it tells. */
  readonly about: object;
}

/** The most urgent first. */
function linesOf({ standing, fresh, late, ended, closed }: Parts, { now, about }: AlertMoment): Tellable[] {
  const isCritical = ({ first }: AlertSum) => first.severity === 'critical';
  const isPast = ({ level }: AlertState['late'][number]) => level === 'past';
  const freshLines = (sums: AlertState['fresh']) =>
    [...sums].sort(byUrgency).map((sum): Tellable => ({ line: freshLine(sum, now), about: sum }));
  const lateLines = (sums: AlertState['late']) =>
    [...sums].sort(byLevel).map((sum): Tellable => ({ line: lateLine(sum, now), about: sum }));
  return [
    ...standing.map((one) => ({
      line: standingLine(one.cause, { since: one.since, about: about[one.cause] }),
      about: one,
    })),
    ...freshLines(fresh.filter(isCritical)),
    ...lateLines(late.filter(isPast)),
    ...freshLines(fresh.filter((sum) => !isCritical(sum))),
    ...lateLines(late.filter((sum) => !isPast(sum))),
    ...ended.map((one) => ({ line: endedLine(one), about: one })),
    ...(closed === null ? [] : [{ line: closedLine(closed), about: closed }]),
  ];
}

/** Of what stands still, that it was told; all else leaves once it was. */
function without(state: AlertState, told: ReadonlySet<object>, now: number): AlertState {
  const isLeft = (one: object) => !told.has(one);
  return {
    ...state,
    standing: state.standing.map((one) => (isLeft(one) ? one : { ...one, toldAt: now })),
    fresh: state.fresh.filter(isLeft),
    late: state.late.filter(isLeft),
    ended: state.ended.filter(isLeft),
    closed: state.closed !== null && isLeft(state.closed) ? state.closed : null,
  };
}

function withFresh(sums: readonly AlertSum[], one: AlertCase): AlertSum[] {
  const isSame = ({ first }: AlertSum) => first.severity === one.severity && first.reason === one.reason;
  const found = sums.find(isSame) ?? null;
  return [...sums.filter((sum) => sum !== found), withCase(found, one)];
}

function withLate(
  sums: AlertState['late'],
  { level, case: one }: AlertFacts['late'][number],
): AlertState['late'] {
  const found = sums.find((sum) => sum.level === level) ?? null;
  return [...sums.filter((sum) => sum !== found), { ...withCase(found, one), level }];
}

function withCase(sum: AlertSum | null, one: AlertCase): AlertSum {
  return {
    count: (sum?.count ?? 0) + 1,
    won: (sum?.won ?? 0) + (one.won ?? 0),
    uncounted: (sum?.uncounted ?? 0) + (one.won === null ? 1 : 0),
    first: sum?.first ?? one,
  };
}

const severities = ['critical', 'warning', 'notice'];

function byUrgency(one: AlertSum, other: AlertSum): number {
  const rank = ({ first }: AlertSum) => (severities.indexOf(first.severity) + 4) % 4;
  return rank(one) - rank(other) || other.won - one.won;
}

function byLevel(one: AlertState['late'][number], other: AlertState['late'][number]): number {
  const rank = ({ level }: AlertState['late'][number]) => shares.findIndex(([name]) => name === level);
  return rank(other) - rank(one);
}

/** Nor is it within that time when a clock was ahead and was set back. */
function isWithin(at: number | null, ms: number, now: number): boolean {
  return at !== null && Math.abs(now - at) < ms;
}
