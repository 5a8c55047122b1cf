// Watches every write and every call as it happens: the rules that can be judged at once. Its record of what was
// written is its own, made from what the ledger confirmed.
import type { CancelRequest, Change, Committed } from '../src/domain/ports.ts';
import type { Attempt, Refund } from '../src/domain/refund.ts';
import { mayMove } from '../src/domain/states.ts';

export interface Watch {
  readonly violations: string[];
  /** The last confirmed version of each refund. */
  readonly records: Map<string, Refund>;
  /** When a person sent a refund back with an acknowledgement that its record carries. */
  readonly acknowledgedAt: Map<string, number[]>;
  /** Calls that left, by refund. */
  readonly calls: Map<string, number>;
  fail(what: string): void;
  accepted(refund: Refund): void;
  committed(change: Change, answer: Committed): void;
  calling(refundId: string, request: CancelRequest): void;
  /** Redis forgot: what was known then is what is known now. */
  snapshot(): () => void;
  readonly failedOver: boolean;
  /** Told of each new dead letter. */
  onDeadLetter: (refund: Refund) => void;
}

/** Between the write of an attempt and its call, ms (design.md, 5.7). */
const latestCallMs = 2_000;

export function createWatch(now: () => number, tell: (what: string) => void): Watch {
  const violations: string[] = [];
  const acknowledgedAt = new Map<string, number[]>();
  const records = new Map<string, Refund>();
  const calls = new Map<string, number>();
  const called = new Set<string>();
  /** Replayed refunds whose receipt was kept, with the look-up they had by then. */
  const openQuestions = new Map<string, number | null>();
  let failedOver = false;

  function fail(what: string): void {
    violations.push(what);
    tell(`VIOLATION ${what}`);
  }

  function committed(change: Change, answer: Committed): void {
    if (answer.kind !== 'done') return;
    const { refund } = change;
    const before = records.get(refund.refundId);
    if (before === undefined) {
      fail(`${refund.refundId} written without being accepted`);
      return;
    }
    records.set(refund.refundId, refund);
    if (before.state === 'dead_lettered' && refund.state === 'queued' && refund.acknowledged) {
      acknowledgedAt.set(refund.refundId, [...(acknowledgedAt.get(refund.refundId) ?? []), now()]);
    }
    checkMove(before, change);
    checkOpenQuestion(before, change);
    checkAttempts(before, refund);
    if (refund.state === 'sending') checkAlone(refund);
    checkGeneration(before, refund);
    if (refund.state === 'dead_lettered' && before.state !== 'dead_lettered') watch.onDeadLetter(refund);
  }

  /** A case that kept its receipt and was replayed keeps it until a look-up has shown what became of its call. */
  function checkOpenQuestion(before: Refund, { refund, hold }: Change): void {
    const { refundId, lastLookUp } = refund;
    if (before.state === 'dead_lettered' && refund.state === 'queued') {
      if (before.deadLetter?.keepsHold === true) openQuestions.set(refundId, lastLookUp?.at ?? null);
      return;
    }
    const asked = openQuestions.get(refundId);
    if (asked === undefined) return;
    const unanswered = (lastLookUp?.at ?? null) === asked;
    if (unanswered && hold === 'release') fail(`${refundId} lets go of its receipt with its question open`);
    if (!unanswered || refund.state !== 'queued') openQuestions.delete(refundId);
  }

  /** Versions grow by one, states only move by the table. A look-up may be attached to a case without a new version. */
  function checkMove(before: Refund, { refund, from }: Change): void {
    const { refundId, version, state, deadLetter } = refund;
    if (version === before.version) {
      if (!sameButForLookUp(before, refund)) fail(`${refundId} v${version} was written twice`);
      return;
    }
    if (version !== before.version + 1) fail(`${refundId} v${before.version} became v${version}`);
    if (from !== before.state) fail(`${refundId} left ${from} although it was ${before.state}`);
    if (!mayMove(before.state, state)) fail(`${refundId} moved ${before.state} to ${state}`);
    if (state === 'dead_lettered' && deadLetter === null) fail(`${refundId} has no case`);
  }

  /** At most one refund of a receipt is between its look-up before sending and a definite outcome. */
  function checkAlone({ refundId, receiptId }: Refund): void {
    for (const other of records.values()) {
      if (other.receiptId !== receiptId || other.refundId === refundId) continue;
      const holds = other.state === 'dead_lettered' && other.deadLetter?.keepsHold === true;
      if (other.state === 'sending' || other.state === 'unknown' || holds) {
        fail(`${refundId} is sent while ${other.eventId} is ${other.state} on the same receipt`);
      }
    }
  }

  /** Attempts are only added, and an outcome once written stays. */
  function checkAttempts(before: Refund, refund: Refund): void {
    for (const [index, old] of before.attempts.entries()) {
      const fresh = refund.attempts[index];
      if (fresh === undefined || !isSame(old, fresh)) {
        fail(`${refund.refundId} attempt ${old.number} was rewritten`);
      }
    }
    const added = refund.attempts.slice(before.attempts.length);
    if (added.length > 1 || (added.length === 1 && refund.state !== 'sending')) {
      fail(`${refund.refundId} attempts were added in ${refund.state}`);
    }
    if (added.length === 0 && refund.state === 'sending' && before.state !== 'sending') {
      fail(`${refund.refundId} is sending without an attempt`);
    }
  }

  /** A new cancel_id needs an answered refusal of the old one, or a person who acknowledged it. */
  function checkGeneration(before: Refund, refund: Refund): void {
    const ids = [...new Set(refund.attempts.map(({ generation, cancelId }) => `${generation} ${cancelId}`))];
    const generations = new Set(refund.attempts.map(({ generation }) => generation));
    if (ids.length !== generations.size) fail(`${refund.refundId} has two cancel_ids in one generation`);
    if (refund.generation === before.generation) return;
    const old = refund.attempts.filter(({ generation }) => generation === before.generation);
    const answered = old.some(
      ({ outcome }) => outcome?.reply === 'refused' && outcome.code !== 'RC_CANCEL_ID_ALREADY_EXIST',
    );
    if (refund.generation !== before.generation + 1 || !(answered || refund.acknowledged)) {
      fail(`${refund.refundId} changed its cancel_id without an answered refusal or an acknowledgement`);
    }
  }

  function calling(refundId: string, request: CancelRequest): void {
    calls.set(refundId, (calls.get(refundId) ?? 0) + 1);
    const record = records.get(refundId);
    const attempt = record?.attempts.at(-1);
    if (
      record === undefined ||
      attempt === undefined ||
      record.state !== 'sending' ||
      attempt.outcome !== null
    ) {
      if (!failedOver) fail(`${refundId} is called without an attempt on the record`);
      return;
    }
    if (attempt.cancelId !== request.cancelId) {
      fail(`${refundId} calls with ${request.cancelId}, its attempt says ${attempt.cancelId}`);
    }
    if (JSON.stringify(attempt.cancel) !== JSON.stringify(request.cancel)) {
      fail(`${refundId} calls for another amount than its attempt says`);
    }
    if (request.receiptId !== record.receiptId) fail(`${refundId} calls for another receipt`);
    const key = `${refundId} ${attempt.number}`;
    if (called.has(key) && !failedOver) fail(`${refundId} attempt ${attempt.number} is called twice`);
    called.add(key);
    const lateMs = now() - attempt.sentAt;
    if (lateMs > latestCallMs) fail(`${refundId} is called ${lateMs} ms after its attempt was written`);
  }

  const watch: Watch = {
    onDeadLetter: () => undefined,
    violations,
    records,
    acknowledgedAt,
    calls,
    fail,
    committed,
    calling,
    accepted: (refund) => void records.set(refund.refundId, refund),
    snapshot() {
      const kept = new Map(records);
      return () => {
        failedOver = true;
        records.clear();
        for (const [id, record] of kept) records.set(id, record);
      };
    },
    get failedOver() {
      return failedOver;
    },
  };
  return watch;
}

function isSame(old: Attempt, fresh: Attempt): boolean {
  const known = { ...fresh, outcome: old.outcome === null ? null : fresh.outcome };
  return JSON.stringify(known) === JSON.stringify(old);
}

function sameButForLookUp(before: Refund, refund: Refund): boolean {
  return JSON.stringify({ ...before, lastLookUp: null }) === JSON.stringify({ ...refund, lastLookUp: null });
}
