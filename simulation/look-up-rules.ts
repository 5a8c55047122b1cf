// The rules for what a look-up may be used for (design.md, sections 5 and 8): one from the past is none, and what follows
// from one is only written while the receipt is as it was when it was looked up.
import { isDeepStrictEqual } from 'node:util';
import type { Refund } from '../src/domain/refund.ts';
import type { Receipt } from '../src/domain/reply.ts';
import { isOld } from './reading.ts';
import type { Move } from './rules.ts';

/** Of every write, evidence for a case included. */
export function* everyLookUp(move: Move): Iterable<string> {
  yield* kept(move);
  yield* stale(move);
  if (followsFromIt(move)) yield* undisturbed(move);
}

/** What is kept as the last look-up was shown to the writer, is none from the past, and says what was counted by then. */
function* kept({ before, refund, change, saw, receipt, begun }: Move): Iterable<string> {
  const { lastLookUp } = refund;
  if (lastLookUp === null) {
    if (before.lastLookUp !== null) yield 'has lost its look-up';
    return;
  }
  if (receipt === null) {
    if (!isDeepStrictEqual(lastLookUp, before.lastLookUp)) yield 'rewrites an old look-up';
    return;
  }
  if (saw === null || !isDeepStrictEqual(saw, receipt)) yield 'keeps a look-up that it was not shown';
  const lowered = change.lowersHighest === true;
  if (!lowered && isOld(receipt, begun)) yield 'keeps a look-up from the past';
  // A drift takes money back: what stays is what its look-up is measured by.
  const countedWon = lowered ? begun.settledWon + change.settledWon : begun.settledWon;
  const right = lowered ? lastLookUp.settledWon <= countedWon : lastLookUp.settledWon === countedWon;
  if (!right || lastLookUp.marks !== begun.marks) {
    yield `keeps a look-up with ${lastLookUp.settledWon} won and ${lastLookUp.marks} marks, ${countedWon} and ${begun.marks} were counted`;
  }
}

/** Since when look-ups lag is kept; the next good one ends it. */
function* stale({ before, refund, saw, receipt, begun, change }: Move): Iterable<string> {
  if (change.history.who !== 'worker' || before.state === 'sending' || before.state === 'dead_lettered')
    return;
  const isStale = saw !== null && isOld(saw, begun);
  if (receipt !== null && refund.staleSince !== null) yield 'calls its last look-up stale';
  if (receipt === null && isStale !== (refund.staleSince !== null) && refund.staleSince !== before.staleSince)
    yield `says that look-ups lag since ${refund.staleSince}`;
  if (isStale && receipt === null && refund.staleSince === null) yield 'does not say that look-ups lag';
}

/** A wait needs no proof, nor does an end at the deadline. */
function followsFromIt({ before, refund, receipt }: Move): boolean {
  if (refund.state === 'sending' && before.state !== 'sending') return true;
  if (receipt === null) return false;
  if (refund.version === before.version) return true;
  const waits = refund.state === before.state && before.state !== 'dead_lettered';
  const ends = refund.deadLetter?.case ?? '';
  return !waits && !['deadline_passed', 'outcome_unknown', 'poison'].includes(ends);
}

function* undisturbed({ before, refund, begun, known, holder, change }: Move): Iterable<string> {
  if (begun.change !== known.change)
    yield `acts as ${refund.state} on a look-up, and the receipt has moved on since`;
  const mine = holder === refund.refundId;
  const needsLock = change.history.who === 'worker' && refund.version !== before.version;
  if (needsLock && !mine) yield `acts as ${refund.state} on a look-up without the receipt lock`;
  // Money taken back is told of under the lock of a refund that stands still as well.
  const taken = change.history.who === 'reconcile';
  if (holder !== null && !mine && !taken)
    yield `acts as ${refund.state} on a look-up while another refund has the receipt lock`;
}

/** Was it made for this very write? */
export function freshReceipt(before: Refund, { lastLookUp }: Refund): Receipt | null {
  return lastLookUp !== null && lastLookUp.at !== before.lastLookUp?.at ? lastLookUp.receipt : null;
}
