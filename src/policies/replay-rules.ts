// What a person may do with a case, and when: the guards of replay and resolve (docs/design.md, section 8). Pure.
import type { PolicySettings } from '../domain/decision.ts';
import type { Attempt, ReceiptAccount, Refund, ResolveOutcome, Totals } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { isEnded } from '../domain/states.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import {
  type Growth,
  growthOf,
  isStale,
  lacksDefiniteAnswer,
  type RefundGrowth,
  refundGrowth,
  unknownSince,
} from './growth.ts';
import { windowStartForPeople } from './steady-clock.ts';

export interface ReplayChoice {
  readonly newGeneration: boolean;
  readonly acknowledge: boolean;
  readonly cancel?: Refund['cancel'];
}

/** Why a rule forbids it. `rule` is a stable name for machines; the rest are the facts that a person has to know. */
export type Refusal =
  /** ms; from then on the rule no longer refuses. */
  | { readonly rule: 'settle_window'; readonly notBefore: number }
  | { readonly rule: 'landed' | 'growth' | 'newer_version' }
  /** `field`: of the request, as the outside interface names it. Amounts in won. */
  | { readonly rule: 'over_remaining'; readonly field: 'cancel_price'; readonly remainingWon: number }
  | {
      readonly rule: 'tax_free_over';
      readonly field: 'cancel_tax_free';
      readonly amountWon: number;
      readonly taxFreeWon: number;
    }
  /** `shown`: the receipt of the last look-up. */
  | { readonly rule: 'new_generation' | 'acknowledge'; readonly shown: Receipt | null }
  /** The stored record cannot be read: no replay, and no resolve without an acknowledgement (`resolves`). */
  | { readonly rule: 'unreadable'; readonly resolves: UnreadRefund | null };

export interface CaseFacts {
  readonly refund: Refund;
  readonly account: ReceiptAccount;
  readonly now: number;
  /** The last step of the clock that any process noticed; null: none. */
  readonly jumpedAt: number | null;
  readonly settings: PolicySettings;
}

/** Whether the last look-up shows that this refund's money went back. */
export function landedByLastLookUp({ refund, account }: Pick<CaseFacts, 'refund' | 'account'>): boolean {
  return growthByLastLookUp({ refund, account })?.kind === 'landed';
}

/** null: no attempt, no look-up, or a stale one. */
function growthByLastLookUp({ refund, account }: Pick<CaseFacts, 'refund' | 'account'>): RefundGrowth | null {
  const { lastLookUp } = refund;
  if (lastLookUp === null || isStale(lastLookUp.receipt, account)) return null;
  const { receipt, settledWon, marks } = lastLookUp;
  return refundGrowth(refund, {
    receipt,
    account: { settledWon, marks, openDrifts: otherDrifts(refund, account) },
  });
}

/** Open drifts of other refunds: a drift's own case does not speak against what a look-up shows now. */
function otherDrifts(refund: Refund, { openDrifts }: Pick<ReceiptAccount, 'openDrifts'>): number {
  return isOpenDrift(refund) ? Math.max(openDrifts - 1, 0) : openDrifts;
}

function isOpenDrift({ deadLetter }: Refund): boolean {
  return deadLetter?.case === 'drift';
}

/** What closing a case means for the money on its receipt. */
export interface ResolveEffect {
  /** Added to what counts as settled, won. */
  readonly settledWon: number;
  /** Through an attempt of ours: the refund has succeeded if the person says that the money went back. */
  readonly throughUs: boolean;
  /** Money of this refund may be in the receipt's totals, and it is not counted. */
  readonly marks: boolean;
}

/** The look-up made for a resolve. */
export interface ResolveLookUp {
  readonly receipt: Receipt;
  /**
   * Another refund of the receipt may have been paid as well, and is not closed yet: the money could be that refund's.
   */
  readonly contested: boolean;
}

/** Whether this refund, not closed yet, may have been paid by a call without a definite answer. */
export function contests({ state, attempts }: Refund): boolean {
  return !isEnded(state) && attempts.some(lacksDefiniteAnswer);
}

/**
 * Money that went back through an attempt of ours is counted whatever the outcome given: it must not pass for another
 * refund's. So is money that went back although every attempt was refused, unless it may be another refund's and the
 * person does not resolve this one as already_refunded. All else that may be in the totals uncounted marks the receipt.
 * @param facts with the refund as it was before this look-up.
 * @param looked null: there is no usable look-up.
 */
export function effectOfResolve(
  { refund, account }: Pick<CaseFacts, 'refund' | 'account'>,
  looked: ResolveLookUp | null,
  outcome: ResolveOutcome,
): ResolveEffect {
  const growth = looked === null ? null : growthAtResolve(refund, looked.receipt, account);
  const mayHavePaid = refund.attempts.some(lacksDefiniteAnswer);
  const throughUs =
    growth?.kind === 'landed' && growth.attempt !== null && lacksDefiniteAnswer(growth.attempt);
  const isOurs = growth?.kind === 'landed' && growth.attempt !== null && looked?.contested === false;
  const counts = growth?.kind === 'landed' && (throughUs || isOurs || outcome === 'already_refunded');
  if (counts) return { settledWon: growth.amountWon, throughUs, marks: false };
  if (isOpenDrift(refund)) return { settledWon: 0, throughUs: false, marks: true };
  const nothingToCount = outcome === 'not_to_be_refunded' && (growth?.kind === 'zero' || !mayHavePaid);
  return { settledWon: 0, throughUs: false, marks: !nothingToCount };
}

type GrowthAtResolve =
  | Exclude<Growth, { kind: 'landed' }>
  | { readonly kind: 'landed'; readonly amountWon: number; readonly attempt: Attempt | null };

/** A refund that was never sent is measured from the look-up that stopped it. */
function growthAtResolve(refund: Refund, receipt: Receipt, account: ReceiptAccount): GrowthAtResolve | null {
  const shown = { receipt, account: { ...account, openDrifts: otherDrifts(refund, account) } };
  if (refund.attempts.length > 0) return refundGrowth(refund, shown);
  const from = totalsOfLastLookUp(refund);
  if (from === null) return null;
  const growth = growthOf(refund.cancel, from, shown);
  return growth.kind === 'landed' ? { ...growth, attempt: null } : growth;
}

/** The receipt's totals as the last look-up showed them. */
export function totalsOfLastLookUp({ lastLookUp }: Pick<Refund, 'lastLookUp'>): Totals | null {
  if (lastLookUp === null) return null;
  const { receipt, settledWon, marks } = lastLookUp;
  return { totalWon: receipt.cancelledWon, taxFreeWon: receipt.cancelledTaxFreeWon, settledWon, marks };
}

/** null: allowed. The worker looks the receipt up before it sends, in any case. */
export function replayRefusal(facts: CaseFacts, wish: ReplayChoice): Refusal | null {
  return (
    tooEarly(facts) ??
    editRefusal(facts.refund, wish) ??
    generationRefusal(facts, wish) ??
    acknowledgementRefusal(facts.refund, wish)
  );
}

/** Rules that this replay passes over by its acknowledgement alone. */
export function passedOver(facts: CaseFacts, wish: ReplayChoice): ('new_generation' | 'acknowledge')[] {
  if (!wish.acknowledge) return [];
  const plain = { ...wish, acknowledge: false };
  const refusals = [generationRefusal(facts, plain), acknowledgementRefusal(facts.refund, plain)];
  return refusals.flatMap((refusal) =>
    refusal?.rule === 'new_generation' || refusal?.rule === 'acknowledge' ? [refusal.rule] : [],
  );
}

/** null: allowed. `landed` is what the look-up made for this very resolve shows. */
export function resolveRefusal(
  facts: CaseFacts,
  wish: { readonly outcome: ResolveOutcome; readonly acknowledge: boolean; readonly landed: boolean },
): Refusal | null {
  const early = wish.landed ? null : tooEarly(facts);
  if (early !== null) return early;
  if (wish.landed && wish.outcome !== 'already_refunded' && !wish.acknowledge) {
    return { rule: 'landed' };
  }
  return null;
}

/** Cases that a bulk replay leaves to a person: outcome unclear, or severity critical. */
export function needsAcknowledgement(refund: Refund): boolean {
  return (
    refund.deadLetter?.severity === 'critical' ||
    refund.deadLetter?.case === 'outcome_unknown' ||
    refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST'
  );
}

/** Bootpay was asked, and has no such payment for this shop. */
export function isNotThere({ deadLetter, lastLookUp }: Pick<Refund, 'deadLetter' | 'lastLookUp'>): boolean {
  // The latter where another project has it.
  const codes: readonly (string | null)[] = ['RC_NOT_FOUND', 'TOKEN_KEY_INVALID'];
  return lastLookUp === null && deadLetter !== null && codes.includes(deadLetter.code);
}

/**
 * An acknowledged replay starts from the total that the person was shown; a plain one keeps the first attempt's.
 * `marks`: from then on the receipt holds money that nothing accounts for, because the new start passes over it or a
 * drift is closed.
 */
export function totalsAfterReplay(
  facts: Pick<CaseFacts, 'refund' | 'account'>,
  wish: Pick<ReplayChoice, 'acknowledge'>,
): { readonly totalsBefore: Totals | null; readonly marks: boolean } {
  const { refund, account } = facts;
  const { lastLookUp, totalsBefore } = refund;
  const closesDrift = isOpenDrift(refund);
  const kept = { totalsBefore, marks: closesDrift };
  if (!wish.acknowledge || lastLookUp === null || totalsBefore === null) return kept;
  // Stale: what it does not show yet would look like growth, and the replay would be settled by other money.
  if (isStale(lastLookUp.receipt, account)) return kept;
  const growth = growthByLastLookUp(facts);
  // What landed must stay visible as growth, or the replay would send it a second time.
  if (growth?.kind === 'landed') return kept;
  // What had been settled when that total was shown: money of ours that came later must not look like growth.
  const start = totalsOfLastLookUp(refund);
  const marks = closesDrift || growth?.kind === 'neither';
  // The mark is this replay's own, unless there is one already that the person was not shown.
  const own = marks && lastLookUp.marks === account.marks ? 1 : 0;
  return { totalsBefore: start === null ? null : { ...start, marks: start.marks + own }, marks };
}

/** The actions that make sense now, by name. */
export function actionsFor(facts: CaseFacts): string[] {
  const actions: string[] = [];
  const { refund } = facts;
  if (refund.deadLetter === null) return actions;
  const acknowledge = needsAcknowledgement(refund);
  if (replayRefusal(facts, { newGeneration: false, acknowledge }) === null) actions.push('replay');
  if (replayRefusal(facts, { newGeneration: true, acknowledge }) === null)
    actions.push('replay_new_generation');
  if (refund.cancel.kind === 'partial' && actions.includes('replay')) actions.push('replay_full');
  if (tooEarly(facts) === null) actions.push('resolve');
  return actions;
}

/** While a call without an answer may still land, no action is allowed: the settle window has to end first. */
function tooEarly(facts: CaseFacts): Refusal | null {
  const { refund, now, jumpedAt, settings } = facts;
  const last = refund.attempts.at(-1);
  const since = unknownSince(refund);
  if (last === undefined || since === null || !lacksDefiniteAnswer(last) || landedByLastLookUp(facts))
    return null;
  const { settleWindowMs } = settings;
  return settleWindowRefusal(since, { now, jumpedAt, settleWindowMs });
}

/** null: the settle window of a call that ended at `since` is over. */
export function settleWindowRefusal(
  since: number,
  {
    now,
    jumpedAt,
    settleWindowMs,
  }: { readonly now: number; readonly jumpedAt: number | null; readonly settleWindowMs: number },
): Refusal | null {
  const notBefore = windowStartForPeople(since, { now, jumpedAt }) + settleWindowMs;
  if (now >= notBefore) return null;
  return { rule: 'settle_window', notBefore };
}

function editRefusal(refund: Refund, { cancel }: ReplayChoice): Refusal | null {
  if (cancel === undefined) return null;
  const receipt = refund.lastLookUp?.receipt;
  const remainingWon = receipt === undefined ? null : receipt.priceWon - receipt.cancelledWon;
  const amountWon = cancel.kind === 'partial' ? cancel.amountWon : remainingWon;
  const taxFreeWon = cancel.taxFreeWon ?? 0;
  // The tax-free share of the event does not shrink with an edited amount: the person has to give the new share.
  if (amountWon !== null && taxFreeWon > amountWon) {
    return { rule: 'tax_free_over', field: 'cancel_tax_free', amountWon, taxFreeWon };
  }
  if (cancel.kind === 'full' || remainingWon === null || cancel.amountWon <= remainingWon) return null;
  return { rule: 'over_remaining', field: 'cancel_price', remainingWon };
}

function generationRefusal(facts: CaseFacts, wish: ReplayChoice): Refusal | null {
  if (!wish.newGeneration) return null;
  const growth = growthByLastLookUp(facts)?.kind;
  if (growth === 'landed' || growth === 'neither') return { rule: 'growth' };
  const { attempts, generation } = facts.refund;
  const reached = attempts.filter(
    (attempt) => attempt.generation === generation && attempt.outcome?.reply !== 'not_sent',
  );
  // A code that could not be read may have been 2029.
  const refused = reached.some(
    ({ outcome }) => outcome?.reply === 'refused' && outcome.code !== null && !isTaken(outcome.code),
  );
  // Taken before our first attempt: no look-up can show by which call, so a person has to know.
  const takenAtOnce = isTaken(reached[0]?.outcome?.code ?? null);
  // Paid once with this id, and the total shows that the money is not there any more: the id may pay nothing again.
  const wasAccepted = reached.some(({ outcome }) => outcome?.reply === 'accepted');
  const takenBack = isOpenDrift(facts.refund) || (growth === 'zero' && wasAccepted);
  if (refused || ((takenAtOnce || takenBack) && wish.acknowledge)) return null;
  return { rule: 'new_generation', shown: shownBy(facts.refund) };
}

function shownBy({ lastLookUp }: Refund): Receipt | null {
  return lastLookUp?.receipt ?? null;
}

function isTaken(code: string | null): boolean {
  return code === 'RC_CANCEL_ID_ALREADY_EXIST';
}

function acknowledgementRefusal(refund: Refund, wish: ReplayChoice): Refusal | null {
  if (wish.acknowledge || !needsAcknowledgement(refund)) return null;
  const plain = isTaken(refund.deadLetter?.code ?? null) && !wish.newGeneration;
  if (plain && refund.deadLetter?.severity !== 'critical') return null; // the same id pays nothing: 2029 again
  return { rule: 'acknowledge', shown: shownBy(refund) };
}
