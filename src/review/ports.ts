// The interfaces of reviewing cases, shared by the server and the command line.
import type { PolicySettings } from '../domain/decision.ts';
import type { RefundAccount } from '../domain/event.ts';
import type { Gateway } from '../domain/gateway.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Ledger, ListItem } from '../domain/ledger.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';
import type { DeadLetterCase, Refund, ResolveOutcome } from '../domain/refund.ts';
import type { State } from '../domain/states.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import type { Refusal } from '../policies/replay-rules.ts';

export interface ReviewDeps {
  readonly ledger: Pick<
    Ledger,
    'read' | 'readReceipt' | 'list' | 'caseGroups' | 'commit' | 'canKeepAccounts' | 'closeUnreadable'
  >;
  /** null: no credentials configured; then nothing that needs a look-up can be done. */
  readonly gateway: Gateway | null;
  readonly rateLimiter: RateLimiter;
  readonly now: () => number;
  /** The last step of the clock that any process noticed. */
  readonly jumpedAt: () => number | null;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly settings: PolicySettings;
  readonly enqueueJob: (refund: Refund) => Promise<void>;
  readonly wakeWaiter: (jobId: string) => Promise<unknown>;
  readonly closeCase: (jobId: string) => Promise<void>;
}

export interface ReplayRequest {
  /** The person's name, from the operator's login or `--as`. */
  readonly who: string;
  readonly reason: string;
  /** null: whichever version is stored (the command line without `--version`). */
  readonly version: number | null;
  readonly newGeneration: boolean;
  readonly acknowledge: boolean;
  readonly edits: {
    readonly amountWon?: number | undefined;
    readonly full?: boolean | undefined;
    readonly taxFreeWon?: number | undefined;
    readonly account?: RefundAccount | undefined;
    readonly message?: string | undefined;
  };
}

export interface ResolveRequest {
  readonly who: string;
  readonly reason: string;
  readonly version: number | null;
  readonly outcome: ResolveOutcome;
  readonly evidence: string | null;
  readonly acknowledge: boolean;
}

/** How an action on a case ends. */
export type ReviewResult =
  | { readonly kind: 'done'; readonly refund: Refund }
  /** A case whose record cannot be read is resolved. */
  | { readonly kind: 'closed_unreadable'; readonly refund: UnreadRefund }
  | { readonly kind: 'not_found' }
  /** It ended so long ago that its details were erased. */
  | { readonly kind: 'purged'; readonly state: State }
  /** The case has moved since it was read: its last move, with author and time. */
  | {
      readonly kind: 'moved';
      readonly state: string;
      readonly version: number;
      readonly by: string | null;
      readonly at: number | null;
    }
  | ({ readonly kind: 'refused' } & ReviewRefusal);

/** A rule refuses, or what the rules need is not there. */
export type ReviewRefusal =
  | Refusal
  /** A refund account was given, and no key to seal it with. */
  | { readonly rule: 'no_data_key' }
  /** Bootpay could not be asked just now, or another refund has the receipt. */
  | { readonly rule: 'no_look_up' }
  /** The look-up shows less than was seen before. In won. */
  | { readonly rule: 'stale_look_up'; readonly highestWon: number };

export interface BulkFilter {
  readonly case?: DeadLetterCase | undefined;
  readonly code?: string | undefined;
  readonly orderId?: string | undefined;
  /** Cases that became dead letters at least this long ago, ms. */
  readonly olderThanMs?: number | undefined;
}

export interface BulkRequest {
  readonly filter: BulkFilter;
  readonly who: string;
  readonly reason: string;
  readonly dryRun: boolean;
  /** Replays per minute. */
  readonly perMinute: number;
}

/** One line per case. */
export interface BulkResult {
  readonly refundId: RefundId;
  readonly result:
    | 'replayed'
    | 'skipped'
    | 'moved'
    | 'refused'
    // Of a dry run, as Bootpay shows the payment now.
    | 'would_send'
    | 'already_refunded'
    | 'would_be_refused'
    | 'needs_person'
    | 'not_asked';
  /** Why it is not sent. */
  readonly rule: string | null;
  /** Of a dry run: what would be sent, or has gone back already. */
  readonly amountWon: number | null;
}

export type GroupBy = 'case' | 'code' | 'pgCode' | 'severity' | 'orderId' | 'receiptId';

/** From the names of the outside interface to those of the cases. */
export const groupings = {
  case: 'case',
  code: 'code',
  pg_error_code: 'pgCode',
  severity: 'severity',
  order_id: 'orderId',
  receipt_id: 'receiptId',
} as const satisfies Record<string, GroupBy>;

export interface CaseCount {
  readonly key: string | null;
  readonly count: number;
  readonly critical: number;
  /** When the first of them became a dead letter, ms. */
  readonly oldestAt: number;
}

export interface DeadLetters {
  list(query: {
    readonly filter: BulkFilter;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<{ readonly items: readonly ListItem[]; readonly nextCursor: string | null }>;
  /** Every case of the filter, counted by one of its members: the biggest group first. */
  group(query: { readonly filter: BulkFilter; readonly by: GroupBy }): Promise<readonly CaseCount[]>;
  replay(id: RefundId, request: ReplayRequest): Promise<ReviewResult>;
  resolve(id: RefundId, request: ResolveRequest): Promise<ReviewResult>;
  /** One result per case, as it happens; ends early when the signal aborts. */
  replayMany(request: BulkRequest, signal?: AbortSignal): AsyncIterable<BulkResult>;
}
