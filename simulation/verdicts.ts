// What an operator makes of a case: a careful one believes the page and asks Bootpay's admin where the page cannot tell, a hasty
// one acknowledges everything.

import { isTakenBack } from '../simulator/core/payment-book.ts';
import type { ReceiptAccount, Refund } from '../src/domain/refund.ts';
import type { ReplayRequest, ResolveRequest, ReviewResult } from '../src/review/ports.ts';
import type { Entry } from './bootpay.ts';
import type { Context } from './context.ts';
import type { Reviewer } from './people.ts';
import { bankAccounts, refundAccount } from './plan.ts';
import { shownBy } from './reading.ts';
import type { Actor } from './scheduler.ts';

type Verdict = (reviewer: Reviewer, by: { who: string; actor: Actor }) => Promise<ReviewResult>;
export interface Named {
  readonly what: string;
  readonly acknowledge: boolean;
  readonly run: Verdict;
  /** Where there is no look-up to decide by. */
  readonly anyway?: Named;
  /** Done first: the money goes back by hand. */
  readonly byHand?: boolean;
}

export function replay({ watch }: Context, refund: Refund, wish: Partial<ReplayRequest>): Named {
  const { newGeneration = false, acknowledge = false, edits = {} } = wish;
  const words = [newGeneration && 'new generation', acknowledge && 'acknowledged', edits.full && 'in full'];
  return {
    what: `replay ${words.filter(Boolean).join(', ')}`.trim(),
    acknowledge,
    run: (deadLetters, { who, actor }) => {
      const request = {
        who,
        via: 'cli' as const,
        reason: 'again',
        version: refund.version,
        newGeneration,
        acknowledge,
        edits,
      };
      watch.orders.asks(actor, request);
      watch.referee.wants(actor, request);
      return deadLetters.replay(refund.refundId, request);
    },
  };
}

function resolve(
  context: Context,
  refund: Refund,
  wish: Pick<ResolveRequest, 'outcome'> & Partial<ResolveRequest>,
): Named {
  const { outcome, acknowledge = false } = wish;
  return {
    what: `resolve ${outcome}${acknowledge ? ' acknowledged' : ''}`,
    acknowledge,
    run: (deadLetters, { who, actor }) => {
      const request = {
        who,
        via: 'cli' as const,
        reason: 'seen',
        version: refund.version,
        outcome,
        evidence: null,
        acknowledge,
      };
      context.watch.referee.wants(actor, request);
      return deadLetters.resolve(refund.refundId, request);
    },
    ...(!acknowledge && { anyway: resolve(context, refund, { ...wish, acknowledge: true }) }),
  };
}

const outcomes = ['refunded_by_hand', 'not_to_be_refunded', 'already_refunded'] as const;

/** What a person does that believes the page: closes what landed, acknowledges only what the window has cleared. */
export function careful(context: Context, refund: Refund, account: ReceiptAccount): Named {
  const { subject, chance, scenario, scheduler } = context;
  const { crowd, byHand } = scenario.habits;
  if (subject.landedByLastLookUp({ refund, account }))
    return resolve(context, refund, { outcome: chance.is(0.9) ? 'already_refunded' : 'refunded_by_hand' });
  const unclear = subject.needsAcknowledgement(refund);
  const isTaken = refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  if (refund.deadLetter?.case === 'drift') return missed(context, refund);
  if (refund.deadLetter?.case === 'integrity_mismatch' || isUnexplained(refund, account))
    return mismatched(context, refund);
  const clearAt = (refund.attempts.at(-1)?.outcome?.at ?? 0) + context.settings.settleWindowMs;
  if (byHand && chance.is(0.5) && (!unclear || scheduler.now() > clearAt)) {
    const outcome = chance.pick(['refunded_by_hand', 'already_refunded'] as const);
    return { ...resolve(context, refund, { outcome, acknowledge: chance.is(0.5) }), byHand: true };
  }
  if (isTaken && chance.is(0.5)) return replay(context, refund, {});
  if (!unclear) return ordinary(context, refund);
  if (chance.is(crowd ? 0.6 : 0.4)) {
    const outcome = chance.pick(crowd ? outcomes : (['refunded_by_hand', 'not_to_be_refunded'] as const));
    return resolve(context, refund, { outcome });
  }
  const edits = chance.is(0.3) ? editsFor(context, refund) : {};
  return replay(context, refund, { acknowledge: chance.is(0.8), newGeneration: isTaken, edits });
}

/** Bootpay's admin shows each cancel with its id: a person can find out what the totals do not tell. */
function missed(context: Context, refund: Refund): Named {
  const { chance, book, scenario } = context;
  const { receiptId, attempts } = refund;
  const taken = book.entries.filter((entry) => entry.receiptId === receiptId && isTakenBack(entry));
  const asked = attempts.at(-1)?.cancel;
  const isAsked = ({ amount }: Entry) => asked?.kind === 'full' || asked?.amountWon === amount;
  if (taken.some(isAsked) && chance.is(0.7))
    return replay(context, refund, { acknowledge: true, newGeneration: chance.is(0.6) });
  const replays = scenario.switches.takesBack === 'for_a_time' && chance.is(0.2);
  if (replays) return replay(context, refund, { acknowledge: true });
  return resolve(context, refund, { outcome: chance.pick(['already_refunded', ...outcomes]) });
}

/** The case shows money that it cannot explain. */
function isUnexplained(refund: Refund, account: ReceiptAccount): boolean {
  const { lastLookUp } = refund;
  if (lastLookUp === null) return false;
  const { receipt, settledWon, marks } = lastLookUp;
  return shownBy(refund, receipt, { ...account, settledWon, marks, change: 0 }).shown === 'neither';
}

function mismatched(context: Context, refund: Refund): Named {
  const { chance, book } = context;
  const paid = book.entries.some((entry) => entry.refundId === refund.refundId && !isTakenBack(entry));
  if (!paid && chance.is(0.4))
    return replay(context, refund, { acknowledge: true, edits: editsFor(context, refund) });
  return resolve(context, refund, { outcome: chance.pick(['already_refunded', ...outcomes]) });
}

function ordinary(context: Context, refund: Refund): Named {
  const { chance } = context;
  const edits = editsFor(context, refund);
  return chance.is(0.7)
    ? replay(context, refund, { newGeneration: chance.is(0.3), edits })
    : resolve(context, refund, { outcome: chance.pick(outcomes) });
}

/** Another amount, more than is left and less than the tax-free share included; another account, above all where none came. */
function editsFor(context: Context, refund: Refund): ReplayRequest['edits'] {
  const { chance, scenario } = context;
  const { edits } = scenario.habits;
  const partial = refund.cancel.kind === 'partial';
  const account = chance.is(needsAccount(context, refund) ? 0.8 : 0.05)
    ? refundAccount(bankAccounts[1])
    : undefined;
  const amountWon =
    partial && chance.is(edits ? 0.8 : 0.25) ? chance.pick([300, 500, 500, 1_500, 2_000, 50_000]) : undefined;
  const taxFreeWon = chance.is(0.05) ? chance.pick([0, 300, 1_800]) : undefined;
  return {
    ...(partial && chance.is(0.1) ? { full: true } : { amountWon }),
    ...(taxFreeWon !== undefined && { taxFreeWon }),
    ...(chance.is(0.1) && { message: 'as the customer asked' }),
    account,
  };
}

export function needsAccount({ bootpay }: Context, { receiptId, account }: Refund): boolean {
  return bootpay.receipt(receiptId).method === 'vbank' && account !== 'kept';
}

export function hasty(context: Context, refund: Refund): Named {
  const { chance } = context;
  const acknowledge = chance.is(0.7);
  if (chance.is(0.7)) return replay(context, refund, { acknowledge, newGeneration: chance.is(0.5) });
  return resolve(context, refund, { outcome: chance.pick(outcomes), acknowledge });
}
