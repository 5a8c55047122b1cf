// What the gateway client reports about one call. It reports what happened; the policies decide what it means.
import { z } from 'zod';
import { assertNever } from './errors.ts';
import { receiptIdSchema, wonSchema } from './ids.ts';

export const paymentMethods = ['card', 'bank', 'vbank', 'phone', 'naverpay', 'kakaopay', 'payco'] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

/**
 * A receipt as a look-up shows it: totals only, never a list of cancels. Amounts in won, times in ms. null: Bootpay did
 * not send it. That is neither zero nor a default, and is compared with nothing.
 */
export const receiptSchema = z.strictObject({
  receiptId: receiptIdSchema,
  priceWon: wonSchema,
  taxFreeWon: wonSchema.nullable(),
  cancelledWon: wonSchema,
  cancelledTaxFreeWon: wonSchema.nullable(),
  /** 1 paid, 20 fully cancelled, 5 virtual account issued; others stop a refund. */
  status: z.int(),
  currency: z.string().nullable(),
  /** null: a symbol this project does not know; no method policy applies then. */
  method: z.enum(paymentMethods).nullable(),
  /** What the wallet paid with, where the receipt shows it (kakaopay card or money, payco card or account). */
  funding: z.enum(['card', 'money', 'account']).nullable(),
  /** The PG as Bootpay names it, Korean display name or symbol. */
  pg: z.string().nullable(),
  purchasedAt: z.number().nullable(),
});
export type Receipt = z.infer<typeof receiptSchema>;

const shown = z.string().nullable().catch(null);
/**
 * What a look-up shows for people: no decision is made by it, and it is kept with the receipt, not in a record. Cleaned
 * text of others; null: not shown.
 */
export const receiptAboutSchema = z.object({
  orderName: shown,
  cardCompany: shown,
  /** As the card company masks it. */
  cardNumber: shown,
  /** At Bootpay, over https. */
  receiptUrl: shown,
});
export type ReceiptAbout = z.infer<typeof receiptAboutSchema>;

/** The amounts a 2xx answer to a cancel carried; null where a field was missing. */
export interface CancelAnswer {
  readonly priceWon: number | null;
  readonly cancelledWon: number | null;
  readonly cancelledTaxFreeWon: number | null;
}

export type RefusedReply = {
  readonly kind: 'refused';
  /** null: something stands there that is no code (`cause`), so nothing is assumed about the money. */
  readonly code: string | null;
  readonly pgCode: string | null;
  /** Secrets and accounts hidden, control characters taken out, cut. */
  readonly message: string | null;
  readonly httpStatus: number;
  readonly cause?: 'unreadable_code' | 'unreadable_pg_code';
};

export type FailedReply =
  /** Answered with a code that is not about credentials. */
  | RefusedReply
  /** 429: the rate limiter shuts for `retryAfterMs`, a second at least (null: no usable header). */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null; readonly httpStatus: 429 }
  /** 401 or an auth code, after a fresh token was tried where tokens are used. */
  | { readonly kind: 'unauthorized'; readonly code: string | null; readonly httpStatus: number }
  /** Provably never left this host: name not resolved, connection refused, connect timeout, no permit. */
  | { readonly kind: 'not_sent'; readonly cause: string }
  /** Sent or perhaps sent, and nothing came back in time. It proves nothing about the money. */
  | { readonly kind: 'no_answer'; readonly cause: string }
  /** Something came back that is no answer: HTML, half a body, a redirect, a 4xx or 5xx without a code. */
  | {
      readonly kind: 'unreadable';
      readonly cause: string;
      readonly httpStatus: number;
      /** As of a refusal; absent: the body has none. */
      readonly message?: string;
    };

export type AcceptedReply<Body> = {
  readonly kind: 'accepted';
  readonly httpStatus: number;
  readonly body: Body;
};
export type CancelReply = AcceptedReply<CancelAnswer> | FailedReply;
/** `about` absent, as null: it shows nothing of it. */
export type LookUpReply = (AcceptedReply<Receipt> & { readonly about?: ReceiptAbout | null }) | FailedReply;

export const replyKinds = [
  'accepted',
  'refused',
  'throttled',
  'unauthorized',
  'not_sent',
  'no_answer',
  'unreadable',
] as const;

/** Why a call did not bring what was asked for, in our words and codes alone: nothing that a server wrote as text. */
export function causeOf(reply: FailedReply): string {
  switch (reply.kind) {
    case 'refused':
      return reply.code ?? 'unreadable_code';
    case 'throttled':
      return '429';
    case 'unauthorized':
      return reply.code ?? '401';
    case 'not_sent':
    case 'no_answer':
      return reply.cause;
    case 'unreadable':
      return reply.httpStatus < 400 ? reply.cause : `${reply.httpStatus} ${reply.cause}`;
    default:
      return assertNever(reply);
  }
}

/** Whether Bootpay failed to answer; a 5xx without a code is no answer either. The circuit breaker counts these. */
export function isUnanswered(reply: FailedReply | AcceptedReply<unknown>): boolean {
  switch (reply.kind) {
    case 'not_sent':
    case 'no_answer':
      return true;
    case 'unreadable':
      return reply.httpStatus >= 500;
    default:
      return false;
  }
}
