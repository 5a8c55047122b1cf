// What may be done with a refund whose record cannot be read. Little is known, nothing is guessed.
import type { ResolveOutcome } from '../domain/refund.ts';
import type { UnreadCase, UnreadRefund } from '../domain/unread.ts';
import { won } from './amounts.ts';
import { type Refusal, settleWindowRefusal } from './replay-rules.ts';

/**
 * Whether the receipt lock may be released when a record turns out to be unreadable. Only where no call can be under way:
 * none was ever made, or the last one is definitely over.
 */
export function releasesReceipt({ state, sent }: Pick<UnreadRefund, 'state' | 'sent'>): boolean {
  return state === 'waiting_retry' || (state === 'queued' && !sent);
}

/** The case that such a record becomes. */
export const unreadableCase: UnreadCase = {
  case: 'poison',
  code: null,
  pgCode: null,
  severity: 'critical',
  at: null,
};

/** Its money may be in the totals of its receipt, and is counted nowhere. */
export function marksReceipt({ sent }: Pick<UnreadRefund, 'sent'>, outcome: ResolveOutcome): boolean {
  return sent || outcome !== 'not_to_be_refunded';
}

export function replayRefusalOf(refund: UnreadRefund): Refusal {
  return refund.unread === 'newer' ? newerVersion : { rule: 'unreadable', resolves: null };
}

export interface UnreadCaseFacts {
  readonly refund: UnreadRefund;
  /** The case keeps the receipt lock, because a cancel may be under way. */
  readonly keepsLock: boolean;
  readonly acknowledge: boolean;
  readonly now: number;
  /** The last step of the clock that was noticed, ms; null: none. */
  readonly jumpedAt: number | null;
  readonly settleWindowMs: number;
}

/** null: allowed. */
export function resolveRefusalOf(facts: UnreadCaseFacts): Refusal | null {
  if (facts.refund.unread === 'newer') return newerVersion;
  if (!facts.acknowledge) return { rule: 'unreadable', resolves: facts.refund };
  return tooEarly(facts);
}

/** The last call was over when the record became a case; from then on its money may still show. */
function tooEarly({ refund, keepsLock, now, jumpedAt, settleWindowMs }: UnreadCaseFacts): Refusal | null {
  const since = refund.deadLetter?.at ?? null;
  if (!keepsLock || since === null) return null;
  return settleWindowRefusal(since, { now, jumpedAt, settleWindowMs });
}

const newerVersion: Refusal = { rule: 'newer_version' };

/** What a person sent, and what proves it: no record can hold it, so its line of history does. */
export interface VerdictSaid {
  readonly reason: string;
  readonly amountWon: number | null;
  readonly evidence: string | null;
}

export function verdictReason({ reason, amountWon, evidence }: VerdictSaid): string {
  const said = [
    ...(amountWon === null ? [] : [`sent by hand: ${won(amountWon).en}`]),
    ...(evidence === null ? [] : [`evidence: ${evidence}`]),
  ];
  return said.length === 0 ? reason : `${reason} (${said.join('; ')})`;
}

/** As `verdictReason` wrote it. */
export function verdictSaid(text: string): VerdictSaid {
  const found = /^(.*?) \((?:sent by hand: ([\d,]+) won)?(?:; )?(?:evidence: (.*))?\)$/s.exec(text);
  if (found === null) return { reason: text, amountWon: null, evidence: null };
  const [, reason = text, amount, evidence = null] = found;
  return { reason, amountWon: amount === undefined ? null : Number(amount.replaceAll(',', '')), evidence };
}

/** The actions that make sense, by name. */
export function unreadActions({ unread, state }: UnreadRefund): string[] {
  return unread === 'unreadable' && state === 'dead_lettered' ? ['resolve'] : [];
}
