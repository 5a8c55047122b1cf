// What may be concluded from a clock that may have been wrong: nothing before a whole settle window has passed on a clock
// that was not moved, and nothing from a time in the future. Pure; times in ms.
import type { PolicySettings } from '../domain/decision.ts';
import type { Refund } from '../domain/refund.ts';

/** How the clock has run. */
export interface ClockHistory {
  readonly now: number;
  /** Start of this process's measuring, or the last step of the clock, whichever is later. */
  readonly steadySince: number;
  /** The last step of the clock that any process noticed; null: none. */
  readonly jumpedAt: number | null;
}

/** The clock was moved so lately that it may be moved back: no deadline and no closed window is concluded from it. */
export function hasJustJumped({ now, jumpedAt, settings }: JumpFacts & Pick<ClockHistory, 'now'>): boolean {
  return jumpedAt !== null && now < jumpedAt + settings.settleWindowMs;
}

/** When the settle window of a call begins for a command, whose process is too young to have seen a step itself. */
export function windowStartForPeople(
  endedAt: number,
  { now, jumpedAt }: Pick<ClockHistory, 'now' | 'jumpedAt'>,
): number {
  if (jumpedAt === null) return endedAt;
  // Written before the clock was set back.
  return endedAt > now + hostsDifferMs ? jumpedAt : Math.max(endedAt, jumpedAt);
}

/** Hosts differ by milliseconds: a time further ahead than this was written by a clock that was ahead. */
export const hostsDifferMs = 1_000;

/** The deadline, put off where the clock was moved a moment ago and may only seem to have passed it. */
export function deadlineOn(deadlineAt: number, { jumpedAt, settings }: JumpFacts): number {
  return jumpedAt === null ? deadlineAt : Math.max(deadlineAt, jumpedAt + settings.settleWindowMs);
}

interface JumpFacts extends Pick<ClockHistory, 'jumpedAt'> {
  readonly settings: Pick<PolicySettings, 'settleWindowMs'>;
}

/**
 * The record with times that a right clock may have written. A call that ended in the future has ended by now, and a
 * deadline is at most a whole one away. The next decision writes these times, so that they stay.
 */
export function believable(
  refund: Refund,
  { now, settings }: { readonly now: number; readonly settings: Pick<PolicySettings, 'retryDeadlineMs'> },
): Refund {
  const deadlineAt = Math.min(refund.deadlineAt, now + settings.retryDeadlineMs);
  const last = refund.attempts.at(-1);
  if (last === undefined || endedBy(last) <= now) {
    return deadlineAt === refund.deadlineAt ? refund : { ...refund, deadlineAt };
  }
  const { outcome } = last;
  const ended =
    outcome === null ? { ...last, callUntil: now } : { ...last, outcome: { ...outcome, at: now } };
  return { ...refund, deadlineAt, attempts: [...refund.attempts.slice(0, -1), ended] };
}

function endedBy({ outcome, callUntil }: Refund['attempts'][number]): number {
  return outcome?.at ?? callUntil;
}
