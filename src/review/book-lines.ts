// A line of the accounting book as a row of CSV and as JSON, and the foot with its sums. Never an account.

import { itemOf } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { Refund } from '../domain/refund.ts';
import type { CsvCell, CsvRow } from '../policies/csv.ts';
import { methodWords } from '../policies/method-words.ts';
import { seoulDay, seoulSecond } from '../policies/seoul-time.ts';
import type { BookLine } from './book.ts';
import {
  agreesText,
  authorText,
  type BookColumn,
  bookColumns,
  countText,
  differsText,
  footNames,
  noteText,
  outcomeOf,
  outcomeText,
} from './book-texts.ts';
import { iso, recordView, unreadView } from './record-view.ts';

export type Language = keyof Text;

const columns = Object.keys(bookColumns) as BookColumn[];

export function headRow(language: Language): string[] {
  return columns.map((name) => bookColumns[name][language]);
}

function rowOf(cells: Partial<Record<BookColumn, CsvCell>>): CsvRow {
  return columns.map((name) => cells[name] ?? null);
}

export function lineRow(line: BookLine, language: Language): CsvRow {
  const { day, entry, stored } = line;
  const move = moveOf(line);
  const outcome = outcomeOf(move?.what ?? '');
  const refund = stored?.refund ?? null;
  const known = itemOf(stored);
  const byPerson = move !== null && move.who !== 'worker' && move.who !== 'reconcile';
  return rowOf({
    day,
    order: known?.orderId ?? null,
    refund: entry.refundId,
    receipt: known?.receiptId ?? null,
    ...receiptCells(refund, language),
    asked: entry.askedWon,
    refunded: entry.won,
    byHand: entry.byHandWon,
    taxFree: entry.taxFreeWon,
    outcome: outcomeText(entry, outcome)[language],
    code: refund === null ? null : codeOf(refund, line),
    who: move === null ? null : authorText(move.who)[language],
    reason: byPerson ? move.reason : null,
    evidence: refund?.resolution?.at === entry.at ? refund.resolution.evidence : null,
    accepted: refund === null ? null : seoulSecond(refund.acceptedAt),
    ended: seoulSecond(entry.at),
    refundBy: refund === null ? null : seoulDay(refund.refundBy),
    note: noteText(entry, { stored, outcome })?.[language] ?? null,
  });
}

/** The line of the record's history that was written with the entry; null: erased. */
function moveOf({ entry, stored }: BookLine) {
  return stored?.history.find(({ at, to }) => at === entry.at && to === entry.to) ?? null;
}

function receiptCells(refund: Refund | null, language: Language) {
  const { method = null, pg = null } = refund?.lastLookUp?.receipt ?? {};
  return { method: method === null ? null : methodWords[method][language], pg };
}

/** Why a person had to close it, or why it is a case again; null: it went through. */
function codeOf({ deadLetter, attempts }: Refund, { entry, stored }: BookLine): string | null {
  if (entry.to === 'succeeded') return null;
  if (entry.to === 'dead_lettered') return deadLetter?.code ?? deadLetter?.rule ?? deadLetter?.case ?? null;
  const code = attempts.at(-1)?.outcome?.code ?? null;
  const stopped = stored?.history.findLast(({ at, to }) => to === 'dead_lettered' && at <= entry.at);
  return code ?? stopped?.reason?.split(':')[0] ?? null;
}

/** For programs: the entry, and the record as `GET /v1/refunds/{refund_id}` shows it. */
export function lineView({ day, entry, stored }: BookLine) {
  const { at, refundId, version, from, to, won, byHandWon, askedWon, taxFreeWon } = entry;
  return {
    day,
    ended_at: iso(at),
    refund_id: refundId,
    version,
    from,
    to,
    refunded: won,
    refunded_by_hand: byHandWon,
    asked: askedWon,
    tax_free: taxFreeWon,
    record: stored === null || stored.purged ? null : storedView(stored),
  };
}

function storedView({ refund, unread, history }: NonNullable<BookLine['stored']>) {
  if (refund !== null) return recordView(refund, history, null);
  return unread === null ? null : unreadView(unread, history, null);
}

/** What the lines add up to, and on which days the counters say something else. */
export interface BookSums {
  readonly lines: number;
  readonly refundedWon: number;
  readonly byHandWon: number;
  readonly taxFreeWon: number;
  /** Of the day that is being read. */
  readonly dayWon: number;
  readonly countedWon: number;
  readonly differs: readonly { readonly day: string; readonly missingWon: number }[];
}

export const noSums: BookSums = {
  lines: 0,
  refundedWon: 0,
  byHandWon: 0,
  taxFreeWon: 0,
  dayWon: 0,
  countedWon: 0,
  differs: [],
};

export function withLines(sums: BookSums, lines: readonly BookLine[]): BookSums {
  const add = (amount: (line: BookLine) => number | null) =>
    lines.reduce((sum, line) => sum + (amount(line) ?? 0), 0);
  const wonOfPage = add(({ entry }) => entry.won);
  return {
    ...sums,
    lines: sums.lines + lines.length,
    refundedWon: sums.refundedWon + wonOfPage,
    dayWon: sums.dayWon + wonOfPage,
    byHandWon: sums.byHandWon + add(({ entry }) => entry.byHandWon),
    taxFreeWon: sums.taxFreeWon + add(({ entry }) => entry.taxFreeWon),
  };
}

export function withDay(
  sums: BookSums,
  { day, countedWon }: { readonly day: string; readonly countedWon: number },
): BookSums {
  // Counters are kept for 400 days, the book for longer.
  const counted = countedWon === 0 ? sums.dayWon : countedWon;
  const missingWon = counted - sums.dayWon;
  return {
    ...sums,
    dayWon: 0,
    countedWon: sums.countedWon + counted,
    differs: missingWon === 0 ? sums.differs : [...sums.differs, { day, missingWon }],
  };
}

export function footRows(sums: BookSums, language: Language): CsvRow[] {
  const { lines, refundedWon, byHandWon, taxFreeWon, countedWon, differs } = sums;
  const verdict = differs.length === 0 ? agreesText : differsText(differs);
  return [
    rowOf({
      day: footNames.sum[language],
      refunded: refundedWon,
      byHand: byHandWon,
      taxFree: taxFreeWon,
      note: countText(lines)[language],
    }),
    rowOf({ day: footNames.ledger[language], refunded: countedWon, note: verdict[language] }),
  ];
}
