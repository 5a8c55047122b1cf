// The accounting book: an entry for each time that a refund came to an end, or that its end was taken back.
import type { RefundId } from './ids.ts';

export interface BookEntry {
  /** Its place among the entries of its day: the next one has a greater id. */
  readonly id: string;
  readonly refundId: RefundId;
  /** Of the record, after the move. */
  readonly version: number;
  /** ms; its day in Seoul is the day of the book. */
  readonly at: number;
  /** States before and after; a newer version may have states of its own. */
  readonly from: string;
  readonly to: string;
  /** What it adds to the money refunded on that day; below 0 where an end was taken back. */
  readonly won: number;
  /** What a person sent by hand; below 0 where that was taken back. null: nothing, or it was not said. */
  readonly byHandWon: number | null;
  /** What was asked for, and how much of `won` is free of tax; null: not known. */
  readonly askedWon: number | null;
  readonly taxFreeWon: number | null;
}

/** A page of one day, in the order in which the entries were written. */
export interface BookQuery {
  /** In Seoul, such as 2026-11-29. */
  readonly day: string;
  /** The id of the last entry that was read; null: from the first one on. */
  readonly after: string | null;
  readonly limit: number;
}
