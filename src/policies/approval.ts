// What an act on a case asks of people by its weight: a second person, and who that may be; or the password once more.
// Pure.
import type { ConfirmableRule } from '../domain/approval.ts';
import { isAtLeast, isSameName, type Person } from '../domain/people.ts';
import type { Refund } from '../domain/refund.ts';
import { leftWon } from './amounts.ts';

/** How long an approval that was asked for may be given. */
export const approvalLastsMs = 24 * 60 * 60 * 1000;

/** Whether so much money takes two people. Where it is not known how much (null), it may be too much for one. */
export function takesTwo(amountWon: number | null, thresholdWon: number | null): boolean {
  return thresholdWon !== null && (amountWon === null || amountWon > thresholdWon);
}

/** Of the thresholds that processes know the lowest counts; null: none knows one. */
export function lowestThreshold(thresholds: readonly (number | null | undefined)[]): number | null {
  const known = thresholds.filter((one) => one != null);
  return known.length === 0 ? null : Math.min(...known);
}

/** What a replay would send: as it is asked for, or as a person edits it; of a full cancel what the last look-up leaves. */
export function sentWon(
  refund: Pick<Refund, 'cancel' | 'lastLookUp'>,
  cancel = refund.cancel,
): number | null {
  return leftWon({ cancel, lastLookUp: refund.lastLookUp });
}

/**
 * What closing a case is about: the case, before and with its look-up, or what was sent by hand, whichever is most; null
 * where the case's amount is not known.
 */
export function closingWon(
  cases: readonly Pick<Refund, 'cancel' | 'lastLookUp'>[],
  byHandWon: number | null,
): number | null {
  const known = cases.map((refund) => sentWon(refund)).filter((amount) => amount !== null);
  return known.length === 0 ? null : Math.max(...known, byHandWon ?? 0);
}

/** Of a case as it is: what many at once leave to a person, and what a resolve is about. */
export function caseTakesTwo(
  refund: Pick<Refund, 'cancel' | 'lastLookUp'>,
  thresholdWon: number | null,
): boolean {
  return takesTwo(sentWon(refund), thresholdWon);
}

/** Goes on although a rule asks for a second thought. `acknowledged`: which were shown and confirmed; absent: any. */
export interface Acknowledgement {
  readonly acknowledge: boolean;
  readonly acknowledged?: readonly ConfirmableRule[] | undefined;
}

/** Whether a rule may be passed over: nobody confirms what was not said to them. */
export function confirms({ acknowledge, acknowledged }: Acknowledgement, rule: ConfirmableRule): boolean {
  return acknowledge && (acknowledged === undefined || acknowledged.includes(rule));
}

/** One person under two names that look alike is one person. */
export function isSamePerson(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, '');
}

/** An operator who may act asks, and another one may approve: without both nobody can be the second person. */
export function canBeApproved(asker: string, people: readonly Person[]): boolean {
  const asks = people.find(({ name }) => isSameName(name, asker));
  return (
    asks !== undefined &&
    isAtLeast(asks.role, 'reviewer') &&
    people.some(({ name, role }) => isAtLeast(role, 'approver') && !isSamePerson(name, asker))
  );
}

/** How long a password that was given once more is good for. */
export const provenForMs = 5 * 60 * 1000;

interface WeightOfAct {
  readonly isCritical: boolean;
  /** null: not known. */
  readonly amountWon: number | null;
  readonly thresholdWon: number | null;
  /** The money goes to an account that was typed. */
  readonly toAccount: boolean;
}

/** Whether a person at the desk gives the password once more for it. */
export function needsPassword({ isCritical, amountWon, thresholdWon, toAccount }: WeightOfAct): boolean {
  return isCritical || toAccount || takesTwo(amountWon, thresholdWon);
}
