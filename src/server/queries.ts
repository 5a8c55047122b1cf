// The query strings of the lists.
import { z } from 'zod';
import { oneOf } from '../config/limits.ts';
import { orderIdSchema, receiptIdSchema } from '../domain/ids.ts';
import type { Text } from '../domain/problem.ts';
import { deadLetterCases } from '../domain/refund.ts';
import { stateSchema } from '../domain/states.ts';
import type { Form } from './forms.ts';

/** A `+` that was not encoded arrives as a blank: 2026-11-20T10:30:00 09:00. */
const timeSchema = z
  .string()
  .transform((text) => text.replace(' ', '+'))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => Date.parse(text));

const limitSchema = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number)
  .pipe(z.int().min(1).max(500));

/** The `next_cursor` of a list: time of acceptance and refund_id of its last item. */
const cursorSchema = z.string().regex(/^\d{1,16}:rf_[a-z2-7]{26}$/);

const paging = { limit: limitSchema.default(100), cursor: cursorSchema.optional() };

const listFields: Record<string, Text> = {
  receipt_id: { en: '1 to 64 of A-Z a-z 0-9 _ -', ko: '영문, 숫자, _, - 로 된 1~64자' },
  order_id: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
  limit: { en: 'a whole number from 1 to 500', ko: '1~500의 정수' },
  cursor: { en: 'the next_cursor of an answer before', ko: '이전 응답의 next_cursor' },
};

export const refundsQuery = {
  schema: z.strictObject({
    state: stateSchema.optional(),
    receipt_id: receiptIdSchema.optional(),
    order_id: orderIdSchema.optional(),
    since: timeSchema.optional(),
    ...paging,
  }),
  fields: {
    ...listFields,
    state: oneOf(stateSchema.options).expected,
    since: {
      en: 'a time in ISO 8601 with offset, such as 2026-11-20T10:30:00%2B09:00 or …Z',
      ko: '시간대가 있는 ISO 8601 시각 (예: 2026-11-20T10:30:00%2B09:00 또는 …Z)',
    },
  },
} satisfies Form<unknown>;

const groups = ['case', 'code', 'pg_error_code', 'severity', 'order_id', 'receipt_id'] as const;
export type GroupBy = (typeof groups)[number];

export const deadLettersQuery = {
  schema: z.strictObject({
    case: z.enum(deadLetterCases).optional(),
    code: z.string().min(1).max(100).optional(),
    order_id: orderIdSchema.optional(),
    group_by: z.enum(groups).optional(),
    ...paging,
  }),
  fields: {
    ...listFields,
    case: oneOf(deadLetterCases).expected,
    code: { en: 'an error code, such as RC_ALREADY_CANCELLED', ko: '오류 코드 (예: RC_ALREADY_CANCELLED)' },
    group_by: oneOf(groups).expected,
  },
} satisfies Form<unknown>;
