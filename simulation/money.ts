// What went back, held against what our records say: at each write that counts money, and at the end. Reads the gateway's
// book, which knows whose cancel each entry was.

import { isTakenBack } from '../simulator/core/payment-book.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { Transition } from '../src/domain/transition.ts';
import type { Entry } from './bootpay.ts';
import type { Context } from './context.ts';
import { factsOf, replayedAhead } from './facts.ts';

/** At the write itself: no more is counted than ever was in the totals, and a success is its own money's. */
export function judgeCounted(context: Context, { refund, settledWon, from }: Transition): void {
  const { watch, book, scenario, transcript } = context;
  const { receiptId, eventId, state } = refund;
  const counted = watch.referee.known(receiptId).settledWon;
  const everWon = book.everRefunded(receiptId);
  if (settledWon > 0 && counted > everWon && !scenario.switches.wrongTotals && !watch.failedOver)
    watch.fail(`${receiptId}: ${counted} won are counted, ${everWon} went back`);
  if (state !== 'succeeded' || settledWon <= 0) return;
  const ids = new Set<string | null>(refund.attempts.map(({ cancelId }) => cancelId));
  const own = ownOf(context, refund).filter(({ cancelId }) => ids.has(cancelId));
  const movedWon = wonOf(own);
  if (own.length === 1 && movedWon === settledWon) return;
  const byHand = from === 'dead_lettered' ? byHandFor(context, refund) : [];
  if (own.length === 0 && byHand.length === 1 && byHand[0]?.amount === settledWon) return;
  const facts = factsOf(context, refund, own);
  const what = `${eventId} succeeds with ${settledWon} won, ${movedWon} won moved in ${own.length} cancels of its ids`;
  if (!scenario.maySettleWrongly(facts) && !(own.length > 1 && scenario.mayPayTwice(facts))) watch.fail(what);
  else {
    context.excused.add(refund.refundId);
    transcript.say('checker', `excused: ${what}`);
  }
}

/** What stayed paid through us for this refund. */
function ownOf({ book }: Context, { refundId }: Refund): Entry[] {
  return book.entries.filter((entry) => entry.refundId === refundId && !isTakenBack(entry));
}

function wonOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
}

/** What was cancelled by hand for it: the person that closes its case may say that the refund has succeeded with it. */
function byHandFor({ book }: Context, { refundId }: Refund): Entry[] {
  return book.entries.filter((entry) => entry.byHandFor === refundId);
}

/**
 * It was taken back after all, and a refund that looks the same was found to miss it; or it cannot be found out, because the
 * receipt is still held, or holds money that is not counted and the total does not lack any.
 */
function isMissed({ book, watch }: Context, { refundId, receiptId }: Refund): boolean {
  // Of what landed for another refund and is counted by none, as docs/safety.md says.
  const hidesBehind = (receipt: string, won: number) =>
    book.entries.some(
      (entry) =>
        entry.receiptId === receipt &&
        entry.amount === won &&
        !isTakenBack(entry) &&
        entry.refundId !== null &&
        entry.refundId !== refundId &&
        watch.records.get(entry.refundId)?.state === 'dead_lettered',
    );
  const taken = book.entries.filter((entry) => entry.refundId === refundId).filter(isTakenBack);
  const uncounted = book.entries.some(
    (entry) =>
      entry.receiptId === receiptId &&
      !isTakenBack(entry) &&
      watch.records.get(entry.refundId ?? '')?.state !== 'succeeded',
  );
  const { marks } = watch.referee.known(receiptId);
  const covered = watch.referee.holder(receiptId) !== null || marks > 0 || uncounted;
  return taken.some(
    ({ takenBackAt, amount }) =>
      covered ||
      hidesBehind(receiptId, amount) ||
      watch.traces.drifts.some((drift) => drift.receiptId === receiptId && drift.at >= takenBackAt),
  );
}

/** At the end: paid once at most, and a success is what moved. */
export function judgeMoney(context: Context, refund: Refund, excuses: string[]): void {
  const { watch, scenario } = context;
  const own = ownOf(context, refund);
  const movedWon = wonOf(own);
  const facts = factsOf(context, refund, own);
  const blame = (what: string, excused: boolean) => {
    if (!excused) watch.fail(what);
    else {
      excuses.push(what);
      context.transcript.say('checker', `excused: ${what}`);
    }
  };
  const name = refund.eventId;
  if (own.length > 0 && refund.state === 'dead_lettered' && surelyUnpaid(refund)) {
    const known = facts.failedOver || own.every(({ thoughRefused }) => thoughRefused);
    blame(`${name} is a case that says nothing was paid, and ${movedWon} won moved`, known);
  }
  if (own.length > 1) blame(`${name} was paid ${own.length} times`, scenario.mayPayTwice(facts));
  const byHandWon = wonOf(byHandFor(context, refund));
  const isByHand = own.length === 0 && byHandWon === refund.settledWon;
  const isOwn = own.length === 1 && movedWon === refund.settledWon;
  if (refund.state === 'succeeded' && !isOwn && !isByHand) {
    const known = context.excused.has(refund.refundId) || isMissed(context, refund);
    const excused =
      known || scenario.maySettleWrongly(facts) || (own.length > 1 && scenario.mayPayTwice(facts));
    blame(
      `${name} succeeded with ${refund.settledWon} won, ${movedWon} won moved in ${own.length} cancels`,
      excused,
    );
  }
}

/** Codes that say nothing about the money. */
const unclear = ['RC_CANCEL_ID_ALREADY_EXIST', 'RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'];

/** Every attempt on the record was answered with a refusal, or never left; a case that keeps its receipt says "perhaps". */
function surelyUnpaid({ attempts, deadLetter }: Refund): boolean {
  if (deadLetter?.keepsLock === true) return false;
  return attempts.every(({ outcome }) => {
    if (outcome?.reply === 'refused') return !unclear.includes(outcome.code ?? '');
    return outcome !== null && ['throttled', 'unauthorized', 'not_sent'].includes(outcome.reply);
  });
}

/** Whichever refund was paid: not more than all refunds of the receipt asked for. */
export function judgeSum(
  { watch, scenario, book, hastyOperator }: Context,
  receiptId: string,
  priceWon: number,
): void {
  if (!scenario.sumHolds || hastyOperator) return;
  const own = book.entries.filter(
    (entry) => entry.receiptId === receiptId && entry.refundId !== null && !isTakenBack(entry),
  );
  if (own.some((entry) => replayedAhead(watch, entry))) return;
  const movedWon = wonOf(own);
  const refunds = [...watch.records.values()].filter((refund) => refund.receiptId === receiptId);
  const askedWon = refunds.reduce((sum, refund) => sum + mostAskedWon(refund, priceWon), 0);
  if (movedWon > askedWon) watch.fail(`${receiptId}: ${movedWon} won went back, ${askedWon} were asked for`);
}

/** A person may have changed the amount between two attempts. */
function mostAskedWon({ cancel, attempts }: Refund, priceWon: number): number {
  const asked = [cancel, ...attempts.map((attempt) => attempt.cancel)];
  return Math.max(...asked.map((one) => (one.kind === 'full' ? priceWon : one.amountWon)));
}
