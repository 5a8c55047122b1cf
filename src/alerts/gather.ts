// What happened to cases since the last look: those that are new, whose deadline comes near, and that are closed. An index
// is asked for each; a record is read once, when its case is new.
import type { AlertCase, AlertState } from '../domain/alert.ts';
import { chunks } from '../domain/chunks.ts';
import { refundIdSchema } from '../domain/ids.ts';
import type { Refund } from '../domain/refund.ts';
import { isEnded } from '../domain/states.ts';
import { type AlertFacts, deadlineLevel, nextDeadlineAt } from '../policies/alerts.ts';
import { leftWon } from '../policies/amounts.ts';
import { reasonOf } from '../policies/case-reasons.ts';
import { needsAcknowledgement, resolveRefusal } from '../policies/replay-rules.ts';
import type { AlertDeps, AlertLimits } from './ports.ts';
import { dueCases, knownCases, type Marks, newCases, scanCases, stillCases } from './store.ts';

interface Gathered extends Pick<AlertFacts, 'fresh' | 'late' | 'closed'> {
  readonly marks: Marks;
  /** Where the next look goes on. */
  readonly places: Pick<AlertState, 'seenUpTo' | 'scan'>;
}

/** Records that are read side by side. */
const readAtOnce = 50;

export async function gather(deps: AlertDeps, state: AlertState, limits: AlertLimits): Promise<Gathered> {
  const now = deps.clock.now();
  const { fresh, ...places } = await findFresh(deps, state, limits);
  const { late, due, undue } = await findLate(deps, now, limits);
  const { closed, scan } = await findClosed(deps, state.scan, limits);
  const firstDue = fresh.map((one) => ({ id: one.refundId, at: nextDeadlineAt(one, now) }));
  return {
    ...{ fresh, late, closed },
    places: { ...places, scan },
    marks: {
      cases: fresh,
      gone: closed.map(({ refundId }) => refundId),
      due: [...due, ...firstDue].flatMap(({ id, at }) => (at === null ? [] : [[id, at] as const])),
      undue: [...undue, ...[...due, ...firstDue].flatMap(({ id, at }) => (at === null ? [id] : []))],
    },
  };
}

async function findFresh(deps: AlertDeps, state: AlertState, { fresh: most, overlapMs }: AlertLimits) {
  // A clock that was ahead may have moved it on too far.
  const since = Math.max(0, Math.min(state.seenUpTo, deps.clock.now()) - overlapMs);
  const { found, upTo } = await newCases(deps, since, most);
  const fresh: AlertCase[] = [];
  for (const some of chunks(found, readAtOnce)) {
    const read = await Promise.all(some.map((one) => readCase(deps, one)));
    fresh.push(...read.filter((one) => one !== null));
  }
  return { fresh, seenUpTo: Math.max(state.seenUpTo, upTo) };
}

/** null: it is no case any more. */
async function readCase(
  deps: AlertDeps,
  { id, at }: { readonly id: string; readonly at: number },
): Promise<AlertCase | null> {
  const stored = await deps.ledger.read(refundIdSchema.parse(id));
  if (stored?.state !== 'dead_lettered') return null;
  const { refund, unread } = stored;
  if (refund !== null) return { ...(await aboutCase(deps, refund)), at };
  const unknown = { period: null, opensAt: null, won: null, severity: 'critical' };
  const reason = `${unread?.unread ?? 'unreadable'}_record`;
  return { ...unknown, refundId: id, orderId: unread?.orderId ?? null, at, reason };
}

async function aboutCase(deps: AlertDeps, refund: Refund): Promise<Omit<AlertCase, 'at'>> {
  const { refundId, orderId, deadLetter, lastLookUp, occurredAt, refundBy } = refund;
  return {
    ...{ refundId, orderId, won: leftWon(refund) },
    period: { from: occurredAt, to: refundBy },
    opensAt: await opensAt(deps, refund),
    severity: deadLetter?.severity ?? 'notice',
    reason: deadLetter === null ? '' : reasonOf(deadLetter, lastLookUp),
  };
}

/** While a call may still land, the case is closed to people. */
async function opensAt({ ledger, clock, settings }: AlertDeps, refund: Refund): Promise<number | null> {
  if (!needsAcknowledgement(refund)) return null;
  const account = await ledger.readReceipt(refund.receiptId);
  const facts = { refund, account, now: clock.now(), jumpedAt: clock.jumpedAt(), settings };
  const refusal = resolveRefusal(facts, { outcome: 'already_refunded', acknowledge: true, landed: false });
  return refusal?.rule === 'settle_window' ? refusal.notBefore : null;
}

async function findLate(deps: AlertDeps, now: number, limits: AlertLimits) {
  const ids = await dueCases(deps, now, limits.fresh);
  const still = await stillCases(deps, ids);
  const known = await knownCases(deps, ids);
  const open = known.filter((one) => one !== null).filter(({ refundId }) => still.has(refundId));
  return {
    late: open.flatMap((one) => {
      const level = deadlineLevel(one, now);
      return level === null ? [] : [{ level, case: one }];
    }),
    due: open.map((one) => ({ id: one.refundId, at: nextDeadlineAt(one, now) })),
    // Sent again, or closed: if it comes back it is a new case.
    undue: ids.filter((id) => !still.has(id)),
  };
}

async function findClosed(deps: AlertDeps, from: string, { pageSize }: AlertLimits) {
  const { next, cases } = await scanCases(deps, { from, count: pageSize });
  const still = await stillCases(
    deps,
    cases.map(({ refundId }) => refundId),
  );
  const left = cases.filter(({ refundId }) => !still.has(refundId));
  const ended = await Promise.all(left.map(({ refundId }) => hasEnded(deps, refundId)));
  return { closed: left.filter((_, place) => ended[place] === true), scan: next };
}

/** One that was sent again is not closed before it ends. */
async function hasEnded({ ledger }: AlertDeps, id: string): Promise<boolean> {
  const stored = await ledger.read(refundIdSchema.parse(id));
  return stored === null || stored.purged || isEnded(stored.state);
}
