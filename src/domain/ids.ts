// The ids that travel through the system, branded so that one cannot be passed for another.
import { z } from 'zod';

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** 1 to 128 printable characters: the two halves of an event's identity. */
const identityPart = z.string().min(1).max(128).regex(printable);

export const sourceSchema = identityPart;
export const eventIdSchema = identityPart;
export const orderIdSchema = z.string().min(1).max(128).regex(printable);

/** `rf_` and 26 characters of base32: made by `policies/identity.ts`, never by hand. */
export const refundIdSchema = z
  .string()
  .regex(/^rf_[a-z2-7]{26}$/)
  .brand<'RefundId'>();
export type RefundId = z.infer<typeof refundIdSchema>;

/** Names one version of a refund: the job enqueued with it, the job of its case, and its outcome event. */
export function versionId({ refundId, version }: { readonly refundId: RefundId; readonly version: number }) {
  return `${refundId}-${version}`;
}

/** Bootpay's id of a payment. Restricted because the path of a look-up is built from it. */
export const receiptIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'ReceiptId'>();
export type ReceiptId = z.infer<typeof receiptIdSchema>;

/** What Bootpay gets as `cancel_id`: an event's own or a refund_id, with `-gN` from generation 2 on. */
export const cancelIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,72}$/)
  .brand<'CancelId'>();
export type CancelId = z.infer<typeof cancelIdSchema>;

/** An event's own cancel_id; the `-gN` ending is reserved for generations. */
export const ownCancelIdSchema = z
  .string()
  .regex(/^(?!.*-g[0-9]+$)[A-Za-z0-9_-]{1,60}$/)
  .brand<'CancelId'>();

/** Whole Korean won. Amounts are never fractions. */
export const wonSchema = z.int().nonnegative();
