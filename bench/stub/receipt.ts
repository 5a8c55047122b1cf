// What the stub answers: the words of the simulator's core, written once; afterwards only the receipt's id is filled in.
import { refusalBody } from '../../simulator/core/codes.ts';
import { CANCELLED, knownReceipt, PAID, wholeReceipt } from '../../simulator/core/receipt.ts';
import { receiptSchema } from '../../simulator/core/scenario.ts';

const priceWon = 10_000;
const blank = '<receipt>';
const input = { id: blank, orderId: `order-of-${blank}`, price: priceWon, purchasedAt: 'now-3d' };
const receipt = knownReceipt(receiptSchema.parse(input), Date.now());

function textOf(cancelled: number, status: number): string[] {
  const at = cancelled === 0 ? null : Date.now();
  return JSON.stringify(wholeReceipt(receipt, { cancelled, taxFree: 0, at }, status)).split(blank);
}
const texts = { paid: textOf(0, PAID), cancelled: textOf(priceWon, CANCELLED) };

/** JSON text; everything is paid by card three days ago, and cancelled whole or not at all. */
export function receiptText(receiptId: string, state: keyof typeof texts): string {
  return texts[state].join(receiptId);
}

export function refusalText(code: string): string {
  return JSON.stringify(refusalBody({ code }));
}
