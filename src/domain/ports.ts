// The seams between the parts: what the ledger, the call gate and the gateway client promise to those who use them.
import type { RefundAccount } from './event.ts';
import type { CancelId, ReceiptId, RefundId } from './ids.ts';
import type {
  Cancel,
  DeadLetterCase,
  HistoryEntry,
  ReceiptAccount,
  Refund,
  ResolveOutcome,
} from './refund.ts';
import type { CancelReply, LookUpReply } from './reply.ts';
import type { EndedState, State } from './states.ts';

export type OutcomeEventType =
  | 'refund.succeeded'
  | 'refund.dead_lettered'
  | 'refund.resolved'
  | 'refund.replayed';

/** One atomic write: the next record and everything that changes with it. */
export interface Transition {
  /** As it will be stored, its version included. */
  readonly refund: Refund;
  /** The stored version must be this one, or nothing is written. */
  readonly comparedVersion: number;
  readonly from: State;
  /** `keep` takes a free one. */
  readonly lock: 'keep' | 'release';
  /** Added to what our ledger settled on the receipt. */
  readonly settledWon: number;
  /**
   * Money may be in the receipt's totals that nothing accounts for: growth over an older totalsBefore proves nothing from
   * then on.
   */
  readonly marks?: true;
  /** A drift on the receipt is opened (1) or closed (-1). */
  readonly openDrifts?: 1 | -1;
  /** The seen total becomes the highest although it is lower: money was taken back. */
  readonly lowersHighest?: true;
  /** The cancelled total seen on the receipt, which becomes its highest if it is. */
  readonly seen: { readonly totalWon: number } | null;
  readonly history: HistoryEntry;
  /** It may happen again and again: a recent entry that says the same is replaced. */
  readonly folds?: true;
  readonly event: OutcomeEventType | null;
}

export type CallKind = 'cancel' | 'look_up' | 'token';

/** Allows one call, now. */
export interface Permit {
  /** When it was given, ms. */
  readonly at: number;
}

export interface RateLimiter {
  /** Waits for a permit; null when the wait was aborted, or would take longer than `longestMs`. */
  acquire(kind: CallKind, options?: AcquireOptions): Promise<Permit | null>;
  /** Is it young enough to be used? */
  isFresh(permit: Permit): boolean;
  /** Tells how a call ended. Never throws: the breaker is a courtesy, not a guard. */
  report(ended: { readonly failed: boolean } | { readonly throttledMs: number | null }): void;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly longestMs?: number;
  /** `first`: a person waits for the answer, or an attempt is on record. `background`: nobody waits for it. */
  readonly priority?: 'first' | 'background';
}

export interface CancelRequest {
  readonly receiptId: ReceiptId;
  readonly cancelId: CancelId;
  readonly cancel: Cancel;
  readonly username: string | null;
  readonly message: string | null;
  readonly account: RefundAccount | null;
}

export interface Gateway {
  cancel(request: CancelRequest, signal?: AbortSignal): Promise<CancelReply>;
  lookUp(receiptId: ReceiptId, signal?: AbortSignal): Promise<LookUpReply>;
  /** Tells other credentials from these; reveals nothing. */
  readonly fingerprint: string;
}

/** A refund as the producer made it from an event, not yet stored. */
export interface NewRefund {
  readonly refund: Refund;
  /** What a repeated delivery is compared with. */
  readonly content: string;
  readonly ownCancelId: string | null;
  readonly account: RefundAccount | undefined;
}

export type Acceptance =
  /**
   * `jobId`: the job that works on it, where one has begun. `state`: as it is stored, for of a duplicate whose record is not
   * read `refund` is what the event makes.
   */
  | {
      readonly kind: 'accepted' | 'duplicate';
      readonly refund: Refund;
      readonly state: string;
      readonly jobId: string | null;
    }
  | { readonly kind: 'conflict'; readonly with: 'content' | 'cancel_id'; readonly owner: RefundId };

/** A refund whose job is to be there. */
export interface JobRequest {
  readonly refund: Refund;
  /** The job that works on it; null: none has begun. */
  readonly jobId: string | null;
}

export interface BeginRequest {
  readonly refundId: RefundId;
  readonly receiptId: ReceiptId;
  readonly jobId: string;
  readonly now: number;
}

export type BeginResult =
  | { readonly kind: 'missing' | 'foreign' | 'unreadable' }
  /** A newer version wrote the record; what this activation took is given back. */
  | { readonly kind: 'newer'; readonly nextWaiter: string | null }
  | { readonly kind: 'closed'; readonly refund: Refund | null; readonly state: State }
  | { readonly kind: 'early'; readonly at: number }
  | { readonly kind: 'lane_held'; readonly by: LaneHolder }
  | { readonly kind: 'receipt_held'; readonly waits: number; readonly refund: Refund }
  | ({ readonly kind: 'go' } & Activation);

export type LaneHolder = 'person' | 'credentials';

export interface Activation {
  readonly refund: Refund;
  readonly account: ReceiptAccount;
  readonly sealedAccount: string | null;
  /** What its look-up has shown, which stays known however the activation ends. */
  readonly seen: Transition['seen'];
  readonly jobId: string;
  /** Activations of this job in a row after which nothing was written, this one included. */
  readonly activations: number;
}

export type CommitResult =
  /** `receiptVersion`: of the receipt's row after the write. */
  | {
      readonly kind: 'done';
      readonly nextWaiter: string | null;
      readonly receiptVersion: number;
    }
  /** Another writer was first; nothing was written. */
  | { readonly kind: 'moved'; readonly version: number; readonly state: string }
  /** The receipt is not as it was looked at any more; nothing was written. */
  | { readonly kind: 'disturbed' }
  | { readonly kind: 'lane_held'; readonly by: LaneHolder };

export interface CommitOptions {
  /**
   * What is written follows from a look-up: only while the receipt's row has this version, and the hold is this refund's
   * own, or no other refund's (`free`), or one's that stands still (`any`). Without it the refund's own version is the only
   * guard.
   */
  readonly lookedAt?: { readonly receiptVersion: number; readonly lock: 'own' | 'free' | 'any' };
  readonly jobId?: string;
  readonly newAccount?: RefundAccount;
}

/** Why a stored record is not read: a newer version of this program wrote it, or it makes no sense at all. */
export type WhyUnread = 'newer' | 'unreadable';

/** What the ledger knows of a refund whose record it cannot read. */
export interface UnreadRefund {
  readonly unread: WhyUnread;
  readonly refundId: RefundId;
  readonly receiptId: ReceiptId | null;
  readonly orderId: string | null;
  /** As it is stored: a newer version may have states of its own. */
  readonly state: string;
  readonly version: number;
  /** An attempt was written, so that a cancel may have been called. */
  readonly sent: boolean;
  /** null: no dead letter. */
  readonly deadLetter: UnreadCase | null;
}

export interface UnreadCase {
  readonly case: string;
  readonly code: string | null;
  readonly pgCode: string | null;
  readonly severity: string;
  /** ms; null: not known. */
  readonly at: number | null;
}

/** A person's verdict on a dead letter whose record cannot be read. */
export interface UnreadableVerdict {
  readonly at: number;
  readonly who: string;
  readonly outcome: ResolveOutcome;
  readonly reason: string;
  readonly evidence: string | null;
  /** Its money may be in the totals of its receipt. */
  readonly marks: boolean;
}

export interface StoredRefund {
  /** null: the stored record is not read (see `unread`), or its details were erased. */
  readonly refund: Refund | null;
  /** null: it was read, or its details were erased. */
  readonly unread: UnreadRefund | null;
  /** It ended longer ago than records are kept: nothing is left but its identity and how it ended. */
  readonly purged: boolean;
  readonly state: State;
  readonly version: number;
  /** The job that works on it; null: none has begun, or it waits for none. */
  readonly jobId: string | null;
  readonly history: readonly HistoryEntry[];
}

export interface ReceiptRow extends ReceiptAccount {
  readonly holder: string | null;
  /**
   * When a look-up first showed less than was shown or settled before, and the row's version by then; null: none did
   * since the last good one.
   */
  readonly below: { readonly at: number; readonly version: number; readonly totalWon: number } | null;
  /** Refunds that wait for the hold. */
  readonly waiting: readonly string[];
  /** Their jobs: the names of jobs that a person made say nothing about the refund. */
  readonly waitingJobs: readonly string[];
}

export interface ListQuery {
  readonly state?: State | undefined;
  /** Dead letters of this kind, with this code. */
  readonly case?: DeadLetterCase | undefined;
  readonly code?: string | undefined;
  readonly receiptId?: string | undefined;
  readonly orderId?: string | undefined;
  /** Accepted at or after, and at or before, ms. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Dead letters since this moment or longer, ms. Unless of a receipt or an order, latest dead letter first. */
  readonly deadBy?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Dead letters that are alike in all of this, counted. */
export interface CaseGroup {
  /** As it is stored: a newer version may have cases and severities of its own. */
  readonly case: string;
  readonly code: string | null;
  readonly severity: string;
  readonly pgCode: string | null;
  readonly count: number;
  /** When the first of them became a dead letter, ms. */
  readonly oldestAt: number;
}

/** A line of a list. */
export type ListItem = Refund | UnreadRefund;

export interface ListPage {
  readonly items: readonly Refund[];
  /** The items, and in their places the records that fit the query and cannot be read. */
  readonly all: readonly ListItem[];
  /** Refund ids met on the way whose record is gone or cannot be read, whether they fit the query or not. */
  readonly unreadable: readonly string[];
  readonly nextCursor: string | null;
}

/** A place in an index: the last refund seen, and its score there. */
export interface Place {
  readonly id: string;
  readonly score: number;
}

export interface OverdueQuery {
  /** Open refunds by next wake-up, or dead letters. */
  readonly among: 'open' | 'cases';
  /** null: from the start. */
  readonly after: Place | null;
  /** ms */
  readonly now: number;
  /** ms; wake-ups by then are due, and their jobs have to be there. */
  readonly dueBy: number;
  /** ms; of later wake-ups only those that a clock which was ahead has written count, up to this one. */
  readonly upTo: number;
  /** ms; with wake-up and deadline both before it, nobody could work on a refund in time. */
  readonly lateBy: number;
  readonly limit: number;
}

export interface OverdueRefund {
  readonly refundId: RefundId;
  /**
   * `no_list`: the job is in none of BullMQ's lists. `asleep`: it waits although its wake-up is due. `ahead`: the wake-up
   * was written by a clock that was ahead.
   */
  readonly why: 'no_job' | 'no_list' | 'asleep' | 'ahead' | 'past_deadline';
  /** The job that should work on it. */
  readonly jobId: string;
}

/** A page of the refunds that ended in one state, oldest first. Each is purged with all others of its receipt. */
export interface PurgeQuery {
  readonly state: EndedState;
  /** ms; only those whose end lies at or before it. */
  readonly endedBy: number;
  /** How many at the head were looked at before and stay. */
  readonly passOver: number;
  readonly limit: number;
}

export interface PurgePage {
  /** Those of the same receipts included that are not on this page. */
  readonly purged: number;
  readonly stayed: number;
  /** Nothing older is left behind this page. */
  readonly end: boolean;
}

/** A refund that a hint may ring, and the job that last worked on it (null: none has). */
export interface HintedRefund {
  readonly refund: Refund;
  readonly jobId: string | null;
}

/** A record that cannot be read, after its move. */
export interface MarkedUnreadable {
  readonly refund: UnreadRefund;
  /** Job of the refund that waited longest for the receipt, where that was released. */
  readonly nextWaiter: string | null;
}

export interface Ledger {
  /** False: no data key, so an event with a refund account cannot be kept. */
  readonly canKeepAccounts: boolean;
  /** Stores many at once; answers in the order given. Nothing is rung yet. */
  accept(batch: readonly NewRefund[]): Promise<Acceptance[]>;
  begin(request: BeginRequest): Promise<BeginResult>;
  commit(change: Transition, options: CommitOptions): Promise<CommitResult>;
  read(id: RefundId): Promise<StoredRefund | null>;
  readReceipt(id: ReceiptId): Promise<ReceiptRow>;
  /** Remembers, or purges, that a look-up showed less than was shown or settled before on a receipt. */
  noteBelow(id: ReceiptId, below: ReceiptRow['below']): Promise<void>;
  /** The highest total falls to what is shown, unless the row has moved on from `version`. */
  lowerHighest(id: ReceiptId, to: { readonly totalWon: number; readonly version: number }): Promise<boolean>;
  list(query: ListQuery): Promise<ListPage>;
  /** All dead letters by what they have in common. */
  caseGroups(): Promise<readonly CaseGroup[]>;
  openAccount(sealed: string, id: RefundId): RefundAccount;
  /** Keeps evidence that changes nothing else: a late reply, a conflicting event. */
  note(id: RefundId, entry: HistoryEntry): Promise<void>;
  /**
   * Puts a record that cannot be read in front of a person, and releases its receipt where nothing can be under way for it.
   * null: it can be read, belongs to a newer version, has ended or was written meanwhile; nothing was done.
   */
  markUnreadable(id: RefundId, now: number): Promise<MarkedUnreadable | null>;
  /** Closes such a case as the person saw it; null: it has moved on, and nothing was done. */
  closeUnreadable(refund: UnreadRefund, verdict: UnreadableVerdict): Promise<MarkedUnreadable | null>;
  /** True for one caller in so many ms: work that one process of many does. */
  claim(work: string, forMs: number): Promise<boolean>;
  /** One page of those whose job is lost, or whose deadline passed while nobody worked on them; `next` null: the end. */
  overdue(query: OverdueQuery): Promise<{
    readonly found: readonly OverdueRefund[];
    readonly next: Place | null;
  }>;
  /** When the latest refund was accepted, in whichever state it is; null: none is there. */
  newestAcceptedAt(): Promise<number | null>;
  /** Erases the details of refunds that ended long ago; their identity stays, and so does their receipt's row. */
  purge(query: PurgeQuery): Promise<PurgePage>;
  /** The unknown refunds on a receipt that a hint may ring now. */
  hint(receiptId: ReceiptId, now: number): Promise<readonly HintedRefund[]>;
  /** The receipt of the last usable look-up: shows whether refused credentials are wrong. */
  lastAnsweredReceipt(): Promise<ReceiptId | null>;
  counts(): Promise<{ readonly byState: Readonly<Record<State, number>>; readonly conflicts: number }>;
}
