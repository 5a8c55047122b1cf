// The ids that travel through the system, branded so that one cannot be passed for another.
import { z } from 'zod';

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** Characters without a shape: ignorable ones such as variation selectors and Hangul fillers, and blank symbols. */
const unseen = /[\p{Default_Ignorable_Code_Point}\u2800\uFFFC\u{16FE4}\u{1D159}]/u;

const unprintable = new RegExp(`[^\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]|${unseen.source}`, 'gu');

/** 1 to 128 printable characters. Of what is stored: new ones obey the narrower `newIdentitySchema`. */
const identityPart = z.string().min(1).max(128).regex(printable);

/** The two halves of an event's identity. */
export const sourceSchema = identityPart;
export const eventIdSchema = identityPart;
export const orderIdSchema = identityPart;

/**
 * Two identities that look the same to a person are one: no blank at either end, nothing unseen, and one Unicode form
 * (NFC). Others are refused and never put right, so that an identity stays what the sender calls it.
 */
export const newIdentitySchema = identityPart.refine(
  (text) => text.trim() === text && !unseen.test(text) && text.normalize('NFC') === text,
);

/** Its characters that nobody sees, each once, such as `U+200B`. */
export function unseenIn(text: string): string[] {
  const found = text.match(new RegExp(unseen, 'gu')) ?? [];
  const named = found.map((letter) => letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0'));
  return [...new Set(named)].map((code) => `U+${code}`);
}

/** What a reader would not see, or takes for other letters, as escapes: to show why a text was refused. */
export function escapeUnseen(text: string): string {
  const told = text.normalize('NFC') === text ? unprintable : /[^ -~]/gu;
  return text.replace(told, (letter) => letter.split('').map(escapeOfUnit).join(''));
}

function escapeOfUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text that goes to Bootpay and into other programs: no control character, and no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** A name as a bank compares it: one Unicode form, nothing unseen, one blank between its parts. */
export function plainName(name: string): string {
  return name.normalize('NFC').replaceAll(new RegExp(unseen, 'gu'), '').replace(/\s+/g, ' ').trim();
}

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
