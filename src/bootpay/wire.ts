// What Bootpay writes on the wire, and how it becomes our types: schemas of every reply, and the body of a cancel.
import { z } from 'zod';
import type { CancelRequest } from '../domain/gateway.ts';
import { type ReceiptId, wonSchema } from '../domain/ids.ts';
import { InexactNumber } from '../domain/json.ts';
import { valueAt } from '../domain/problem.ts';
import type { CancelAnswer, Receipt } from '../domain/reply.ts';
import { textOf } from './about.ts';
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

/** What stands for a code in a reply; `name` null: it is none that can be kept. */
interface WrittenCode {
  readonly name: string | null;
}

/** The failure part of any reply. */
export interface Failure {
  readonly code: WrittenCode | null;
  readonly pgCode: WrittenCode | null;
  readonly message: string | null;
}

/** Takes any value: whatever stands in `error_code` must not pass for a success. */
export function readFailure(body: object): Failure {
  const { error_code, pg_error_code, message } = failureSchema.parse(body);
  return {
    code: writtenCode(error_code),
    pgCode: writtenCode(pg_error_code),
    message: typeof message === 'string' && message.trim() !== '' ? message : null,
  };
}

const failureSchema = z.object({
  error_code: z.unknown().optional(),
  pg_error_code: z.unknown().optional(),
  message: z.unknown().optional(),
});

const codePattern = /^[A-Za-z0-9_.-]{1,100}$/;

function writtenCode(value: unknown): WrittenCode | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return { name: null };
  const name = text.trim();
  if (name === '') return null;
  return { name: codePattern.test(name) ? name : null };
}

/** A success that is not the answer asked for, and what is wrong with it, in our own words. */
export class Incomplete {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

const mostFieldsNamed = 3;

function incomplete(body: unknown, fields: readonly string[]): Incomplete {
  const named = [...new Set(fields)].slice(0, mostFieldsNamed);
  return new Incomplete(named.map((field) => `${field} is ${kindOf(valueAt(body, [field]))}`).join(', '));
}

/** What a value is, never the value itself. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value instanceof InexactNumber) return 'an inexact number';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return kindOfNumber(value);
  return typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'a boolean' : 'an object';
}

function kindOfNumber(value: number): string {
  if (value < 0) return 'negative';
  if (!Number.isInteger(value)) return 'a fraction';
  return Number.isSafeInteger(value) ? 'a number' : 'too large';
}

export interface Token {
  readonly value: string;
  readonly lifeMs: number;
}

/** `expire_in` is in seconds; without a usable one the documented 30 minutes count (docs/design.md, A12). */
const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expire_in: z.number().positive().catch(1_800),
});

export function readToken(body: unknown): Token | Incomplete {
  const parsed = tokenSchema.safeParse(body);
  if (!parsed.success) return incomplete(body, ['access_token']);
  return { value: parsed.data.access_token, lifeMs: parsed.data.expire_in * 1_000 };
}

const amountOrNull = wonSchema.nullable().catch(null);
const cancelAnswerSchema = z.object({
  receipt_id: z.unknown().optional(),
  price: amountOrNull,
  cancelled_price: amountOrNull,
  cancelled_tax_free: amountOrNull,
});

/** Whether a live answer carries the whole receipt is unknown: each amount counts for itself. */
export function readCancelAnswer(asked: ReceiptId, body: object): CancelAnswer {
  const { receipt_id, price, cancelled_price, cancelled_tax_free } = cancelAnswerSchema.parse(body);
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
  currency: z.union([z.string(), z.int()]).nullish(),
  pg: z.string().trim().min(1).nullish().catch(null),
  purchased_at: z.iso.datetime({ offset: true }).nullish().catch(null),
  ...signs,
});

/** The won as receipts may name it; 410 is its number in ISO 4217. */
const wonNames = ['KRW', 'WON', '410'];

function currencyOf(written: string | number | null | undefined): string | null {
  const name = String(written ?? '')
    .trim()
    .toUpperCase();
  if (wonNames.includes(name)) return 'KRW';
  // What is no name of a currency is one all the same, and not the won: `XXX` is ISO 4217's for that.
  return name === '' ? null : /^[A-Z0-9]{1,10}$/.test(name) ? name : 'XXX';
}

/**
 * A look-up decides about money: without a field that every decision needs the whole answer is unreadable. A missing
 * field that only some decisions need stays unknown.
 */
export function readReceipt(asked: ReceiptId, body: unknown): Receipt | Incomplete {
  const parsed = receiptAnswerSchema.safeParse(body);
  if (!parsed.success) {
    return incomplete(
      body,
      parsed.error.issues.map(({ path }) => String(path[0])),
    );
  }
  const answer = parsed.data;
  if (answer.receipt_id !== asked) return new Incomplete(otherReceipt(asked, answer.receipt_id));
  const { price, cancelled_price, tax_free = null, cancelled_tax_free = null } = answer;
  const currency = currencyOf(answer.currency);
  const amounts = { price, cancelled_price, tax_free, cancelled_tax_free };
  // Amounts without a currency are won as well.
  const isWon = (currency ?? 'KRW') === 'KRW';
  const isAmount = (value: number | null) =>
    Number.isSafeInteger(isWon ? (value ?? 0) : Math.floor(value ?? 0));
  const broken = Object.entries(amounts).filter(([, value]) => !isAmount(value));
  if (broken.length > 0) {
    return incomplete(
      body,
      broken.map(([field]) => field),
    );
  }
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
    // For people, and to find the PG's own codes.
    pg: textOf(answer.pg, 100),
    purchasedAt: answer.purchased_at ? Date.parse(answer.purchased_at) : null,
  };
}

/** Ids that differ in case alone are not taken for one: totals and locks are kept under the id as it was given. */
function otherReceipt(asked: ReceiptId, answered: string): string {
  const isSpelling = answered.toLowerCase() === asked.toLowerCase();
  return isSpelling ? 'receipt_id is in another case' : 'receipt_id is another';
}
