// What the ledger promises to its callers. Each caller declares which of these it uses.

import { z } from 'zod';
import type { Action, ActionPage, ActionQuery } from './action.ts';
import type { Approval } from './approval.ts';
import type { Assignment, Beside, NewNote, NoteResult, Watcher } from './beside.ts';
import type { BookEntry, BookQuery } from './book.ts';
import type { CaseFilter, CasePage, CaseQuery, CaseTotals } from './case-query.ts';
import type { SealObstacle } from './data-keys.ts';
import type { DayCounts } from './day-counts.ts';
import type { RefundAccount } from './event.ts';
import type { ReceiptId, RefundId } from './ids.ts';
import type { Text } from './problem.ts';
import type { DeadLetterCase, HistoryEntry, ReceiptAccount, Refund } from './refund.ts';
import { type ReceiptAbout, receiptSchema } from './reply.ts';
import type { Sheet } from './sheet.ts';
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

/** A refund that needs a job in the queue, or whose job is to wake up. */
export interface JobRequest {
  readonly refund: Refund;
  /** The job that works on it, or last did; null: none has begun. */
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
  /** What it showed for people, until it is written once. */
  readonly about: ReceiptAbout | null;
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
  /** What the last look-up showed for people; null: nothing, or a process of 0.4 made it. */
  readonly about: ReceiptAbout | null;
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

/** What a person's look-up showed, and when it was asked for, ms. */
export const lookSchema = z.object({ at: z.number(), receipt: receiptSchema });
export type Look = z.infer<typeof lookSchema>;

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

/** null: there is none, or its details were erased. */
export function itemOf(stored: Pick<StoredRefund, 'refund' | 'unread'> | null | undefined): ListItem | null {
  return stored?.refund ?? stored?.unread ?? null;
}

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

/** Refunds whose job is lost, or whose deadline passed while no worker took them. */
export interface OverduePage {
  readonly found: readonly OverdueRefund[];
  /** null: the end. */
  readonly next: Place | null;
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

/** An act that waits for a second person from now on, and what is kept of its asking. */
export interface ApprovalRequest {
  readonly approval: Approval;
  readonly account: RefundAccount | undefined;
  readonly note: NewNote;
  readonly action: Action;
}

export type AskResult =
  | { readonly kind: 'done' | 'moved' }
  /** The case waits for this one. */
  | { readonly kind: 'open'; readonly approval: Approval };

export type SentBack = Omit<ApprovalRequest, 'account'>;

export interface WrittenNote {
  readonly note: NewNote;
  readonly action: Action;
  readonly handOver?: HandOver | undefined;
}

/** The case of this version becomes somebody's; null: nobody's. */
export interface HandOver {
  readonly version: number;
  readonly assigned: Assignment | null;
}

/** Whose case it is, and who is looking at it. */
export type PeopleOn = Pick<Beside, 'assigned' | 'watching'>;

/** How a reconciliation ended. */
export interface Reconciliation {
  /** ms */
  readonly at: number;
  /** Receipts. */
  readonly compared: number;
  /** Those that a person has to look at. */
  readonly different: number;
  /** False: it was stopped, or gave up. */
  readonly complete: boolean;
}

/** A refund account in the clear; or the id of the key that sealed it, which is not here (or another one has its id). */
type OpenedAccount = { readonly kind: 'opened'; readonly account: RefundAccount } | MissingKey;

export interface MissingKey {
  readonly kind: 'no_key';
  readonly keyId: string;
  /** A worker that runs has it. */
  readonly elsewhere: boolean;
}

/** A refund that waits for a data key, and the job that works on it. */
export interface KeyWaiter {
  readonly refund: Refund;
  readonly wait: NonNullable<Refund['keyWait']>;
  readonly jobId: string;
  /** This process has the key. */
  readonly canOpen: boolean;
}

export interface Ledger {
  /** Why an event with a refund account is not kept; null: it is. */
  sealObstacle(now: number): Promise<SealObstacle | null>;
  /** What is wrong between the data keys of this process and those of the others; null: nothing. */
  keyTrouble(now: number): Promise<Text | null>;
  /** Tells the others which data keys this worker has. */
  noteWorkerKeys(name: string, now: number): Promise<void>;
  forgetWorkerKeys(name: string): Promise<void>;
  /** So that `keyWaits` finds it, once its record says that it waits. */
  noteKeyWait(id: RefundId, since: number): Promise<void>;
  keyWaits(): AsyncIterable<KeyWaiter>;
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
  /** The highest total falls to what is shown, unless the row has moved on from `version`. `now`: ms. */
  lowerHighest(
    id: ReceiptId,
    to: { readonly totalWon: number; readonly version: number; readonly now: number },
  ): Promise<boolean>;
  /** Keeps for a day what a person's look-up showed; a total above the highest one becomes that. */
  noteLook(look: Look, about: ReceiptAbout | null): Promise<void>;
  lastLook(id: ReceiptId): Promise<Look | null>;
  /** The refund that an event's own cancel_id belongs to. */
  ownerOf(cancelId: string): Promise<RefundId | null>;
  /** The sources that events came from. */
  sources(): Promise<readonly string[]>;
  list(query: ListQuery): Promise<ListPage>;
  /** All dead letters, counted by what they have in common. */
  caseGroups(): Promise<readonly CaseGroup[]>;
  /** Dead letters in one of their orders, from an index: of the records only those of the page are read. */
  cases(query: CaseQuery): Promise<CasePage>;
  /** How many and how much the cases of a filter are, by what they have in common; no record is read. */
  caseTotals(asked: { readonly filter: CaseFilter; readonly now: number }): Promise<CaseTotals>;
  /**
   * Dead letters that a process of 0.4 opened get their places in the orders of cases, and those that it closed lose
   * them. Answers how many.
   */
  placeCases(signal?: AbortSignal): Promise<number>;
  /** What happened on a day in Seoul, such as 2026-11-29; zeros where nothing did. */
  day(seoulDay: string): Promise<DayCounts>;
  /** The accounting book of a day in Seoul; its sum is the `won` of that day's counters. */
  book(query: BookQuery): Promise<readonly BookEntry[]>;
  /** How many entries it has on these days. */
  bookLength(days: readonly string[]): Promise<number>;
  /** Keeps what a person wanted where no record moved; what moves one is kept by the step that moves it. */
  recordAction(action: Action): Promise<void>;
  actions(query: ActionQuery): Promise<ActionPage>;
  /** For a day; once rows of it were sent, for 30 days. */
  keepSheet(sheet: Sheet): Promise<void>;
  /** null: there is none, or no longer. */
  readSheet(id: string): Promise<Sheet | null>;
  noteReconciliation(run: Reconciliation): Promise<void>;
  /** null: none has ended since this is noted. */
  lastReconciliation(): Promise<Reconciliation | null>;
  /** Forgets actions before this time, ms. */
  trimActions(before: number): Promise<number>;
  /** The refund account that is kept for it; null: none, or the key to it is not here. */
  keptAccount(id: RefundId): Promise<RefundAccount | null>;
  openAccount(sealed: string, id: RefundId, now: number): Promise<OpenedAccount>;
  /** Keeps an act that a second person has to approve, unless the case has moved or waits for another one. */
  askApproval(asked: ApprovalRequest): Promise<AskResult>;
  /** What was asked for on this refund; null: nothing is kept. */
  approval(id: RefundId): Promise<Approval | null>;
  /** All that are kept, those that are over or whose case moved among them; the latest first. */
  approvals(): Promise<readonly Approval[]>;
  /** The account that was given with it; null: none, or the key to it is not here. */
  approvalAccount(id: RefundId): Promise<RefundAccount | null>;
  /** False: it does not stand any more, and nothing was done. */
  sendBack(sent: SentBack): Promise<boolean>;
  /** Keeps what a person writes beside a refund. */
  addNote(id: RefundId, written: WrittenNote): Promise<NoteResult>;
  /** What people keep beside a refund. */
  beside(id: RefundId, now: number): Promise<Beside>;
  /** The same without notes, of many; in the order of the ids. */
  peopleOn(ids: readonly RefundId[], now: number): Promise<readonly PeopleOn[]>;
  /** Somebody looks at a case until then, ms. */
  watch(id: RefundId, watcher: Watcher, now: number): Promise<void>;
  unwatch(id: RefundId, who: string): Promise<void>;
  /** Keeps evidence that changes nothing else: a late reply, a conflicting event. */
  note(id: RefundId, entry: HistoryEntry): Promise<void>;
  /**
   * Makes a case of a record that cannot be read, and releases its receipt lock where no call can be under way for it.
   * null: it can be read, belongs to a newer version, has ended or was written meanwhile; nothing was done.
   */
  markUnreadable(id: RefundId, now: number): Promise<MarkedUnreadable | null>;
  /** Closes such a case as the person saw it; null: it has moved on, and nothing was done. */
  closeUnreadable(refund: UnreadRefund, verdict: UnreadableVerdict): Promise<MarkedUnreadable | null>;
  /**
   * Claims work that one process of many should do: true for one caller in so many ms. A named owner keeps its claim by
   * claiming again.
   */
  claim(work: string, forMs: number, owner?: string): Promise<boolean>;
  /** Ends a claim before its time, while it is this owner's. */
  release(work: string, owner: string): Promise<void>;
  overdue(query: OverdueQuery): Promise<OverduePage>;
  /** When the newest refund was accepted, whatever its state; null: there is none. */
  newestAcceptedAt(): Promise<number | null>;
  /** Erases the details of refunds that ended long ago; their identity stays, and so does their receipt's row. */
  purge(query: PurgeQuery): Promise<PurgePage>;
  /** The unknown refunds on a receipt that a webhook hint may wake now. */
  hint(receiptId: ReceiptId, now: number): Promise<readonly JobRequest[]>;
  /** The receipt of the last usable look-up: shows whether refused credentials are wrong. */
  lastAnsweredReceipt(): Promise<ReceiptId | null>;
  counts(): Promise<{ readonly byState: Readonly<Record<State, number>>; readonly conflicts: number }>;
}
