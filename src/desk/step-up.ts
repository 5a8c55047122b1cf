// The password once more, at the desk: asked for what weighs most, good for five minutes, and checked as a sign-in is.
import { z } from 'zod';
import type { Refund } from '../domain/refund.ts';
import { closingWon, needsPassword, sentWon } from '../policies/approval.ts';
import { editedCancel } from '../review/replay.ts';
import type { CaseAct } from './perform.ts';
import type { CaseFound } from './read-payment.ts';
import { asShownLast } from './shown-facts.ts';
import type { Visit } from './visit.ts';

/** `slowed`: not checked, after several wrong ones. */
export type Proof = 'given' | 'needed' | 'wrong' | 'slowed';

const passwordShape = z.object({ password: z.string().max(1024).catch('') });

/** From the form in hand; a person who gave it within five minutes is not asked again. */
export async function proofOf({ isProven, prove }: Visit, body: unknown): Promise<Proof> {
  if (isProven) return 'given';
  const { password } = passwordShape.parse(body ?? {});
  return password === '' ? 'needed' : prove(password);
}

interface ActInHand {
  readonly act: CaseAct;
  readonly found: CaseFound;
  readonly visit: Visit;
  readonly body: unknown;
}

/** Of an act that does not weigh so much it is not asked for. */
export async function proofFor({ act, found, visit, body }: ActInHand): Promise<Proof> {
  const toAccount = act.kind === 'replay' && act.request.edits.account !== undefined;
  const refund = refundOf(found);
  return weighs(refund, { amountWon: amountOf(act, found), toAccount, visit })
    ? proofOf(visit, body)
    : 'given';
}

/** As the threshold sees the act; null: not known. */
function amountOf(act: CaseAct, found: CaseFound): number | null {
  if (act.kind === 'resolve') return closesWon(found, act.request.amountWon ?? null);
  const refund = refundOf(found);
  return refund === null ? null : sentWon(refund, editedCancel(refund.cancel, act.request.edits));
}

/** What closing a case is about, as far as it is known before Bootpay is asked again; null: not known. */
export function closesWon(found: CaseFound, byHandWon: number | null): number | null {
  if (found.kind === 'unread') return null;
  const { facts, payment } = found;
  return closingWon([facts.refund, asShownLast(facts, payment.shown).refund], byHandWon);
}

function refundOf(found: CaseFound): Refund | null {
  return found.kind === 'unread' ? null : found.facts.refund;
}

/** Whether a form about this case may come to need it, so that it is asked for with the rest. */
export function mayBeAsked(refund: Refund | null, asksAccount: boolean, visit: Visit): boolean {
  if (visit.isProven) return false;
  const amountWon = refund === null ? null : sentWon(refund);
  return weighs(refund, { amountWon, toAccount: asksAccount, visit });
}

interface Weighed {
  readonly amountWon: number | null;
  readonly toAccount: boolean;
  readonly visit: Pick<Visit, 'thresholdWon'>;
}

/** What cannot be read is critical. */
function weighs(refund: Refund | null, { visit: { thresholdWon }, ...weighed }: Weighed): boolean {
  if (refund === null) return true;
  const isCritical = refund.deadLetter?.severity === 'critical';
  return needsPassword({ isCritical, thresholdWon, ...weighed });
}
