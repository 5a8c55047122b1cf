// Refunds for the policies' tests: a valid one in each state, its attempts, and the situation it is decided in.
import type { PolicySettings } from '../../src/domain/decision.ts';
import type { ReceiptRow } from '../../src/domain/ledger.ts';
import {
  type Attempt,
  attemptSchema,
  type Cancel,
  type DeadLetter,
  deadLetterSchema,
  type ReceiptAccount,
  type Refund,
  refundSchema,
  type Totals,
} from '../../src/domain/refund.ts';
import { type CancelAnswer, type CancelReply, causeOf, type Receipt } from '../../src/domain/reply.ts';
import type { State } from '../../src/domain/states.ts';
import type { Situation } from '../../src/policies/decisions.ts';
import { cancelIdFor } from '../../src/policies/identity.ts';
import { receiptWith, seoul } from './receipts.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** A Friday morning, 19 days after the payment of `receiptWith()`. */
export const now = seoul('2026-11-20T10:00:00');

/** The defaults of `docs/design.md`, section 12. */
export const settings: PolicySettings = {
  retryMaxAttempts: 12,
  retryBaseMs: 30 * second,
  retryMaxMs: hour,
  retryDeadlineMs: 24 * hour,
  lookUpScheduleMs: [5 * second, 20 * second, minute, 3 * minute, 10 * minute, 30 * minute, hour],
  settleWindowMs: 10 * minute,
  callTimeoutMs: 65 * second,
};

export const full: Cancel = { kind: 'full', taxFreeWon: null };

export function partial(amountWon: number, taxFreeWon: number | null = null): Cancel {
  return { kind: 'partial', amountWon, taxFreeWon };
}

export function totals(totalWon = 0, settledWon = 0, taxFreeWon: number | null = 0): Totals {
  return { totalWon, taxFreeWon, settledWon, marks: 0 };
}

/** Names on the wire of the codes that the tests speak of by number. */
export const codes = {
  2000: 'RC_NOT_FOUND',
  2027: 'RC_ALREADY_CANCELLED',
  2028: 'RC_NOT_ABLE_CANCEL',
  2029: 'RC_CANCEL_ID_ALREADY_EXIST',
  2030: 'RC_PM_CANCEL_NOT_SUPPORT',
  2031: 'RC_PM_P_CANCEL_NOT_SUPPORT',
  2032: 'RC_CANCEL_SERVER_ERROR',
  2033: 'RC_CANCEL_METHOD_NOT_FOUND',
  2039: 'RC_NOT_ISSUED',
  2051: 'RC_CANCEL_PRICE_NOT_ZERO',
  2052: 'RC_CANCEL_PRICE_OVER',
  2053: 'RC_CANCEL_TAX_FREE_OVER',
  2086: 'RC_CANCEL_CRITICAL_ERROR',
} as const;

type Reply<Kind extends CancelReply['kind']> = Extract<CancelReply, { kind: Kind }>;

export const throttled = (retryAfterMs: number | null = null): Reply<'throttled'> => ({
  kind: 'throttled',
  retryAfterMs,
  httpStatus: 429,
});
export const unauthorized: Reply<'unauthorized'> = {
  kind: 'unauthorized',
  code: 'TOKEN_KEY_INVALID',
  httpStatus: 401,
};
export const notSent: Reply<'not_sent'> = { kind: 'not_sent', cause: 'ECONNREFUSED' };
export const noAnswer: Reply<'no_answer'> = { kind: 'no_answer', cause: 'timeout' };
export const unreadable: Reply<'unreadable'> = { kind: 'unreadable', cause: 'html', httpStatus: 502 };

export function refused(code: string, pgCode: string | null = null): Reply<'refused'> {
  return { kind: 'refused', code, pgCode, message: null, httpStatus: 400 };
}

export function accepted(answer: Partial<CancelAnswer> = {}): Reply<'accepted'> {
  const body = { priceWon: 10_000, cancelledWon: 10_000, cancelledTaxFreeWon: 0, ...answer };
  return { kind: 'accepted', httpStatus: 200, body };
}

/** What a past attempt came to; null: nothing was written, its process died. */
export type PastReply = CancelReply | null;

export function outcomeOf(reply: CancelReply, at: number): Attempt['outcome'] {
  return {
    reply: reply.kind,
    code: reply.kind === 'refused' || reply.kind === 'unauthorized' ? reply.code : null,
    pgCode: reply.kind === 'refused' ? reply.pgCode : null,
    httpStatus: 'httpStatus' in reply ? reply.httpStatus : null,
    ...('cause' in reply && reply.kind !== 'refused' && { cause: causeOf(reply) }),
    at,
    used: reply.kind === 'accepted' || (reply.kind === 'refused' && reply.code !== codes[2029]),
  };
}

export function attemptWith(changes: Partial<Attempt> = {}): Attempt {
  const { number = 1, generation = 1 } = changes;
  return attemptSchema.parse({
    number,
    folded: 0,
    revision: 1,
    generation,
    cancelId: generation === 1 ? 'order-1' : `order-1-g${generation}`,
    cancel: full,
    sentAt: now - minute,
    callUntil: now + 10 * second,
    totalsBefore: totals(),
    outcome: null,
    ...changes,
  });
}

export interface Past {
  readonly reply: PastReply;
  readonly generation?: number;
}

/** A refund with these attempts behind it, the last one answered (or given up on) at `endedAt`. */
export function refundAfter(
  past: readonly (PastReply | Past)[],
  changes: Partial<Refund> & { readonly endedAt?: number } = {},
): Refund {
  const { endedAt = now, ...rest } = changes;
  const cancel = rest.cancel ?? full;
  const totalsBefore = rest.totalsBefore ?? totals();
  const attempts = past.map((entry, index) => {
    const { reply, generation = 1 } = isPast(entry) ? entry : { reply: entry };
    const at = endedAt - (past.length - 1 - index) * hour;
    const outcome = reply === null ? null : outcomeOf(reply, at);
    // Answered within 2 s, or cut off at `call_until`.
    const sentAt = at - (reply === null ? 70 : 2) * second;
    const times = { sentAt, callUntil: sentAt + 70 * second };
    return attemptWith({ number: index + 1, generation, cancel, totalsBefore, outcome, ...times });
  });
  const used = attempts.filter(({ outcome }) => outcome?.used === true).length;
  const generation = attempts.at(-1)?.generation ?? 1;
  return refundWith({
    state: past.length === 0 ? 'queued' : 'waiting_retry',
    attempts,
    attemptsUsed: used,
    generation,
    totalsBefore: past.length === 0 ? null : totalsBefore,
    lastLookUp:
      past.length === 0
        ? null
        : { at: now, receipt: receiptWith(), settledWon: totalsBefore.settledWon, marks: totalsBefore.marks },
    ...rest,
  });
}

function isPast(entry: PastReply | Past): entry is Past {
  return entry !== null && 'reply' in entry;
}

export function refundWith(changes: Partial<Refund> = {}): Refund {
  return refundSchema.parse({
    schema: 1,
    refundId: 'rf_abcdefghijklmnopqrstuvwxyz',
    source: 'orders',
    eventId: 'event-1',
    orderId: 'order-1',
    receiptId: '6244f60c1fc19202e42e8c4e',
    firstCancelId: 'order-1',
    generation: 1,
    revision: 1,
    cancel: full,
    username: null,
    message: null,
    account: 'none',
    occurredAt: now - 2 * minute,
    acceptedAt: now - 2 * minute,
    refundBy: seoul('2026-11-25T23:59:59.999'),
    deadlineAt: now + 23 * hour,
    state: 'queued',
    version: 7,
    nextWakeUpAt: now,
    attemptsUsed: 0,
    bulk: false,
    acknowledged: false,
    totalsBefore: null,
    attempts: [],
    lastLookUp: null,
    staleSince: null,
    settledWon: null,
    deadLetter: null,
    resolution: null,
    customerNotice: null,
    ...changes,
  });
}

export function caseWith(changes: Partial<DeadLetter> = {}): DeadLetter {
  return deadLetterSchema.parse({
    case: 'bootpay_refused',
    code: codes[2028],
    pgCode: null,
    severity: 'warning',
    at: now,
    keepsLock: false,
    jobId: 'rf_abcdefghijklmnopqrstuvwxyz-7',
    ...changes,
  });
}

/** A case of 1,000 won whose last call ended at `now`. */
export function caseAfter(
  past: readonly (PastReply | Past)[],
  what: Partial<DeadLetter> = {},
  changes: Partial<Refund> = {},
): Refund {
  return refundAfter(past, {
    state: 'dead_lettered',
    cancel: partial(1_000),
    totalsBefore: totals(),
    deadLetter: caseWith(what),
    ...changes,
  });
}

/** A valid refund in any state, with the attempt that brought it there. */
export function refundIn(state: State, changes: Partial<Refund> = {}): Refund {
  switch (state) {
    case 'queued':
      return refundWith(changes);
    case 'waiting_retry':
      return refundAfter([refused(codes[2032])], changes);
    case 'sending':
      return refundAfter([null], { state, ...changes });
    case 'unknown':
      return refundAfter([noAnswer], { state, ...changes });
    case 'dead_lettered':
      return refundAfter([refused(codes[2028])], {
        state,
        nextWakeUpAt: null,
        deadLetter: caseWith(),
        ...changes,
      });
    case 'succeeded':
      return refundAfter([accepted()], { state, nextWakeUpAt: null, settledWon: 10_000, ...changes });
    case 'resolved':
      return refundAfter([refused(codes[2028])], {
        state,
        nextWakeUpAt: null,
        resolution: {
          outcome: 'refunded_by_hand',
          evidence: null,
          reason: 'paid by bank transfer',
          who: 'kim',
          at: now,
        },
        ...changes,
      });
  }
}

/** Of a receipt that nothing is known of. */
export const emptyAccount: ReceiptAccount = {
  highestWon: 0,
  settledWon: 0,
  marks: 0,
  openDrifts: 0,
  version: 0,
};

export function rowWith(changes: Partial<ReceiptRow> = {}): ReceiptRow {
  return {
    highestWon: 0,
    settledWon: 0,
    holder: null,
    marks: 0,
    openDrifts: 0,
    version: 1,
    below: null,
    about: null,
    waiting: [],
    waitingJobs: [],
    ...changes,
  };
}

export function situation(refund: Refund, changes: Partial<Omit<Situation, 'refund'>> = {}): Situation {
  const clock = { now, steadySince: now - 100 * 24 * hour, jumpedAt: null };
  return { refund, account: rowWith(), ...clock, chance: 0.5, settings, ...changes };
}

/** The same refund as a look-up has just shown its receipt. */
export function looked(refund: Refund, receipt: Partial<Receipt>, settledWon = 0): Refund {
  return { ...refund, lastLookUp: { at: now, receipt: receiptWith(receipt), settledWon, marks: 0 } };
}

/** A refund whose next attempt has just been written, and that attempt: what `decideReply` is asked with. */
export function sendingAfter(
  past: readonly (PastReply | Past)[],
  changes: Partial<Refund> = {},
): { readonly refund: Refund; readonly attempt: Attempt } {
  const before = refundAfter(past, { endedAt: now - hour, ...changes });
  const attempt = attemptWith({
    number: before.attempts.length + 1,
    generation: before.generation,
    cancelId: cancelIdFor(before.firstCancelId, before.generation),
    cancel: before.cancel,
    totalsBefore: before.totalsBefore ?? totals(),
    sentAt: now - 2 * second,
    callUntil: now + 68 * second,
  });
  const refund = {
    ...before,
    state: 'sending' as const,
    totalsBefore: before.totalsBefore ?? attempt.totalsBefore,
    attempts: [...before.attempts, attempt],
    lastLookUp: before.lastLookUp ?? { at: now, receipt: receiptWith(), settledWon: 0, marks: 0 },
  };
  return { refund, attempt };
}
