// How cases are asked for: in which order, by what, and what is counted of them.
import type { ListItem } from './ledger.ts';
import type { DeadLetterCase } from './refund.ts';
import type { PaymentMethod } from './reply.ts';

/** By `refund_by`, the earliest first and of one day the most urgent; by amount, the largest first; by since when they wait, the longest first. */
export const caseSorts = ['due', 'amount', 'age'] as const;
export type CaseSort = (typeof caseSorts)[number];

export interface CaseFilter {
  readonly case?: DeadLetterCase | undefined;
  readonly code?: string | undefined;
  /** The name of a reason (`policies/case-reasons.ts`). */
  readonly reason?: string | undefined;
  readonly pgCode?: string | undefined;
  readonly method?: PaymentMethod | undefined;
  /** In won; a case whose amount is not known is within none. */
  readonly minWon?: number | undefined;
  readonly maxWon?: number | undefined;
  readonly orderId?: string | undefined;
  /** How the order's id begins, or the id of the refund or of its receipt. */
  readonly text?: string | undefined;
  /** Whose it is, by name. */
  readonly assignedTo?: string | undefined;
  /** Dead letters since this time or longer, ms. */
  readonly deadBy?: number | undefined;
}

export interface CaseQuery {
  readonly filter: CaseFilter;
  readonly sort: CaseSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface CasePage {
  /** Records that cannot be read among them. */
  readonly items: readonly ListItem[];
  readonly nextCursor: string | null;
}

/** The cases of a filter that have one severity and one reason. */
export interface CaseSum {
  readonly severity: string;
  readonly reason: string;
  readonly count: number;
  /** Of those whose amount is known. */
  readonly won: number;
  readonly uncounted: number;
}

/** All cases of a filter. */
export interface CaseTotals {
  readonly sums: readonly CaseSum[];
  /** Those whose `refund_by` has passed. */
  readonly overdue: number;
  /** ms; null: of none of them it is known. */
  readonly firstRefundBy: number | null;
}
