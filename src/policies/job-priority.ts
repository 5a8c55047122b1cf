// The order of the queue as BullMQ priorities (lower first). Every job has one: a job without would overtake all others.
import type { State } from '../domain/states.ts';

const lookUpOfUnknown = 1;
const dueRetry = 2;
const firstFresh = 10;
const lastFresh = 1_999_999;
const bulkReplay = 2_000_000; // BullMQ's limit is 2,097,152

const epoch = Date.UTC(2026, 0, 1);
const hourMs = 60 * 60 * 1000;

interface JobPriorityFacts {
  readonly state: State;
  readonly refundBy: number;
  readonly bulk: boolean;
}

export function jobPriority({ state, refundBy, bulk }: JobPriorityFacts): number {
  // An unclear outcome comes first, also one that a bulk replay left.
  if (state === 'unknown' || state === 'sending') return lookUpOfUnknown;
  // A bulk replay stays behind fresh refunds when it has to retry, or a thousand of them would overtake all others.
  if (bulk) return bulkReplay;
  if (state === 'waiting_retry') return dueRetry;
  return freshByLegalClock(refundBy);
}

function freshByLegalClock(refundBy: number): number {
  const hours = Math.floor((refundBy - epoch) / hourMs);
  return Math.min(Math.max(firstFresh + hours, firstFresh), lastFresh);
}
