// The query strings of the lists.
import { z } from 'zod';
import { durationSchema, oneOf } from '../config/limits.ts';
import type { BulkFilter } from '../domain/bulk.ts';
import { caseSorts } from '../domain/case-query.ts';
import { orderIdSchema, receiptIdSchema, refundIdSchema } from '../domain/ids.ts';
import type { Text } from '../domain/problem.ts';
import { deadLetterCases } from '../domain/refund.ts';
import { paymentMethods } from '../domain/reply.ts';
import { stateSchema } from '../domain/states.ts';
import { exportFormats } from '../review/export.ts';
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

/** The `next_cursor` of a list: place and refund_id of its last item. */
const cursorSchema = z.string().regex(/^(?:-1|\d{1,16}):rf_[a-z2-7]{26}$/);

const wonSchema = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const wholeWon: Text = { en: 'a whole number of won', ko: '원 단위 정수' };

const paging = { limit: limitSchema.default(100), cursor: cursorSchema.optional() };

const isoTime: Text = {
  en: 'a time in ISO 8601 with offset, such as 2026-11-20T10:30:00%2B09:00 or …Z',
  ko: '시간대가 있는 ISO 8601 시각 (예: 2026-11-20T10:30:00%2B09:00 또는 …Z)',
};

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
    since: isoTime,
  },
} satisfies Form<unknown>;

const groups = ['case', 'code', 'pg_error_code', 'severity', 'order_id', 'receipt_id'] as const;
export type GroupBy = (typeof groups)[number];

export const deadLettersQuery = {
  schema: z.strictObject({
    case: z.enum(deadLetterCases).optional(),
    code: z.string().min(1).max(100).optional(),
    pg_error_code: z.string().min(1).max(100).optional(),
    method: z.enum(paymentMethods).optional(),
    min: wonSchema.optional(),
    max: wonSchema.optional(),
    order_id: orderIdSchema.optional(),
    q: z.string().trim().min(1).max(128).optional(),
    assigned: z.string().trim().min(1).max(60).optional(),
    older_than: durationSchema(9, ['ms', 's', 'm', 'h', 'd']).optional(),
    sort: z.enum(caseSorts).optional(),
    group_by: z.enum(groups).optional(),
    ...paging,
  }),
  fields: {
    ...listFields,
    case: oneOf(deadLetterCases).expected,
    code: { en: 'an error code, such as RC_ALREADY_CANCELLED', ko: '오류 코드 (예: RC_ALREADY_CANCELLED)' },
    pg_error_code: { en: 'a code of the PG', ko: 'PG의 오류 코드' },
    method: oneOf(paymentMethods).expected,
    min: wholeWon,
    max: wholeWon,
    q: {
      en: 'how an order_id begins, or a refund_id or receipt_id',
      ko: '주문번호의 앞부분, 또는 refund_id나 receipt_id',
    },
    assigned: { en: 'the name of an operator', ko: '운영자 이름' },
    older_than: { en: 'a duration such as 90s, 30m, 2h, 1d', ko: '기간 (예: 90s, 30m, 2h, 1d)' },
    sort: oneOf(caseSorts).expected,
    group_by: oneOf(groups).expected,
  },
} satisfies Form<unknown>;

/** Which cases are asked for, from the names of the outside interface. */
export function filterOf(query: Omit<z.infer<typeof deadLettersQuery.schema>, 'limit'>): BulkFilter {
  return {
    case: query.case,
    code: query.code,
    pgCode: query.pg_error_code,
    method: query.method,
    minWon: query.min,
    maxWon: query.max,
    orderId: query.order_id,
    text: query.q,
    assignedTo: query.assigned,
    olderThanMs: query.older_than,
  };
}

export const actionsQuery = {
  schema: z.strictObject({
    who: z.string().trim().min(1).max(100).optional(),
    refund_id: refundIdSchema.optional(),
    order_id: orderIdSchema.optional(),
    from: timeSchema.optional(),
    to: timeSchema.optional(),
    limit: paging.limit,
    cursor: z
      .string()
      .regex(/^\d{1,16}-\d{1,16}$/)
      .optional(),
  }),
  fields: {
    ...listFields,
    who: { en: 'the name of a person', ko: '처리한 사람의 이름' },
    refund_id: { en: 'rf_ and 26 characters', ko: 'rf_ 뒤에 26자' },
    from: isoTime,
    to: isoTime,
  },
} satisfies Form<unknown>;

const seoulDay: Text = { en: 'a day in Seoul, such as 2026-11-29', ko: '서울의 날짜 (예: 2026-11-29)' };

export const exportsQuery = {
  schema: z.strictObject({
    day: z.iso.date().optional(),
    month: z
      .string()
      .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
      .optional(),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    format: z.enum(exportFormats).default('csv'),
    language: z.enum(['ko', 'en']).default('ko'),
  }),
  fields: {
    day: seoulDay,
    month: { en: 'a month such as 2026-11', ko: '2026-11 같은 달' },
    from: seoulDay,
    to: seoulDay,
    format: oneOf(exportFormats).expected,
    language: oneOf(['ko', 'en']).expected,
  },
} satisfies Form<unknown>;
