// What a person may do with a case, and when: the guards of replay and resolve (docs/design.md, section 8). Pure.
import type { PolicySettings } from '../domain/decision.ts';
import type { Text } from '../domain/problem.ts';
import type { Attempt, ReceiptAccount, Refund, ResolveOutcome, Totals } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { isEnded } from '../domain/states.ts';
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

export interface ReplayWish {
  readonly newGeneration: boolean;
  readonly acknowledge: boolean;
  readonly cancel?: Refund['cancel'];
}

export interface Refusal {
  /** Stable name of the rule, for machines. */
  readonly rule: string;
  readonly text: Text;
  /** ms; from then on the rule no longer refuses. */
  readonly notBefore?: number;
  /** The field of the request that is wrong, as the outside interface names it. */
  readonly field?: string;
}

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
export interface Reckoning {
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
export function reckonResolve(
  { refund, account }: Pick<CaseFacts, 'refund' | 'account'>,
  looked: ResolveLookUp | null,
  outcome: ResolveOutcome,
): Reckoning {
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
export function replayRefusal(facts: CaseFacts, wish: ReplayWish): Refusal | null {
  return (
    tooEarly(facts) ??
    editRefusal(facts.refund, wish) ??
    generationRefusal(facts, wish) ??
    acknowledgementRefusal(facts.refund, wish)
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
    return {
      rule: 'landed',
      text: {
        en: 'Bootpay shows that the money went back already. Resolve as already_refunded, or acknowledge that you know.',
        ko: '부트페이 조회 결과 이미 환불되었어요. already_refunded로 종결하거나, 알고 있음을 확인(acknowledge)해 주세요.',
      },
    };
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

/**
 * An acknowledged replay starts from the total that the person was shown; a plain one keeps the first attempt's.
 * `marks`: from then on the receipt holds money that nothing accounts for, because the new start passes over it or a
 * drift is closed.
 */
export function totalsAfterReplay(
  facts: Pick<CaseFacts, 'refund' | 'account'>,
  wish: Pick<ReplayWish, 'acknowledge'>,
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
  return settleWindowRefusal(since, { now, jumpedAt, settleWindowMs }, (time) => ({
    en: `The last call has no definite answer and may still go through. Not before ${time}.`,
    ko: `마지막 호출의 결과가 아직 확정되지 않았어요. ${time} 이후에 다시 시도해 주세요.`,
  }));
}

/** null: the settle window of a call that ended at `since` is over. */
export function settleWindowRefusal(
  since: number,
  {
    now,
    jumpedAt,
    settleWindowMs,
  }: { readonly now: number; readonly jumpedAt: number | null; readonly settleWindowMs: number },
  textFor: (notBefore: string) => Text,
): Refusal | null {
  const notBefore = windowStartForPeople(since, { now, jumpedAt }) + settleWindowMs;
  if (now >= notBefore) return null;
  return { rule: 'settle_window', notBefore, text: textFor(new Date(notBefore).toISOString()) };
}

function editRefusal(refund: Refund, { cancel }: ReplayWish): Refusal | null {
  if (cancel === undefined) return null;
  const receipt = refund.lastLookUp?.receipt;
  const remainingWon = receipt === undefined ? null : receipt.priceWon - receipt.cancelledWon;
  const amountWon = cancel.kind === 'partial' ? cancel.amountWon : remainingWon;
  if (amountWon !== null && (cancel.taxFreeWon ?? 0) > amountWon)
    return taxFreeOver(cancel.taxFreeWon, amountWon);
  if (cancel.kind === 'full' || remainingWon === null || cancel.amountWon <= remainingWon) return null;
  return {
    rule: 'over_remaining',
    field: 'cancel_price',
    text: {
      en: `Only ${remainingWon} won are left on the receipt.`,
      ko: `이 결제에 남은 취소 가능 금액은 ${remainingWon}원이에요.`,
    },
  };
}

/** The tax-free share of the event does not shrink with an edited amount: the person has to give the new share. */
function taxFreeOver(taxFreeWon: number | null, amountWon: number): Refusal {
  return {
    rule: 'tax_free_over',
    field: 'cancel_tax_free',
    text: {
      en: `Of ${amountWon} won, ${taxFreeWon} won cannot be tax-free. Give the tax-free share of the new amount as well.`,
      ko: `환불 금액 ${amountWon}원보다 면세 금액 ${taxFreeWon}원이 더 커요. 새 금액에 맞는 면세 금액도 함께 입력해 주세요.`,
    },
  };
}

function generationRefusal(facts: CaseFacts, wish: ReplayWish): Refusal | null {
  if (!wish.newGeneration) return null;
  const growth = growthByLastLookUp(facts)?.kind;
  if (growth === 'landed' || growth === 'neither') return grownSince;
  const { attempts, generation } = facts.refund;
  const reached = attempts.filter(
    (attempt) => attempt.generation === generation && attempt.outcome?.reply !== 'not_sent',
  );
  const refused = reached.some(({ outcome }) => outcome?.reply === 'refused' && !isTaken(outcome.code));
  // Taken before our first attempt: no look-up can show by which call, so a person has to know.
  const takenAtOnce = isTaken(reached[0]?.outcome?.code ?? null);
  // Paid once with this id, and the total shows that the money is not there any more: the id may pay nothing again.
  const wasAccepted = reached.some(({ outcome }) => outcome?.reply === 'accepted');
  const takenBack = isOpenDrift(facts.refund) || (growth === 'zero' && wasAccepted);
  return refused || ((takenAtOnce || takenBack) && wish.acknowledge) ? null : idMayPay(facts.refund);
}

const grownSince: Refusal = {
  rule: 'growth',
  text: {
    en: 'The last look-up shows that money went back since the first attempt. A new cancel_id could send it again.',
    ko: '마지막 조회에서 첫 시도 이후 환불된 금액이 보여요. 새 cancel_id를 쓰면 다시 환불될 수 있어요.',
  },
};

function idMayPay(refund: Refund): Refusal {
  const total = refundedSoFar(refund);
  return {
    rule: 'new_generation',
    text: {
      en: `A new cancel_id needs an attempt of the old one that Bootpay answered with a code other than 2029, or, for a 2029 on the first attempt, your acknowledgement (refunded so far: ${total} won).`,
      ko: `새 cancel_id는 이전 cancel_id에 대해 부트페이가 2029 외의 코드로 응답했거나, 첫 시도가 2029인 경우 확인(acknowledge)했을 때만 쓸 수 있어요 (지금까지 환불액: ${total}원).`,
    },
  };
}

function refundedSoFar({ lastLookUp }: Refund): string {
  return lastLookUp === null ? '?' : `${lastLookUp.receipt.cancelledWon} / ${lastLookUp.receipt.priceWon}`;
}

function isTaken(code: string | null): boolean {
  return code === 'RC_CANCEL_ID_ALREADY_EXIST';
}

function acknowledgementRefusal(refund: Refund, wish: ReplayWish): Refusal | null {
  if (wish.acknowledge || !needsAcknowledgement(refund)) return null;
  const plain = isTaken(refund.deadLetter?.code ?? null) && !wish.newGeneration;
  if (plain && refund.deadLetter?.severity !== 'critical') return null; // the same id pays nothing: 2029 again
  const total = refundedSoFar(refund);
  return {
    rule: 'acknowledge',
    text: {
      en: `The outcome of this refund is not certain (refunded so far: ${total} won). Acknowledge that you have checked it.`,
      ko: `이 환불의 결과가 확실하지 않아요 (지금까지 환불액: ${total}원). 확인했음을 acknowledge로 알려 주세요.`,
    },
  };
}
