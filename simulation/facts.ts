// What one refund went through, as far as a scenario excuses anything by it.

import { isTakenBack } from '../simulator/core/payment-book.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { Entry } from './bootpay.ts';
import type { Context } from './context.ts';
import type { Facts } from './scenarios.ts';
import type { Watch } from './watch.ts';

/** Between a look-up and the call that follows from it, ms: the wait for the rate limiter included. */
const latestCallMs = 130_000;

/** A cancel by hand, and no person has said yet for which refund. */
function isUnclaimed({ traces: { closings } }: Watch, { byHandFor, at }: Entry): boolean {
  if (byHandFor === null) return false;
  const claims = ['refunded_by_hand', 'already_refunded'];
  return !closings.some((one) => one.refundId === byHandFor && one.at >= at && claims.includes(one.as));
}

/**
 * A refund whose totals before lack hidden money, once a person had closed the case of it; and one in full, which moves
 * what is really left and counts what its totals before lacked.
 */
function hidBefore({ watch, scenario }: Context, refund: Refund, { hidden, receiptId }: Entry): boolean {
  if (hidden === undefined) return false;
  const lagMs = scenario.switches.lagMs + latestCallMs;
  const isHidden = (at: number) => at >= hidden.from && at <= hidden.until + lagMs;
  // An answer is measured from the look-up before its own call, a look-up from the one before the first call.
  if (refund.attempts.some(({ cancel, sentAt }) => cancel.kind === 'full' && isHidden(sentAt))) return true;
  const startedAt = watch.traces.startedAt.get(refund.refundId) ?? 0;
  if (!isHidden(startedAt)) return false;
  if (refund.attempts.some(({ cancel }) => cancel.kind === 'full')) return true;
  return watch.traces.closings.some(
    (one) => one.receiptId === receiptId && one.wasDrift && one.at <= startedAt,
  );
}

export function factsOf(context: Context, refund: Refund, own: readonly Entry[]): Facts {
  const { watch, book, settings, hastyOperator, scenario, excused } = context;
  const here = book.entries.filter(({ receiptId }) => receiptId === refund.receiptId);
  const alone =
    [...watch.records.values()].filter(({ receiptId }) => receiptId === refund.receiptId).length === 1;
  const lastSentAt = own.at(-1)?.sentAt ?? 0;
  const acknowledgements = (watch.traces.acknowledgedAt.get(refund.refundId) ?? []).filter(
    (at) => at <= lastSentAt,
  );
  const tooLate = (entry: Entry) => entry.at - entry.sentAt > settings.settleWindowMs;
  return {
    alone,
    acknowledged: acknowledgements.length >= own.length - 1,
    movedTooLate: own.some(tooLate),
    replayedAhead: own.some((entry) => replayedAhead(watch, entry)),
    movedThoughRefused: own.some(({ thoughRefused }) => thoughRefused),
    othersCancelled: here.some(({ refundId }) => refundId === null),
    unclaimed: here.some((entry) => isUnclaimed(watch, entry)),
    displaced: here.some(({ refundId: id }) => id !== null && id !== refund.refundId && excused.has(id)),
    startedBlind: here.some((entry) => hidBefore(context, refund, entry)),
    takenBackBeside: here.filter(isTakenBack).some(({ takenBackAt, refundId }) => {
      const hides = ({ sentAt }: Entry) =>
        takenBackAt > sentAt - scenario.switches.lagMs - latestCallMs &&
        takenBackAt < sentAt + settings.settleWindowMs;
      return refundId !== refund.refundId && own.some(hides);
    }),
    othersTakenBack: here.some((entry) => entry.refundId !== refund.refundId && isTakenBack(entry)),
    failedOver: watch.failedOver,
    hastyOperator,
    mayBeMixedUp: !alone && here.some((entry) => tooLate(entry) || entry.thoughRefused),
  };
}

/** Refused, sent back by a person, and only then moved: no look-up of the replay could show it. */
export function replayedAhead(watch: Watch, { refundId, thoughRefused, sentAt, at }: Entry): boolean {
  const replays = watch.traces.replayedAt.get(refundId ?? '') ?? [];
  return thoughRefused && replays.some((replayAt) => replayAt >= sentAt && replayAt <= at);
}
