// A shop whose receipts are reconciled: what one run told, and a receipt that suddenly shows another total.
import type { SimulatorOptions } from '../../simulator/index.ts';
import type { Comparison } from '../../src/reconcile/compare.ts';
import type { ReconcileItem, ReconcileRequest } from '../../src/reconcile/reconcile.ts';
import type { TestRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';

export const priceWon = 10_000;

export async function openReceipt(redis: TestRedis, options: ShopOptions = {}): Promise<Shop> {
  const scenario: SimulatorOptions['scenario'] = { receipts: [{ id: 'r1', price: priceWon }] };
  return openShop(redis, { scenario, ...options });
}

/** Its refund_id. */
export async function pay(shop: Shop, amountWon: number, receiptId = 'r1'): Promise<string> {
  const { refund_id } = await shop.send({ receipt_id: receiptId, cancel_price: amountWon });
  return (await shop.until(refund_id, 'succeeded')).refundId;
}

export async function everything(told: AsyncIterable<ReconcileItem> | null): Promise<ReconcileItem[]> {
  const all: ReconcileItem[] = [];
  for await (const one of told ?? []) all.push(one);
  return all;
}

export async function once(shop: Shop, request: ReconcileRequest = {}): Promise<ReconcileItem[]> {
  return everything(shop.system.reconcile(request));
}

export async function verdictOf(shop: Shop, request: ReconcileRequest = {}): Promise<Comparison> {
  const all = await once(shop, request);
  const [only] = all;
  if (all.length !== 1 || only?.kind !== 'receipt') throw new Error(`told ${JSON.stringify(all)}`);
  return only;
}

/** The receipt shows this total from now on, whatever was cancelled. */
export function show({ simulator }: Shop, cancelledPrice: number, id = 'r1'): void {
  simulator.addReceipt({ id, price: priceWon, cancelledPrice });
}
