// How activations end: what one heard too late is evidence, and no job is given up while its refund is open.
import type { Attempt, Refund } from '../src/domain/refund.ts';
import type { Transition } from '../src/domain/transition.ts';
import { stops } from './reading.ts';
import type { Actor } from './scheduler.ts';

export interface Endings {
  /** The reply to its own call. */
  heard(actor: Actor): void;
  /** Another writer had written the outcome of its call. */
  overtaken(actor: Actor, before: Refund, change: Transition): void;
  noted(actor: Actor): void;
  replayed(refundId: string, at: number): void;
  /** It says to the queue how it ended. */
  ended(actor: Actor, record: Refund, how: { readonly kind: string; readonly startedAt: number }): void;
}

interface Late {
  readonly found: Refund;
  readonly attempt: Attempt;
  readonly contradicts: boolean;
}

const waits = ['queued', 'waiting_retry', 'unknown'];

export function createEndings(fail: (what: string) => void): Endings {
  const answered = new WeakSet<Actor>();
  const late = new WeakMap<Actor, Late>();
  const notes = new WeakSet<Actor>();
  const replayedAt = new Map<string, number>();

  /** Kept as evidence, and a case where it speaks against how the refund ended. */
  function checkLate(record: Refund, { found, attempt, contradicts }: Late, noted: boolean): void {
    const { number, outcome } = attempt;
    const written = record.attempts.find((one) => one.number === number)?.outcome;
    const own = written?.at === outcome?.at;
    if (!own && !noted) fail(`${record.refundId} loses the late reply to attempt ${number}`);
    if (contradicts && record.version === found.version) {
      fail(`${record.refundId} stays ${record.state} although attempt ${number} was heard late`);
    }
    const isOnRecord = record.attempts.some((one) => one.number === number && one.sentAt === attempt.sentAt);
    const goesOn = waits.includes(record.state) && !own;
    if (stops(attempt) && isOnRecord && goesOn && written?.reply !== outcome?.reply) {
      fail(`${record.refundId} goes on as ${record.state} although ${outcome?.reply} was heard late`);
    }
  }

  return {
    heard: (actor) => void answered.add(actor),
    overtaken(actor, found, { refund, from }) {
      const attempt = refund.attempts.at(-1);
      if (from !== 'sending' || !answered.has(actor) || attempt === undefined) return;
      const contradicts = stops(attempt) && speaksAgainst(found, attempt);
      late.set(actor, { found, attempt, contradicts });
    },
    noted: (actor) => void notes.add(actor),
    replayed: (refundId, at) => void replayedAt.set(refundId, at),
    ended(actor, record, { kind, startedAt }) {
      const own = late.get(actor);
      if (own !== undefined) checkLate(record, own, notes.has(actor));
      const { refundId, state, nextWakeUpAt } = record;
      const since = (replayedAt.get(refundId) ?? 0) < startedAt;
      if (kind === 'done' && nextWakeUpAt !== null && since)
        fail(`${refundId} is ${state}, and its job ends`);
    },
  };
}

/** Closed by a person, or paid by another attempt. */
function speaksAgainst(found: Refund, { number }: Attempt): boolean {
  if (found.state === 'resolved') return true;
  // After money was taken back there may be several.
  const paid = found.attempts.filter(({ outcome }) => outcome?.reply === 'accepted');
  return found.state === 'succeeded' && paid.length > 0 && paid.every((other) => other.number !== number);
}
