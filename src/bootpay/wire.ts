// What Bootpay writes on the wire, and how it becomes our types: schemas of every reply, and the body of a cancel.
import { z } from 'zod';
import type { CancelRequest } from '../domain/gateway.ts';
import { type ReceiptId, wonSchema } from '../domain/ids.ts';
import type { CancelAnswer, Receipt } from '../domain/reply.ts';
import { fundingOf, type MethodSigns, methodOf } from './payment-method.ts';

/** A full cancel is one without `cancel_price`; what is absent stays absent (docs/design.md, A14). */
export function cancelBody(request: CancelRequest): string {
  const { cancel, account } = request;
  return JSON.stringify({
    receipt_id: request.receiptId,
    cancel_price: cancel.kind === 'partial' ? cancel.amountWon : undefined,
    cancel_tax_free: cancel.taxFreeWon ?? undefined,
    cancel_id: request.cancelId,
    cancel_username: request.username ?? undefined,
    cancel_message: request.message ?? undefined,
    refund: account ?? undefined,
  });
}

const code = z.union([z.string().trim(), z.number().transform(String)]).nullish();
const text = z.string().nullish();

/** The failure part of any reply. A wrong `error_code` fails the schema: it must not pass for a success. */
export const failureSchema = z.object({
  error_code: code.transform((name) => name || null),
  pg_error_code: code.transform((name) => name || null).catch(null),
  message: text.transform((words) => words || null).catch(null),
});
export type Failure = z.infer<typeof failureSchema>;

export interface Token {
  readonly value: string;
  readonly lifeMs: number;
}

/** `expire_in` is in seconds; without a usable one the documented 30 minutes count (docs/design.md, A12). */
const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expire_in: z.number().positive().catch(1_800),
});

export function readToken(body: unknown): Token | null {
  const parsed = tokenSchema.safeParse(body);
  return parsed.success ? { value: parsed.data.access_token, lifeMs: parsed.data.expire_in * 1_000 } : null;
}

const amountOrNull = wonSchema.nullable().catch(null);
const cancelAnswerSchema = z.object({
  receipt_id: z.unknown().optional(),
  price: amountOrNull,
  cancelled_price: amountOrNull,
  cancelled_tax_free: amountOrNull,
});

/** Whether a live answer carries the whole receipt is unknown: each amount counts for itself. */
export function readCancelAnswer(asked: ReceiptId, body: unknown): CancelAnswer | null {
  const parsed = cancelAnswerSchema.safeParse(body);
  if (!parsed.success) return null;
  const { receipt_id, price, cancelled_price, cancelled_tax_free } = parsed.data;
  // Amounts of another receipt say nothing about ours.
  if (receipt_id !== undefined && receipt_id !== asked) {
    return { priceWon: null, cancelledWon: null, cancelledTaxFreeWon: null };
  }
  return { priceWon: price, cancelledWon: cancelled_price, cancelledTaxFreeWon: cancelled_tax_free };
}

const amount = z.number().nonnegative();
/** Present or not: any value may be a sign, or none. */
const sign = z.unknown().optional();
const signs = {
  method_symbol: sign,
  method_origin_symbol: sign,
  card_data: sign,
  naver_point_data: sign,
  kakao_money_data: sign,
  payco_point_data: sign,
  toss_point_data: sign,
} satisfies Record<Exclude<keyof MethodSigns, 'pg'>, typeof sign>;
// Not loose: copying the fields that are not read takes longer than checking those below.
const receiptAnswerSchema = z.object({
  receipt_id: z.string(),
  price: amount,
  tax_free: amount.nullish(),
  cancelled_price: amount,
  cancelled_tax_free: amount.nullish(),
  status: z.int(),
  currency: z.string().trim().toUpperCase().nullish(),
  pg: z.string().trim().min(1).nullish().catch(null),
  purchased_at: z.iso.datetime({ offset: true }).nullish().catch(null),
  ...signs,
});

/**
 * A look-up decides about money: without a field that every decision needs the whole answer is unreadable. A missing
 * field that only some decisions need stays unknown.
 */
export function readReceipt(asked: ReceiptId, body: unknown): Receipt | null {
  const parsed = receiptAnswerSchema.safeParse(body);
  if (!parsed.success || parsed.data.receipt_id !== asked) return null;
  const answer = parsed.data;
  const { price, cancelled_price, tax_free = null, cancelled_tax_free = null } = answer;
  const currency = answer.currency || null;
  const shown = [price, cancelled_price, tax_free ?? 0, cancelled_tax_free ?? 0];
  // Amounts without a currency are won as well.
  if ((currency ?? 'KRW') === 'KRW' && !shown.every(Number.isSafeInteger)) return null;
  const method = methodOf(answer);
  return {
    receiptId: asked,
    // Foreign fractions are cut: the receipt has to be readable for a policy to refuse its currency.
    priceWon: Math.floor(price),
    taxFreeWon: tax_free === null ? null : Math.floor(tax_free),
    cancelledWon: Math.floor(cancelled_price),
    cancelledTaxFreeWon: cancelled_tax_free === null ? null : Math.floor(cancelled_tax_free),
    status: answer.status,
    currency,
    method,
    funding: fundingOf(method, answer),
    pg: answer.pg?.slice(0, 100) ?? null,
    purchasedAt: answer.purchased_at ? Date.parse(answer.purchased_at) : null,
  };
}
