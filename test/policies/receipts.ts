// Receipts for the policies' tests: a paid card payment, changed where a test says so.
import { type Receipt, receiptSchema } from '../../src/domain/reply.ts';

export function receiptWith(changes: Partial<Receipt> = {}): Receipt {
  return receiptSchema.parse({
    receiptId: '6244f60c1fc19202e42e8c4e',
    priceWon: 10_000,
    taxFreeWon: 0,
    cancelledWon: 0,
    cancelledTaxFreeWon: 0,
    status: 1,
    currency: 'KRW',
    method: 'card',
    funding: null,
    pg: '나이스페이먼츠',
    purchasedAt: seoul('2026-11-01T12:00:00'),
    ...changes,
  });
}

/** A time on Seoul's clock, in ms. */
export function seoul(clock: string): number {
  return Date.parse(`${clock}+09:00`);
}
