// Which of the two acts on a case is the likelier one, for what is put first in front of a person. Pure; it allows nothing.
import { reasonOf } from './case-reasons.ts';
import { type CaseFacts, landedByLastLookUp, needsAcknowledgement } from './replay-rules.ts';

/** Reasons for which sending it again changes nothing: the money goes back by hand, went back already, or never will. */
const closing = [
  'window_closed',
  'foreign_currency',
  'nothing_paid',
  'unpaid_account',
  'RC_NOT_FOUND',
  'TOKEN_KEY_INVALID',
  'RC_ALREADY_CANCELLED',
  'RC_NOT_ABLE_CANCEL',
  'RC_PM_CANCEL_NOT_SUPPORT',
  'RC_PM_P_CANCEL_NOT_SUPPORT',
  'method_cannot_partial',
] as const;

/** null: only a person who found out more can tell. */
export function suggestedAct(facts: CaseFacts): 'replay' | 'resolve' | null {
  const { deadLetter, lastLookUp } = facts.refund;
  if (deadLetter === null) return null;
  if (landedByLastLookUp(facts)) return 'resolve';
  if (needsAcknowledgement(facts.refund)) return null;
  const reason = reasonOf(deadLetter, lastLookUp);
  return closing.some((name) => name === reason || name === deadLetter.code) ? 'resolve' : 'replay';
}
