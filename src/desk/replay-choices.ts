// What the page of a replay offers, and why not the rest: asked of the guards of replay and of the worker's own rules, with
// what Bootpay showed last. Pure.
import type { Text } from '../domain/problem.ts';
import type { Receipt } from '../domain/reply.ts';
import { methodPolicies } from '../policies/method-policies.ts';
import { type CaseFacts, needsAcknowledgement, replayRefusal } from '../policies/replay-rules.ts';
import { type ExpectedReplay, expectedReplay, type ReplayWish } from '../review/expected-replay.ts';
import type { ReplayInput } from './forms/replay-form.ts';
import { notSentText, type Passable, shortRefusal } from './words/replay.ts';

/** null: it can be chosen. */
type WhyNot = Text | null;

export interface ReplayChoices {
  /** By the receipt as it was shown last; null: it never was. */
  readonly leftWon: number | null;
  readonly asAsked: WhyNot;
  readonly amount: WhyNot;
  readonly full: WhyNot;
  readonly newId: WhyNot;
  /** Bootpay took the present cancel number for used: with it nothing is paid. */
  readonly idIsBurnt: boolean;
  /** Where the money goes has to be said, or may be. */
  readonly asksAccount: boolean;
  readonly needsAccount: boolean;
  /** ms; until then an earlier cancel may still go through. null: no wait. */
  readonly notBefore: number | null;
}

export function replayChoices(facts: CaseFacts, shown: Receipt | null): ReplayChoices {
  const { refund } = facts;
  const early = replayRefusal(facts, { newGeneration: false, acknowledge: true });
  const notBefore = early?.rule === 'settle_window' ? early.notBefore : null;
  // What can be done is shown as it will be then.
  const then = { ...facts, now: notBefore ?? facts.now };
  const expect = (wish: Partial<ReplayWish>) =>
    expectedReplay(then, shown, { edits: {}, newGeneration: false, acknowledge: true, ...wish });
  const whyNot = (edits: ReplayWish['edits']) => whyNotOf(expect({ edits }), shown);
  const idIsBurnt = refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  const needsAccount = shown?.method != null && methodPolicies[shown.method].needsAccount;
  return {
    leftWon: shown === null ? null : shown.priceWon - shown.cancelledWon,
    asAsked: whyNot({}),
    amount: whyNot({ amountWon: 1, taxFreeWon: 0 }),
    full: whyNot({ full: true }),
    newId: whyNotOf(expect({ newGeneration: true }), shown, ['over_remaining']),
    idIsBurnt,
    asksAccount: needsAccount || refund.account !== 'none',
    needsAccount: needsAccount && refund.account !== 'kept',
    notBefore,
  };
}

/** What the form itself can set right speaks against no choice. */
const mendable = ['account_missing', 'tax_free_over'];

function whyNotOf(expected: ExpectedReplay, shown: Receipt | null, also: readonly string[] = []): WhyNot {
  if (expected.kind === 'refused') {
    return isMendable(expected.refusal.rule, also) ? null : shortRefusal(expected.refusal);
  }
  const { result, rule } = expected.preview;
  return result === 'would_be_refused' && !isMendable(rule, also) ? notSentText(rule, shown) : null;
}

function isMendable(rule: string | null, also: readonly string[]): boolean {
  return rule !== null && [...mendable, ...also].includes(rule);
}

/** A rule of Bootpay that a person may have it asked to pass over; null: none speaks against this wish. */
export function passableIn(facts: CaseFacts, shown: Receipt | null, wish: ReplayWish): Passable | null {
  if (needsAcknowledgement(facts.refund)) return null;
  const expected = expectedReplay(facts, shown, { ...wish, acknowledge: false });
  const rule = expected.kind === 'allowed' ? expected.preview.rule : null;
  return rule === 'window_closed' || rule === 'method_cannot_partial' ? rule : null;
}

/** What is chosen before anybody chose: what was asked for, or what is left of it. */
export function firstReplayInput({ refund }: CaseFacts, choices: ReplayChoices): ReplayInput {
  const { asAsked, leftWon, amount, newId, idIsBurnt, needsAccount } = choices;
  const isPart = asAsked !== null && amount === null;
  return {
    choice: isPart ? 'amount' : asAsked === null ? 'as_asked' : 'full',
    amount: isPart && leftWon !== null && leftWon > 0 ? String(leftWon) : '',
    tax_free: refund.cancel.taxFreeWon === null ? '' : String(refund.cancel.taxFreeWon),
    message: refund.message ?? '',
    account: needsAccount ? 'new' : 'keep',
    bank: '',
    number: '',
    number_again: '',
    holder: '',
    cancel_id: idIsBurnt && newId === null ? 'new' : 'same',
    confirmed: '',
    reason: '',
  };
}
