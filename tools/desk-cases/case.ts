// What one of the twenty cases is made of: payments and events that lead to it, what a clerk is told, and its one right act.
import type { ReceiptInput } from '../../simulator/index.ts';
import type { CancellationEventInput } from '../../src/domain/event.ts';
import type { Text } from '../../src/domain/problem.ts';
import type { ResolveOutcome } from '../../src/domain/refund.ts';

/** The one right act. */
export type RightAct =
  /** Sent again, once, and so much has gone back by it in the end. */
  | { readonly kind: 'replay'; readonly won: number; readonly newCancelId?: boolean }
  | { readonly kind: 'resolve'; readonly outcome: ResolveOutcome; readonly evidence?: boolean }
  /** Nobody touches it. */
  | { readonly kind: 'wait' }
  /** A note, and the case is handed to the other person; nobody decides it. */
  | { readonly kind: 'hand_over' }
  /** All of them sent again as one of many, stopped once on the way. */
  | { readonly kind: 'many'; readonly won: number }
  /** Asked for by one person and approved by another. */
  | { readonly kind: 'two_people'; readonly won: number }
  /** A colleague was first: the act is told so, and nothing more is done. */
  | { readonly kind: 'colleague'; readonly won: number };

export interface DeskCase {
  readonly number: number;
  /** For whoever checks, never for the one who decides. */
  readonly title: Text;
  /** What a clerk knows by phone, chat or from a colleague. Facts, not what to do. */
  readonly told: Text;
  readonly payments: readonly ReceiptInput[];
  /** The refunds that have to be cases at the start. */
  readonly events: readonly DeskEvent[];
  /** Refunds of the same order that are paid without a person. */
  readonly paid?: readonly DeskEvent[];
  /** Won that have to be back with the customer of all payments at the end, by whichever way. */
  readonly owedWon: number;
  readonly right: RightAct;
  /** What happens outside once it is a case. */
  readonly afterwards?: 'landed_shows' | 'taken_back';
}

export type DeskEvent = Pick<CancellationEventInput, 'order_id' | 'receipt_id'> &
  Partial<Omit<CancellationEventInput, 'event_id'>>;

/** `6a2c…` and a number: looks like an id of Bootpay. */
export function receiptOf(number: number, part = 0): string {
  return `6a2c0f10c1fc19202e42${number.toString(16).padStart(2, '0')}${part.toString(16).padStart(2, '0')}`;
}

export function orderOf(number: number, part = 0): string {
  const place = part === 0 ? '' : `-${part}`;
  return `ORD-${String(number).padStart(4, '0')}${place}`;
}
