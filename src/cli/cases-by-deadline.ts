// The cases of a filter by what the law asks for first, and how many and how much they are.
import type { ListItem } from '../domain/ledger.ts';
import { leftWon } from '../policies/amounts.ts';
import type { BulkFilter, DeadLetters } from '../review/ports.ts';

export interface CasesByDeadline {
  /** The first of them to be shown, by what the law asks for first. */
  readonly cases: readonly ListItem[];
  readonly count: number;
  /** There are more than were read; the rest is in no particular order. */
  readonly more: boolean;
  /** Won, of those whose amount is known. */
  readonly won: number;
  readonly earliest: number | null;
}

/** Read to be put in order; beyond it the newest are ordered, and it is said that there are more. */
const mostRead = 10_000;
const pageSize = 500;

export async function casesByDeadline(
  deadLetters: Pick<DeadLetters, 'list'>,
  filter: BulkFilter,
  limit: number,
): Promise<CasesByDeadline> {
  const read: ListItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await deadLetters.list({ filter, limit: pageSize, cursor });
    read.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && read.length < mostRead);
  const refunds = read.flatMap((item) => ('unread' in item ? [] : [item]));
  const won = refunds.reduce((sum, refund) => sum + (leftWon(refund) ?? 0), 0);
  return {
    cases: read.sort((one, other) => dueAt(one) - dueAt(other)).slice(0, limit),
    count: read.length,
    more: cursor !== undefined,
    won,
    earliest: refunds.length === 0 ? null : Math.min(...refunds.map(({ refundBy }) => refundBy)),
  };
}

/** Nothing is known of a record that cannot be read: it comes first. */
function dueAt(item: ListItem): number {
  return 'unread' in item ? 0 : item.refundBy;
}
