// The rules for what a person does with a case (design.md, section 8), judged by what was written, not by what was asked.
import type { Refund } from '../src/domain/refund.ts';
import { grownWon, isOld, isOpenQuestion, type Known, type Shown, shownBy } from './reading.ts';
import type { Question } from './rules.ts';

/** From `dead_lettered`. */
export function* fromACase(question: Question): Iterable<string> {
  const { refund, change } = question;
  const { who, reason } = change.history;
  if (who === 'worker' || who === 'reconcile' || reason === null) yield `left its case by ${who}: ${reason}`;
  if (refund.state === 'queued') yield* replayed(question);
  else yield* closed(question);
}

function* replayed(question: Question): Iterable<string> {
  const { before, refund, change } = question;
  const shown = lastShown(before, question.known);
  if (tooEarly(question, shown)) yield 'is replayed before the settle window has ended';
  const critical = before.deadLetter?.severity === 'critical';
  if (critical && (!refund.acknowledged || refund.bulk)) yield 'is replayed without an acknowledgement';
  if (before.deadLetter?.keepsHold === true && change.hold !== 'keep')
    yield 'is replayed without its receipt';
  const { cancel } = refund;
  const receipt = before.lastLookUp?.receipt;
  const leftWon = receipt === undefined ? null : receipt.priceWon - receipt.cancelledWon;
  const edited = JSON.stringify(cancel) !== JSON.stringify(before.cancel);
  if (edited && cancel.kind === 'partial' && leftWon !== null && cancel.amountWon > leftWon) {
    yield `is replayed for ${cancel.amountWon} won, ${leftWon} are left`;
  }
  const next = refund.generation !== before.generation;
  if (next && (shown === 'landed' || shown === 'neither'))
    yield `gets a new cancel_id, and the look-up shows ${shown}`;
  yield* firstTotal(question, shown);
}

/** A plain replay keeps the first T0; an acknowledged one starts from what that person was shown. */
function* firstTotal({ before, refund, known }: Question, shown: Shown | null): Iterable<string> {
  const { baseline, lastLookUp } = before;
  const usable = refund.acknowledged && baseline !== null && lastLookUp !== null;
  const anew = usable && !isOld(lastLookUp.receipt, known) && shown !== 'landed';
  const expected = anew
    ? {
        totalWon: lastLookUp.receipt.cancelledWon,
        taxFreeWon: lastLookUp.receipt.cancelledTaxFreeWon,
        settledWon: lastLookUp.settledWon,
      }
    : baseline;
  if (JSON.stringify(refund.baseline) !== JSON.stringify(expected))
    yield 'starts from a total that nobody was shown';
}

function* closed(question: Question): Iterable<string> {
  const { before, refund, change, known } = question;
  const shown = lastShown(refund, known);
  if (tooEarly(question, shown)) yield 'is closed before the settle window has ended';
  const { baseline, lastLookUp } = refund;
  const wonSince =
    baseline === null || lastLookUp === null
      ? 0
      : grownWon(baseline, lastLookUp.receipt, lastLookUp.settledWon);
  if (shown === 'landed' && change.settledWon !== wonSince)
    yield `is closed, and ${wonSince} won are not counted`;
  if (change.settledWon !== 0 && change.settledWon !== wonSince)
    yield `is closed with ${change.settledWon} won`;
  if (refund.state !== 'succeeded') return;
  const ours = before.attempts.some(isOpenQuestion);
  if (shown !== 'landed' || !ours || change.settledWon === 0)
    yield `is called succeeded, and the look-up shows ${shown}`;
}

/** Whether the last look-up shows it; with what was settled by then. */
function lastShown(refund: Refund, known: Known): Shown | null {
  const { lastLookUp } = refund;
  if (lastLookUp === null || refund.baseline === null) return null;
  return shownBy(refund, lastLookUp.receipt, { ...known, settledWon: lastLookUp.settledWon });
}

function tooEarly({ before, decidedAt, settings }: Question, shown: Shown | null): boolean {
  const last = before.attempts.at(-1);
  if (last === undefined || !isOpenQuestion(last) || shown === 'landed') return false;
  const originAt = last.outcome?.at ?? last.callUntil;
  return decidedAt < originAt + settings.settleWindowMs;
}
