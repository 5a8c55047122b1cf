// The rules for what a person does with a case (design.md, section 8), judged by what was written, not by what was asked.
import type { Refund, Totals } from '../src/domain/refund.ts';
import {
  isOld,
  isOpenQuestion,
  type Known,
  type Reading,
  type Shown,
  sameStart,
  shownBy,
  shownUntried,
  startOf,
  withoutOwnDrift,
} from './reading.ts';
import type { Move } from './rules.ts';

/** From `dead_lettered`. */
export function* fromACase(move: Move): Iterable<string> {
  const { refund, change } = move;
  const { who, reason } = change.history;
  if (who === 'worker' || who === 'reconcile' || reason === null) yield `left its case by ${who}: ${reason}`;
  if (refund.state === 'queued') yield* replayed(move);
  else yield* closed(move);
}

function* replayed(move: Move): Iterable<string> {
  const { before, refund, change, read } = move;
  const shown = lastShown(before, read);
  if (tooEarly(move, shown)) yield 'is replayed before the settle window has ended';
  const critical = before.deadLetter?.severity === 'critical';
  if (critical && (!refund.acknowledged || refund.bulk)) yield 'is replayed without an acknowledgement';
  if (before.deadLetter?.keepsLock === true && change.lock !== 'keep')
    yield 'is replayed without its receipt';
  yield* edited(move);
  const next = refund.generation !== before.generation;
  if (next && (shown === 'landed' || shown === 'neither'))
    yield `gets a new cancel_id, and the look-up shows ${shown}`;
  yield* firstTotal(move, shown);
}

/** What is asked for now fits into what is left, and its tax-free share into it. */
function* edited({ before, refund }: Move): Iterable<string> {
  const { cancel } = refund;
  if (JSON.stringify(cancel) === JSON.stringify(before.cancel)) return;
  const receipt = before.lastLookUp?.receipt;
  const leftWon = receipt === undefined ? null : receipt.priceWon - receipt.cancelledWon;
  const askedWon = cancel.kind === 'partial' ? cancel.amountWon : leftWon;
  if (askedWon === null) return;
  if (leftWon !== null && askedWon > leftWon) yield `is replayed for ${askedWon} won, ${leftWon} are left`;
  if ((cancel.taxFreeWon ?? 0) > askedWon)
    yield `is replayed for ${askedWon} won with ${cancel.taxFreeWon} tax-free`;
}

/**
 * A plain replay keeps the first totals before; an acknowledged one starts from what that person was shown. Passing over
 * growth that nothing accounts for, or closing a drift, leaves money uncounted: that is marked, and the replay's own start
 * carries the mark.
 */
function* firstTotal({ before, refund, read, change }: Move, shown: Shown | null): Iterable<string> {
  const { totalsBefore, lastLookUp } = before;
  const usable = refund.acknowledged && totalsBefore !== null && lastLookUp !== null;
  const anew = usable && !isOld(lastLookUp.receipt, read) && shown !== 'landed';
  const marks = before.deadLetter?.case === 'drift' || (anew && shown === 'neither');
  if ((change.marks === true) !== marks) yield `is replayed ${marks ? 'without' : 'with'} a mark`;
  let expected: Totals | null = totalsBefore;
  if (anew) {
    const start = startOf(lastLookUp);
    expected = { ...start, marks: start.marks + (marks && start.marks === read.marks ? 1 : 0) };
  }
  if (!sameStart(refund.totalsBefore, expected)) yield 'starts from a total that no person was shown';
}

function* closed(move: Move): Iterable<string> {
  const { before, refund, read, acknowledged } = move;
  const reading = atTheEnd(move);
  const shown = lastShown(refund, read);
  if (tooEarly(move, shown)) yield 'is closed before the settle window has ended';
  const outcome = refund.state === 'succeeded' ? 'already_refunded' : refund.resolution?.outcome;
  if (reading === null && !acknowledged) yield 'is closed without a look-up';
  const landed = reading?.shown === 'landed' && before.attempts.length > 0;
  if (landed && outcome !== 'already_refunded' && !acknowledged)
    yield `is closed as ${outcome}, and no person was told that the look-up shows it`;
  yield* reckoned(move, reading, outcome);
}

/**
 * Money of an open question is counted whatever the person says, and so is that of another attempt that no other refund
 * may have moved; all other money where they say so. The rest is marked.
 */
function* reckoned(
  { before, refund, change, contested }: Move,
  reading: Reading | null,
  outcome: string | undefined,
): Iterable<string> {
  const landed = reading?.shown === 'landed' ? reading : null;
  const attempt = landed?.attempt ?? null;
  const ours = attempt !== null && isOpenQuestion(attempt);
  const alone = attempt !== null && !contested;
  const counts = landed !== null && (ours || alone || outcome === 'already_refunded');
  const wonSince = counts ? landed.wonSince : 0;
  if (change.settledWon !== wonSince)
    yield `is closed with ${change.settledWon} won, ${wonSince} are to be counted`;
  const succeeds = counts && ours && outcome === 'already_refunded';
  if (succeeds !== (refund.state === 'succeeded'))
    yield `is called ${refund.state}, and the look-up shows ${reading?.shown ?? 'nothing'}`;
  const unpaid = reading?.shown === 'zero' || !before.attempts.some(isOpenQuestion);
  const nothing = outcome === 'not_to_be_refunded' && unpaid && before.deadLetter?.case !== 'drift';
  if ((change.marks === true) !== (!counts && !nothing))
    yield `is closed as ${outcome} ${change.marks === true ? 'with' : 'without'} a mark`;
}

/** What the look-up made for this very end shows; null: there is no usable one. */
function atTheEnd({ before, receipt, begun }: Move): Reading | null {
  if (receipt === null) return null;
  const known = withoutOwnDrift(begun, before);
  return before.attempts.length > 0 ? shownBy(before, receipt, known) : shownUntried(before, receipt, known);
}

/** What the last look-up shows; with what was settled and marked by then. */
function lastShown(refund: Refund, known: Known): Shown | null {
  const { lastLookUp } = refund;
  if (lastLookUp === null || refund.totalsBefore === null) return null;
  const { settledWon, marks } = lastLookUp;
  return shownBy(refund, lastLookUp.receipt, { ...withoutOwnDrift(known, refund), settledWon, marks }).shown;
}

function tooEarly({ before, decidedAt, settings }: Move, shown: Shown | null): boolean {
  const last = before.attempts.at(-1);
  if (last === undefined || !isOpenQuestion(last) || shown === 'landed') return false;
  const originAt = last.outcome?.at ?? last.callUntil;
  return decidedAt < originAt + settings.settleWindowMs;
}
