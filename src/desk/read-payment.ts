// Reads one refund with everything that a page shows beside it: its payment, the other refunds of it, and who acted.
import type { System } from '../compose.ts';
import type { StoredAction } from '../domain/action.ts';
import type { Approval } from '../domain/approval.ts';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { ListItem, Look, ReceiptRow } from '../domain/ledger.ts';
import type { HistoryEntry, Refund } from '../domain/refund.ts';
import { type RecordAnswer, readRecordView } from '../review/read-record.ts';
import { type Money, moneyOf } from './money.ts';

/** All refunds of one receipt, as far as they are kept. */
export interface Payment {
  readonly receiptId: ReceiptId;
  readonly row: ReceiptRow;
  /** Latest first, the one that is looked at among them; at most `mostRefunds`. */
  readonly refunds: readonly ListItem[];
  readonly more: boolean;
  /** What Bootpay shows beyond totals: method, names; the latest known. */
  readonly shown: Look | null;
  /** null: never looked up. */
  readonly money: Money | null;
}

export type Reading =
  | (Extract<RecordAnswer, { kind: 'record' }> & {
      readonly payment: Payment;
      readonly actions: readonly StoredAction[];
      /** What waits for a second person. */
      readonly approval: Approval | null;
    })
  | (Extract<RecordAnswer, { kind: 'unread' }> & { readonly payment: Payment | null })
  | Extract<RecordAnswer, { kind: 'purged' | 'not_found' }>;

/** What acts are about. */
export type CaseFound = Extract<Reading, { kind: 'record' | 'unread' }>;

export function subjectOf(found: CaseFound): ListItem {
  return found.kind === 'record' ? found.facts.refund : found.unread;
}

const mostRefunds = 50;

/** Read anew where it moved in between, so that its state and the money beside it tell the same. */
export async function readRefund(system: System, id: RefundId, tries = 3): Promise<Reading> {
  const found = await readRecordView(system, id);
  switch (found.kind) {
    case 'record': {
      const { refund } = found.facts;
      const payment = await readPayment(system, refund.receiptId);
      if (tries > 1 && hasMoved(refund, payment)) return readRefund(system, id, tries - 1);
      const [actions, approval] = await Promise.all([
        actionsOn(system, id, found.history),
        system.approvals.openOn(id),
      ]);
      return { ...found, payment, actions, approval };
    }
    case 'unread': {
      const { receiptId } = found.unread;
      return { ...found, payment: receiptId === null ? null : await readPayment(system, receiptId) };
    }
    default:
      return found;
  }
}

function hasMoved({ refundId, version }: Refund, { refunds }: Payment): boolean {
  return refunds.some((other) => other.refundId === refundId && other.version !== version);
}

export async function readPayment({ ledger }: System, receiptId: ReceiptId): Promise<Payment> {
  const [row, look] = await Promise.all([ledger.readReceipt(receiptId), ledger.lastLook(receiptId)]);
  // Last: by its versions a reader knows whether something moved before it.
  const page = await ledger.list({ receiptId, limit: mostRefunds });
  const { all: refunds } = page;
  const looks = refunds.flatMap((refund) => ('unread' in refund ? [] : (refund.lastLookUp ?? [])));
  const [shown = null] = [...looks, ...(look === null ? [] : [look])].sort((a, b) => b.at - a.at);
  const money = moneyOf(refunds, row, look);
  return { receiptId, row, refunds, more: page.nextCursor !== null, shown, money };
}

const longestAgoMs = 30 * 24 * 60 * 60 * 1000;

/**
 * By which way people acted is in the stream of actions alone, which has no index: one page of it is read, back to their
 * first act and a month at most.
 */
async function actionsOn(
  { ledger, clock }: System,
  refundId: RefundId,
  history: readonly HistoryEntry[],
): Promise<readonly StoredAction[]> {
  const first = history.find(({ what }) => /^(replay|resolve)\b/.test(what));
  if (first === undefined) return [];
  const from = Math.max(first.at, clock.now() - longestAgoMs);
  return (await ledger.actions({ refundId, from, limit: 50 })).items;
}
