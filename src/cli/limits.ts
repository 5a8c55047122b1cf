// The values that arguments and options of commands may have: ids, amounts, times and names of the domain.
import { z } from 'zod';
import { durationSchema, type Limits, oneOf, wholeNumber } from '../config/limits.ts';
import { bulkIdPattern } from '../domain/bulk.ts';
import { cancelMessageSchema, plainTextOf } from '../domain/event.ts';
import {
  orderIdSchema,
  type ReceiptId,
  type RefundId,
  receiptIdSchema,
  refundIdSchema,
} from '../domain/ids.ts';
import { deadLetterCases, resolveOutcomes } from '../domain/refund.ts';
import { stateSchema } from '../domain/states.ts';
import { groupings } from '../review/ports.ts';

export const refundId: Limits<RefundId> = {
  schema: z.string().pipe(refundIdSchema),
  expected: { en: 'a refund_id, rf_ and 26 characters', ko: 'rf_ 뒤에 26자가 오는 refund_id' },
};

export const bulkId: Limits<string> = {
  schema: z.string().regex(bulkIdPattern),
  expected: { en: 'rp_ and 24 characters', ko: 'rp_ 뒤에 24자가 오는 ID' },
};

export const receiptId: Limits<ReceiptId> = {
  schema: z.string().pipe(receiptIdSchema),
  expected: { en: '1 to 64 of A-Z a-z 0-9 _ -', ko: '영문, 숫자, _, - 로 된 1~64자' },
};

export const orderId: Limits<string> = {
  schema: z.string().pipe(orderIdSchema),
  expected: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
};

export const anyText = (most: number): Limits<string> => ({
  schema: z.string().trim().min(1).max(most),
  expected: { en: `some text, at most ${most} characters`, ko: `비어 있지 않은 ${most}자 이하의 글` },
});

export const cancelMessage: Limits<string> = {
  schema: z.string().pipe(cancelMessageSchema),
  expected: plainTextOf(500),
};

export const groupName = oneOf(Object.keys(groupings) as (keyof typeof groupings)[]);

export const code: Limits<string> = {
  schema: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.string().regex(/^[A-Z0-9_]{1,100}$/)),
  expected: {
    en: 'the name of a code, such as RC_CANCEL_PRICE_OVER',
    ko: 'RC_CANCEL_PRICE_OVER 같은 코드 이름',
  },
};

export const won: Limits<number> = {
  ...wholeNumber(1, 999_999_999_999),
  expected: { en: 'a whole number of won above 0', ko: '0보다 큰 원 단위 정수' },
};

export const state = oneOf(stateSchema.options);
export const deadLetterCase = oneOf(deadLetterCases);
export const resolveOutcome = oneOf(resolveOutcomes);

/** In ms. */
export const duration: Limits<number> = {
  schema: durationSchema(6, ['s', 'm', 'h', 'd']),
  expected: { en: 'a number and s, m, h or d, such as 30m', ko: '숫자와 s, m, h, d (예: 30m)' },
};

/** Above 0, at most 1. */
export const share: Limits<number> = {
  schema: z
    .string()
    .regex(/^(0?\.\d+|1(\.0+)?)$/)
    .transform(Number)
    .pipe(z.number().positive().max(1)),
  expected: { en: 'a share above 0 and at most 1, such as 0.1', ko: '0보다 크고 1 이하인 비율 (예: 0.1)' },
};

type Since = { readonly at: number } | { readonly agoMs: number };

/** In ms. */
export function momentOf(from: Since | undefined, now: number): number | undefined {
  if (from === undefined) return undefined;
  return 'at' in from ? from.at : now - from.agoMs;
}

/** A moment in ms, or a distance back from now. */
export const since: Limits<Since> = {
  schema: z.union([
    duration.schema.pipe(z.number().transform((agoMs) => ({ agoMs }))),
    z
      .string()
      .pipe(z.union([z.iso.datetime({ offset: true }), z.iso.date()]))
      // A day alone is a day in Seoul, where merchants and Bootpay count days.
      .transform((text) => ({ at: Date.parse(text.length === 10 ? `${text}T00:00:00+09:00` : text) })),
  ]),
  expected: {
    en: 'a time such as 2026-11-20T10:30:00+09:00, a day such as 2026-11-20, or how long ago, such as 2h',
    ko: '2026-11-20T10:30:00+09:00 같은 시각, 2026-11-20 같은 날짜, 또는 2h 같은 경과 시간',
  },
};

/** A day in Seoul. */
export const seoulDay: Limits<string> = {
  schema: z.string().pipe(z.iso.date()),
  expected: { en: 'a day such as 2026-11-29', ko: '2026-11-29 같은 날짜' },
};

export const month: Limits<string> = {
  schema: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/),
  expected: { en: 'a month such as 2026-11', ko: '2026-11 같은 달' },
};
