// A second reading of design.md, sections 2 and 6: what totals prove about a refund and what a reply means. It imports
// types only: a mistake in `src` must not be repeated here by calling it.
import type { Attempt, Cancel, Refund, Totals } from '../src/domain/refund.ts';
import type { CancelReply, Receipt } from '../src/domain/reply.ts';

/** What our ledger has to know of a receipt, added up from what it confirmed. In won. */
export interface Known {
  readonly settledWon: number;
  readonly highestWon: number;
  /** How often a case was closed, or passed over, with money that may be in the totals and is not counted. */
  readonly marks: number;
  readonly openDrifts: number;
  /** Another number after each attempt on the receipt, and after each change of the others. */
  readonly change: number;
}

export type Shown = 'stale' | 'zero' | 'landed' | 'neither';

export interface Reading {
  readonly shown: Shown;
  readonly wonSince: number;
  /** `landed` only: the attempt that asked for just that; null: no attempt of ours. */
  readonly attempt: Attempt | null;
}

function grownWon(totalsBefore: Totals, receipt: Receipt, settledWon: number): number {
  return receipt.cancelledWon - totalsBefore.totalWon - (settledWon - totalsBefore.settledWon);
}

/** What a look-up says about the attempts of one refund. Nothing has grown for one that was never tried. */
export function shownBy(
  { attempts, totalsBefore }: Pick<Refund, 'attempts' | 'totalsBefore'>,
  receipt: Receipt,
  known: Known,
): Reading {
  if (isOld(receipt, known)) return { shown: 'stale', wonSince: 0, attempt: null };
  if (totalsBefore === null || attempts.length === 0) return { shown: 'zero', wonSince: 0, attempt: null };
  const latestFirst = attempts.toReversed();
  const likeliestFirst = [
    ...latestFirst.filter(isOpenQuestion),
    ...latestFirst.filter((attempt) => !isOpenQuestion(attempt)),
  ];
  const kind = provedBy(totalsBefore, receipt, known);
  const wonSince = grownWon(totalsBefore, receipt, known.settledWon);
  if (kind !== null) return { shown: kind, wonSince, attempt: null };
  const attempt = likeliestFirst.find(({ cancel }) => isAskedFor(cancel, receipt, wonSince)) ?? null;
  return { shown: attempt === null ? 'neither' : 'landed', wonSince, attempt };
}

/** A refund that was never tried, measured from the look-up that stopped it. */
export function shownUntried({ cancel, lastLookUp }: Refund, receipt: Receipt, known: Known): Reading {
  if (isOld(receipt, known)) return { shown: 'stale', wonSince: 0, attempt: null };
  if (lastLookUp === null) return { shown: 'neither', wonSince: 0, attempt: null };
  const from = startOf(lastLookUp);
  const wonSince = grownWon(from, receipt, known.settledWon);
  const asked = isAskedFor(cancel, receipt, wonSince) ? 'landed' : 'neither';
  return { shown: provedBy(from, receipt, known) ?? asked, wonSince, attempt: null };
}

export function startOf({ receipt, settledWon, marks }: NonNullable<Refund['lastLookUp']>): Totals {
  return { totalWon: receipt.cancelledWon, taxFreeWon: receipt.cancelledTaxFreeWon, settledWon, marks };
}

/** What the numbers say whatever was asked for; null: it depends on that. */
function provedBy(totalsBefore: Totals, receipt: Receipt, known: Known): 'zero' | 'neither' | null {
  if (known.openDrifts > 0 || known.settledWon < totalsBefore.settledWon) return 'neither';
  if (grownWon(totalsBefore, receipt, known.settledWon) === 0) return 'zero';
  return known.marks > totalsBefore.marks ? 'neither' : null;
}

function isAskedFor(cancel: Cancel, receipt: Receipt, wonSince: number): boolean {
  if (cancel.kind === 'partial') return wonSince === cancel.amountWon;
  return wonSince > 0 && receipt.cancelledWon === receipt.priceWon;
}

/** May the machine call it the refund's own money? It went by an open question that asked for what the refund asks for. */
export function isItsOwn({ shown, attempt }: Reading, { cancel }: Pick<Refund, 'cancel'>): boolean {
  return (
    shown === 'landed' && attempt !== null && isOpenQuestion(attempt) && sameAmount(attempt.cancel, cancel)
  );
}

function sameAmount(one: Cancel, other: Cancel): boolean {
  if (one.kind === 'full' || other.kind === 'full') return one.kind === other.kind;
  return one.amountWon === other.amountWon;
}

/** To the case of a drift its own one is no riddle. */
export function withoutOwnDrift(known: Known, { deadLetter }: Pick<Refund, 'deadLetter'>): Known {
  if (deadLetter?.case !== 'drift') return known;
  return { ...known, openDrifts: Math.max(known.openDrifts - 1, 0) };
}

export function isOld({ cancelledWon }: Receipt, known: Known): boolean {
  return cancelledWon < known.highestWon;
}

export function sameStart(one: Totals | null, other: Totals | null): boolean {
  if (one === null || other === null) return one === other;
  const numbers = ({ totalWon, taxFreeWon, settledWon, marks }: Totals) =>
    [totalWon, taxFreeWon, settledWon, marks].join(' ');
  return numbers(one) === numbers(other);
}

/** What a 2xx says that this attempt moved; null: amounts are missing or say something else. */
export function answeredWon({ cancel, totalsBefore }: Attempt, reply: CancelReply): number | null {
  if (reply.kind !== 'accepted' || reply.body.cancelledWon === null) return null;
  const { priceWon, cancelledWon, cancelledTaxFreeWon } = reply.body;
  const wonSince = cancelledWon - totalsBefore.totalWon;
  const right =
    cancel.kind === 'partial' ? wonSince === cancel.amountWon : cancelledWon === priceWon && wonSince > 0;
  if (cancel.taxFreeWon === null || cancelledTaxFreeWon === null || totalsBefore.taxFreeWon === null)
    return right ? wonSince : null;
  return right && cancelledTaxFreeWon - totalsBefore.taxFreeWon === cancel.taxFreeWon ? wonSince : null;
}

type Meaning = 'may_pass' | 'look_first' | 'id_taken' | 'critical' | 'unlisted' | 'final';

const meanings: Readonly<Record<string, Meaning>> = {
  RC_CANCEL_SERVER_ERROR: 'may_pass',
  RC_ALREADY_CANCELLED: 'look_first',
  RC_CANCEL_PRICE_OVER: 'look_first',
  RC_CANCEL_TAX_FREE_OVER: 'look_first',
  RC_CANCEL_ID_ALREADY_EXIST: 'id_taken',
  RC_CANCEL_CRITICAL_ERROR: 'critical',
  RC_CANCEL_METHOD_NOT_FOUND: 'final',
  RC_CANCEL_FAILED: 'final',
  RC_PM_P_CANCEL_NOT_SUPPORT: 'final',
  RC_NOT_FOUND: 'final',
  TOKEN_KEY_INVALID: 'final',
};

/** Behind 2032, as the gateway double says them; the same digits say nothing at another PG. */
const nicepayMeanings: Readonly<Record<string, Meaning>> = { '2015': 'look_first', '2026': 'final' };

export function meaningOf(code: string, pgCode: string | null, pg: string | null): Meaning {
  const meaning = meanings[code] ?? 'unlisted';
  if (meaning !== 'may_pass' || pg !== '나이스페이먼츠') return meaning;
  return nicepayMeanings[pgCode ?? ''] ?? meaning;
}

/** Answered with a code that says that nothing moved. */
export function isRefused({ outcome }: Attempt): boolean {
  if (outcome?.reply !== 'refused' || outcome.code === null) return false;
  return !['id_taken', 'critical', 'unlisted'].includes(meaningOf(outcome.code, null, null));
}

/** May it have moved money without our knowing? */
export function isOpenQuestion(attempt: Attempt): boolean {
  const reply = attempt.outcome?.reply;
  if (reply === 'refused') return !isRefused(attempt);
  return reply !== 'throttled' && reply !== 'unauthorized' && reply !== 'not_sent';
}

/** Does it count against the attempts? Only what Bootpay answered does. */
export function isUsed({ outcome }: Attempt): boolean {
  if (outcome?.reply === 'refused') return meaningOf(outcome.code ?? '', null, null) !== 'id_taken';
  return outcome?.reply === 'accepted';
}

/** Names one try of a refund: one that took the place of another has its number. */
export function tryOf({ refundId, attempts }: Pick<Refund, 'refundId' | 'attempts'>): string {
  return nameOfTry(refundId, attempts.at(-1));
}

export function nameOfTry(refundId: string, attempt: Attempt | undefined): string {
  return `${refundId} ${attempt?.number ?? 0}.${attempt?.folded ?? 0}`;
}

/**
 * The attempt that was given up as lost, or that a failover took off the record, and whose reply was heard after all;
 * null: no outcome has changed.
 */
export function heardLate(before: Refund, { attempts }: Refund): Attempt | null {
  const late = attempts.find(({ outcome }, index) => {
    const old = before.attempts[index];
    const wasLost = old === undefined || old.outcome?.reply === 'no_answer';
    return wasLost && (outcome?.reply === 'refused' || outcome?.reply === 'accepted');
  });
  return late ?? null;
}

/** Three replies stop a refund whenever they are heard: the money may have moved, and the machine must not send again. */
export function stops({ outcome }: Attempt): boolean {
  if (outcome?.reply !== 'refused') return outcome?.reply === 'accepted';
  return ['critical', 'unlisted'].includes(meaningOf(outcome.code ?? '', null, null));
}

/** May the next try take the place of the last one? It was surely not sent, or is one of several turned away. */
export function isFolded({ attempts, generation }: Pick<Refund, 'attempts' | 'generation'>): boolean {
  const [before, last] = [attempts.at(-2), attempts.at(-1)];
  if (last === undefined || last.generation !== generation) return false;
  if (last.outcome?.reply === 'not_sent') return true;
  const turnedAway = ({ outcome }: Attempt) =>
    outcome?.reply === 'throttled' || outcome?.reply === 'unauthorized';
  return before?.generation === generation && turnedAway(before) && turnedAway(last);
}

export function sameCancel(one: Cancel, other: Cancel): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
