// What the ledger promises to its callers. Each caller declares which of these it uses.
import type { RefundAccount } from './event.ts';
import type { ReceiptId, RefundId } from './ids.ts';
import type { DeadLetterCase, HistoryEntry, ReceiptAccount, Refund } from './refund.ts';
import type { EndedState, State } from './states.ts';
import type { CommitOptions, CommitResult, LaneHolder, Transition } from './transition.ts';
import type { MarkedUnreadable, UnreadableVerdict, UnreadRefund } from './unread.ts';

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
   * `jobId`: the job that works on it, where one has begun. `state`: as it is stored. For a duplicate whose stored record
   * cannot be read, `refund` is what the event makes.
   */
  | {
      readonly kind: 'accepted' | 'duplicate';
      readonly refund: Refund;
      readonly state: string;
      readonly jobId: string | null;
    }
  | { readonly kind: 'conflict'; readonly with: 'content' | 'cancel_id'; readonly owner: RefundId };

/** What accepting an event would come to. `state`: as it is stored. */
export type PeekResult =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate'; readonly state: string }
  | { readonly kind: 'conflict'; readonly with: 'content' | 'cancel_id'; readonly owner: RefundId };

/** A refund that needs a job in the queue. */
export interface JobRequest {
  readonly refund: Refund;
  /** The job that works on it; null: no job has begun. */
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
  /** A newer version of this program wrote the record; what this activation took was given back. */
  | { readonly kind: 'newer'; readonly nextWaiter: string | null }
  | { readonly kind: 'closed'; readonly refund: Refund | null; readonly state: State }
  | { readonly kind: 'early'; readonly at: number }
  | { readonly kind: 'lane_held'; readonly by: LaneHolder }
  | { readonly kind: 'receipt_held'; readonly waits: number; readonly refund: Refund }
  | ({ readonly kind: 'go' } & Activation);

export interface Activation {
  readonly refund: Refund;
  readonly account: ReceiptAccount;
  readonly sealedAccount: string | null;
  /** What the look-up of this activation showed; it is written however the activation ends. */
  readonly seen: Transition['seen'];
  readonly jobId: string;
  /** Activations of this job in a row that wrote nothing, counting this one. */
  readonly activations: number;
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
   * When a look-up first showed less than was shown or settled before, and the row's version then; null: no look-up has,
   * since the last good one.
   */
  readonly below: { readonly at: number; readonly version: number; readonly totalWon: number } | null;
  /** Refunds that wait for the receipt lock. */
  readonly waiting: readonly string[];
  /** Their jobs. A job that a person added may have any name, which then does not name the refund. */
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
  /** Dead letters since this time or longer, ms. The latest dead letter comes first, unless of a receipt or an order. */
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

/** One entry of a list. */
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
  /** ms; later wake-ups are examined up to this one, for those that a clock wrote while it was ahead. */
  readonly upTo: number;
  /** ms; a refund whose wake-up and deadline both lie before it could not be worked on in time. */
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

/** A page of the refunds that ended in one state, oldest first. The refunds of a receipt are purged together. */
export interface PurgeQuery {
  readonly state: EndedState;
  /** ms; only refunds that ended at this time or before. */
  readonly endedBy: number;
  /** How many at the head of the index were examined before and stay. */
  readonly passOver: number;
  readonly limit: number;
}

export interface PurgePage {
  /** Includes refunds of the same receipts that are not on this page. */
  readonly purged: number;
  readonly stayed: number;
  /** No refund after this page is old enough. */
  readonly end: boolean;
}

/** A refund that a webhook hint may wake, and the job that last worked on it (null: none has). */
export interface HintedRefund {
  readonly refund: Refund;
  readonly jobId: string | null;
}

export interface Ledger {
  /** False: no data key, so an event with a refund account cannot be kept. */
  readonly canKeepAccounts: boolean;
  /** Stores many at once; answers in the order given. No job is enqueued yet. */
  accept(batch: readonly NewRefund[]): Promise<Acceptance[]>;
  /** What `accept` would answer now; nothing is stored. */
  peek(refund: NewRefund): Promise<PeekResult>;
  begin(request: BeginRequest): Promise<BeginResult>;
  commit(change: Transition, options: CommitOptions): Promise<CommitResult>;
  read(id: RefundId): Promise<StoredRefund | null>;
  readReceipt(id: ReceiptId): Promise<ReceiptRow>;
  /** Notes that a look-up showed less than was shown or settled before on a receipt; null removes the note. */
  noteBelow(id: ReceiptId, below: ReceiptRow['below']): Promise<void>;
  /** The highest total falls to what is shown, unless the row has moved on from `version`. */
  lowerHighest(id: ReceiptId, to: { readonly totalWon: number; readonly version: number }): Promise<boolean>;
  list(query: ListQuery): Promise<ListPage>;
  /** All dead letters, counted by what they have in common. */
  caseGroups(): Promise<readonly CaseGroup[]>;
  openAccount(sealed: string, id: RefundId): RefundAccount;
  /** Keeps evidence that changes nothing else: a late reply, a conflicting event. */
  note(id: RefundId, entry: HistoryEntry): Promise<void>;
  /**
   * Makes a case of a record that cannot be read, and releases its receipt lock where no call can be under way for it.
   * null: it can be read, belongs to a newer version, has ended or was written meanwhile; nothing was done.
   */
  markUnreadable(id: RefundId, now: number): Promise<MarkedUnreadable | null>;
  /** Closes such a case as the person saw it; null: it has moved on, and nothing was done. */
  closeUnreadable(refund: UnreadRefund, verdict: UnreadableVerdict): Promise<MarkedUnreadable | null>;
  /** Claims work that one process of many should do: true for one caller in so many ms. */
  claim(work: string, forMs: number): Promise<boolean>;
  /** One page of refunds whose job is lost, or whose deadline passed while no worker took them; `next` null: the end. */
  overdue(query: OverdueQuery): Promise<{
    readonly found: readonly OverdueRefund[];
    readonly next: Place | null;
  }>;
  /** When the newest refund was accepted, whatever its state; null: there is none. */
  newestAcceptedAt(): Promise<number | null>;
  /** Erases the details of refunds that ended long ago; their identity stays, and so does their receipt's row. */
  purge(query: PurgeQuery): Promise<PurgePage>;
  /** The unknown refunds on a receipt that a webhook hint may wake now. */
  hint(receiptId: ReceiptId, now: number): Promise<readonly HintedRefund[]>;
  /** The receipt of the last usable look-up: shows whether refused credentials are wrong. */
  lastAnsweredReceipt(): Promise<ReceiptId | null>;
  counts(): Promise<{ readonly byState: Readonly<Record<State, number>>; readonly conflicts: number }>;
}
