// Answers that are none: how long a refund waits while Bootpay does answer, and says nothing that can be used. Silence (no
// answer, a 5xx without a code, a throttle) is waited out; what does answer will say the same tomorrow, so a person is told.
import type { PolicySettings } from '../domain/decision.ts';
import type { Attempt, Refund } from '../domain/refund.ts';
import { causeOf, type FailedReply, isUnanswered } from '../domain/reply.ts';

/** How long look-ups may be answered with nothing usable. A shorter deadline shortens it: a person needs time as well. */
const longestUnusableMs = 30 * 60_000;
const shareOfDeadline = 1 / 4;
/** One odd answer after a long silence is no habit. */
const fewestUnusable = 3;

/** Notes a look-up without a usable answer. Silence in between does not begin the count anew; a usable answer does. */
export function withFailedLookUp(refund: Refund, reply: FailedReply, now: number): Refund {
  const { unusableSince = null, unusable = 0 } = refund.lookUpFailure ?? {};
  const isUnusable = reply.kind === 'refused' || (reply.kind === 'unreadable' && !isUnanswered(reply));
  return {
    ...refund,
    lookUpFailure: {
      cause: causeOf(reply),
      unusableSince: unusableSince ?? (isUnusable ? now : null),
      unusable: unusable + (isUnusable ? 1 : 0),
    },
  };
}

/** Whether look-ups have been answered with nothing usable for so long that a person has to hear of it. */
export function isUnusableTooLong(
  { lookUpFailure }: Refund,
  { now, settings }: { readonly now: number; readonly settings: PolicySettings },
): boolean {
  if (lookUpFailure === undefined || lookUpFailure.unusableSince === null) return false;
  const longestMs = Math.min(longestUnusableMs, settings.retryDeadlineMs * shareOfDeadline);
  return lookUpFailure.unusable >= fewestUnusable && now - lookUpFailure.unusableSince >= longestMs;
}

const mostUnusableCalls = 3;

/** Whether the latest calls of the cancel that Bootpay worked on were all answered, and all without a code. */
export function wasUnusableInARow({ attempts }: Refund): boolean {
  const workedOn = attempts.filter(({ outcome }) => !turnedAway.includes(outcome?.reply ?? ''));
  const latest = workedOn.slice(-mostUnusableCalls);
  return latest.length === mostUnusableCalls && latest.every(wasUnusable);
}

const turnedAway: readonly string[] = ['not_sent', 'throttled', 'unauthorized'];

function wasUnusable({ outcome }: Attempt): boolean {
  return outcome?.reply === 'unreadable' && (outcome.httpStatus ?? 0) < 500;
}

/** What the latest look-up or call got instead of an answer; undefined: it got one, or there was none. */
export function lastCause({ lookUpFailure, staleSince, attempts }: Refund): string | undefined {
  if (lookUpFailure !== undefined) return lookUpFailure.cause;
  const outcome = staleSince === null ? (attempts.at(-1)?.outcome ?? null) : null;
  if (outcome === null || outcome.reply === 'accepted') return undefined;
  return outcome.cause ?? outcome.code ?? (outcome.reply === 'throttled' ? '429' : undefined);
}
