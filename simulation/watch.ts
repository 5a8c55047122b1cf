// Watches every write and every call as it happens: the rules that can be judged at once. Its record of what was
// written is its own, made from what the ledger confirmed.
import { isDeepStrictEqual } from 'node:util';
import type { CancelRequest } from '../src/domain/gateway.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { CancelReply } from '../src/domain/reply.ts';
import type { CommitResult, Transition } from '../src/domain/transition.ts';
import { type Books, createBooks } from './books.ts';
import { createEndings, type Endings } from './endings.ts';
import { createLiveJobs, type LiveJobs } from './live-jobs.ts';
import { createOrders, type Orders } from './orders.ts';
import { isOpenQuestion, tryOf } from './reading.ts';
import { everyRecord } from './record-rules.ts';
import { createReferee, type Referee, type RefereeDeps } from './referee.ts';
import type { Actor } from './scheduler.ts';
import { createTraces, type Traces } from './traces.ts';

export interface Watch {
  readonly violations: string[];
  /** The last confirmed version of each refund. */
  readonly records: Map<string, Refund>;
  readonly traces: Traces;
  readonly liveJobs: LiveJobs;
  /** Calls that left, by refund. */
  readonly calls: Map<string, number>;
  fail(what: string): void;
  readonly referee: Referee;
  readonly orders: Orders;
  readonly books: Books;
  /** What outside programs have to have been told. */
  readonly told: readonly { readonly refundId: string; readonly version: number; readonly type: string }[];
  accepted(actor: Actor, refund: Refund): void;
  committed(actor: Actor, change: Transition, answer: CommitResult): void;
  /** Answers the name of the try; null: there is none. */
  calling(refundId: string, request: CancelRequest): string | null;
  heard(actor: Actor, call: { readonly attempt: string | null }, reply: CancelReply): void;
  noted(actor: Actor): void;
  /** An activation has come to its end, and says so to the queue. */
  ended(actor: Actor, refundId: string, how: { readonly kind: string; readonly startedAt: number }): void;
  /** Redis forgot: what was known then is what is known now. */
  snapshot(): () => void;
  readonly failedOver: boolean;
  /** Called for each confirmed write. */
  onMove: (before: Refund, change: Transition) => void;
}

/** Between the write of an attempt and its call, ms (design.md, 5.7). */
const latestCallMs = 2_000;

interface WatchDeps extends Omit<RefereeDeps, 'fail' | 'record'> {
  readonly tell: (what: string) => void;
}

export function createWatch({ tell, ...deps }: WatchDeps): Watch {
  const violations: string[] = [];
  const records = new Map<string, Refund>();
  const calls = new Map<string, number>();
  const called = new Set<string>();
  /** Replayed refunds whose receipt was kept, with the look-up they had by then. */
  const openQuestions = new Map<string, number | null>();
  /** Of cases with evidence attached: the record as it was read by then, and may still be acted on. */
  const beforeEvidence = new Map<string, Refund>();
  const told: { refundId: string; version: number; type: string }[] = [];
  let failedOver = false;
  const { now, settings } = deps;
  const referee = createReferee({ ...deps, fail, record: (refundId) => records.get(refundId) });
  const orders = createOrders(settings.retryDeadlineMs, fail);
  const endings = createEndings(fail);
  const books = createBooks();
  const traces = createTraces(now);
  const liveJobs = createLiveJobs((what) => !failedOver && fail(what));

  function fail(what: string): void {
    violations.push(what);
    tell(`VIOLATION ${what}`);
  }

  function committed(actor: Actor, change: Transition, answer: CommitResult): void {
    const { refund } = change;
    const { refundId } = refund;
    const before = records.get(refundId);
    if (answer.kind === 'moved' && before !== undefined && !failedOver) {
      endings.overtaken(actor, before, change);
    }
    if (answer.kind !== 'done') {
      referee.answered(actor, change, answer);
      return;
    }
    if (before === undefined) {
      fail(`${refundId} written without being accepted`);
      return;
    }
    records.set(refundId, refund);
    books.moved(before, change);
    referee.judge(actor, { before: readBy(before, refund), change, called: called.has(tryOf(refund)) });
    if (refund.version === before.version) beforeEvidence.set(refundId, before);
    referee.answered(actor, change, answer);
    if (change.event !== null) told.push({ refundId, version: refund.version, type: change.event });
    if (before.state === 'dead_lettered' && refund.state === 'queued') replayed(actor, before, change);
    for (const wrong of everyRecord(before, change)) fail(`${refundId} ${wrong}`);
    checkOpenQuestion(before, change);
    if (refund.state === 'sending') checkAlone(refund);
    traces.moved(before, refund);
    if (refund.nextWakeUpAt === null) liveJobs.rests(refundId);
    watch.onMove(before, change);
  }

  /** A person whose process stood still acts on the case without the evidence that was attached meanwhile. */
  function readBy(before: Refund, { lastLookUp }: Refund): Refund {
    const earlier = beforeEvidence.get(before.refundId);
    const isEarlier =
      earlier?.version === before.version && isDeepStrictEqual(lastLookUp, earlier.lastLookUp);
    return isEarlier ? { ...before, lastLookUp } : before;
  }

  function replayed(actor: Actor, before: Refund, change: Transition): void {
    endings.replayed(change.refund.refundId, now());
    orders.replayed(actor, before, change);
  }

  function ended(actor: Actor, refundId: string, how: Parameters<Endings['ended']>[2]): void {
    const record = records.get(refundId);
    if (record !== undefined && !failedOver) endings.ended(actor, record, how);
  }

  /** A case that kept its receipt and was replayed keeps it until a look-up has shown what became of its call. */
  function checkOpenQuestion(before: Refund, { refund, lock }: Transition): void {
    const { refundId, lastLookUp } = refund;
    if (before.state === 'dead_lettered' && refund.state === 'queued') {
      const open = before.attempts.some(isOpenQuestion);
      if (open && before.deadLetter?.keepsLock === true) openQuestions.set(refundId, lastLookUp?.at ?? null);
      return;
    }
    const asked = openQuestions.get(refundId);
    if (asked === undefined) return;
    const unanswered = (lastLookUp?.at ?? null) === asked;
    if (unanswered && lock === 'release') fail(`${refundId} lets go of its receipt with its question open`);
    if (!unanswered || refund.state !== 'queued') openQuestions.delete(refundId);
  }

  /** At most one refund of a receipt is between its look-up before sending and a definite outcome. */
  function checkAlone({ refundId, receiptId }: Refund): void {
    for (const other of records.values()) {
      if (other.receiptId !== receiptId || other.refundId === refundId) continue;
      const holds = other.state === 'dead_lettered' && other.deadLetter?.keepsLock === true;
      if (other.state === 'sending' || other.state === 'unknown' || holds) {
        fail(`${refundId} is sent while ${other.eventId} is ${other.state} on the same receipt`);
      }
    }
  }

  function calling(refundId: string, request: CancelRequest): string | null {
    orders.called(refundId, request, records.get(refundId)?.lastLookUp?.receipt.method ?? null);
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
      return null;
    }
    if (attempt.cancelId !== request.cancelId) {
      fail(`${refundId} calls with ${request.cancelId}, its attempt says ${attempt.cancelId}`);
    }
    if (JSON.stringify(attempt.cancel) !== JSON.stringify(request.cancel)) {
      fail(`${refundId} calls for another amount than its attempt says`);
    }
    if (request.receiptId !== record.receiptId) fail(`${refundId} calls for another receipt`);
    const key = tryOf(record);
    if (called.has(key) && !failedOver) fail(`${refundId} attempt ${attempt.number} is called twice`);
    called.add(key);
    const lateMs = now() - attempt.sentAt;
    if (lateMs > latestCallMs) fail(`${refundId} is called ${lateMs} ms after its attempt was written`);
    return key;
  }

  const watch: Watch = {
    onMove: () => undefined,
    traces,
    liveJobs,
    violations,
    records,
    calls,
    fail,
    committed,
    calling,
    referee,
    orders,
    books,
    told,
    ended,
    noted: endings.noted,
    heard(actor, { attempt }, reply) {
      endings.heard(actor);
      if (attempt !== null) referee.heard(attempt, reply);
    },
    accepted(actor, refund) {
      records.set(refund.refundId, refund);
      books.accepted(refund);
      orders.stored(actor, refund);
    },
    snapshot() {
      const kept = new Map(records);
      const rollBack = [referee.snapshot(), orders.snapshot(), books.snapshot()];
      return () => {
        failedOver = true;
        for (const one of rollBack) one();
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
