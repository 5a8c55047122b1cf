// The interfaces of reviewing cases, shared by the server and the command line.
import type { Actor } from '../domain/action.ts';
import type { Approval } from '../domain/approval.ts';
import type { BulkFilter } from '../domain/bulk.ts';
import type { CaseSort, CaseTotals } from '../domain/case-query.ts';
import type { PolicySettings } from '../domain/decision.ts';
import type { RefundAccount } from '../domain/event.ts';
import type { Gateway } from '../domain/gateway.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Ledger, ListItem } from '../domain/ledger.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';
import type { Refund, ResolveOutcome } from '../domain/refund.ts';
import type { State } from '../domain/states.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import type { Acknowledgement } from '../policies/approval.ts';
import type { Refusal } from '../policies/replay-rules.ts';
import type { TwoPeople } from './ask-approval.ts';

export interface ReviewDeps {
  readonly ledger: Pick<
    Ledger,
    | 'read'
    | 'readReceipt'
    | 'list'
    | 'cases'
    | 'caseTotals'
    | 'caseGroups'
    | 'commit'
    | 'sealObstacle'
    | 'closeUnreadable'
    | 'recordAction'
    | 'keptAccount'
    | 'askApproval'
    | 'approval'
    | 'approvals'
    | 'approvalAccount'
    | 'sendBack'
  >;
  /** null: no credentials configured; then nothing that needs a look-up can be done. */
  readonly gateway: Gateway | null;
  readonly rateLimiter: RateLimiter;
  readonly now: () => number;
  /** The last step of the clock that any process noticed. */
  readonly jumpedAt: () => number | null;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly settings: PolicySettings;
  readonly twoPeople: TwoPeople;
  readonly enqueueJob: (refund: Refund) => Promise<void>;
  readonly wakeWaiter: (jobId: string) => Promise<unknown>;
  readonly closeCase: (jobId: string) => Promise<void>;
}

/** What each act of a person on a case comes with; the name is from the operator's login, or `--as`. */
export interface ActRequest extends Actor, Acknowledgement {
  /** On the command line: the person gave the password of that operator. Elsewhere a login comes first anyway. */
  readonly proven?: boolean;
  readonly reason: string;
  /** null: whichever version is stored (the command line without `--version`). */
  readonly version: number | null;
}

export interface ReplayRequest extends ActRequest {
  readonly newGeneration: boolean;
  readonly edits: {
    readonly amountWon?: number | undefined;
    readonly full?: boolean | undefined;
    readonly taxFreeWon?: number | undefined;
    readonly account?: RefundAccount | undefined;
    readonly message?: string | undefined;
  };
}

export interface ResolveRequest extends ActRequest {
  readonly outcome: ResolveOutcome;
  /** What was sent, of one refunded by hand; absent: not said. */
  readonly amountWon?: number | undefined;
  readonly evidence: string | null;
}

/** How an action on a case ends. */
export type ReviewResult =
  | { readonly kind: 'done'; readonly refund: Refund }
  /** A case whose record cannot be read is resolved. */
  | { readonly kind: 'closed_unreadable'; readonly refund: UnreadRefund }
  /** Nothing was done: it takes a second person, who was asked. */
  | { readonly kind: 'asked'; readonly approval: Approval }
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
  | { readonly rule: 'stale_look_up'; readonly highestWon: number }
  | ApprovalRefusal;

/** Of acts that take two people. */
export type ApprovalRefusal =
  /**
   * `approval`: among many at once. `approval_login`: the name on the command line has to be proven.
   * `no_second_person`: the asker is no operator who may act, or nobody else may approve.
   */
  | {
      readonly rule: 'approval' | 'approval_login' | 'no_second_person';
      readonly thresholdWon: number;
    }
  /** The case waits for an approval already, asked for by `who`. */
  | { readonly rule: 'approval_open'; readonly who: string; readonly at: number }
  | { readonly rule: 'own_approval' | 'not_approver' }
  /** `gone`: it was sent back, or never was. `changed`: what would be sent is another amount by now. */
  | { readonly rule: 'approval_gone' | 'approval_changed' }
  | { readonly rule: 'approval_over'; readonly until: number };

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
  /** Without `sort` the latest accepted first. */
  list(query: {
    readonly filter: BulkFilter;
    readonly sort?: CaseSort | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<{ readonly items: readonly ListItem[]; readonly nextCursor: string | null }>;
  /** How many and how much, by severity and reason; how many are late. */
  totals(filter: BulkFilter): Promise<CaseTotals>;
  /** Every case of the filter, counted by one of its members: the biggest group first. */
  group(query: { readonly filter: BulkFilter; readonly by: GroupBy }): Promise<readonly CaseCount[]>;
  replay(id: RefundId, request: ReplayRequest): Promise<ReviewResult>;
  resolve(id: RefundId, request: ResolveRequest): Promise<ReviewResult>;
}
