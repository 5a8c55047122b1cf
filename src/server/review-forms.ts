// The bodies of actions: replay, resolve, bulk replay, lane.
import { z } from 'zod';
import { durationSchema, oneOf } from '../config/limits.ts';
import { longestNote } from '../domain/beside.ts';
import { bulkIdPattern } from '../domain/bulk.ts';
import {
  accountExpectations,
  cancelMessageSchema,
  plainTextOf,
  refundAccountSchema,
} from '../domain/event.ts';
import { orderIdSchema } from '../domain/ids.ts';
import type { Text } from '../domain/problem.ts';
import { deadLetterCases, resolveOutcomes } from '../domain/refund.ts';
import { paymentMethods } from '../domain/reply.ts';
import type { Form } from './forms.ts';

const reasonSchema = z.string().trim().min(1).max(1000);
const versionSchema = z.int().positive();

const yesOrNo: Text = { en: 'true or false', ko: 'true 또는 false' };
const fields: Record<string, Text> = {
  reason: { en: 'why, 1 to 1000 characters', ko: '이유 1~1000자' },
  version: { en: 'the version of the record you saw', ko: '확인한 기록의 version' },
  acknowledge: yesOrNo,
};

const wholeWon: Text = { en: 'a whole number of won above 0', ko: '0보다 큰 원 단위 정수' };
const account: Text = {
  en: 'an object {bank_account, bank_username, bank_code}',
  ko: 'bank_account, bank_username, bank_code가 있는 객체',
};

export const replayForm = {
  schema: z.strictObject({
    reason: reasonSchema,
    version: versionSchema,
    new_generation: z.boolean().default(false),
    acknowledge: z.boolean().default(false),
    edits: z
      .strictObject({
        cancel_price: z.int().positive().optional(),
        full: z.literal(true).optional(),
        cancel_tax_free: z.int().nonnegative().optional(),
        refund: refundAccountSchema.optional(),
        cancel_message: cancelMessageSchema.optional(),
      })
      .refine((edits) => edits.full === undefined || edits.cancel_price === undefined, { path: ['full'] })
      .refine((edits) => (edits.cancel_tax_free ?? 0) <= (edits.cancel_price ?? Number.MAX_SAFE_INTEGER), {
        path: ['cancel_tax_free'],
      })
      .default({}),
  }),
  fields: {
    ...fields,
    new_generation: yesOrNo,
    edits: {
      en: 'an object of cancel_price or full, cancel_tax_free, refund, cancel_message',
      ko: 'cancel_price 또는 full, cancel_tax_free, refund, cancel_message가 있는 객체',
    },
    'edits.cancel_price': wholeWon,
    'edits.full': { en: 'true, and no cancel_price beside it', ko: 'true (cancel_price와 함께 쓸 수 없음)' },
    'edits.cancel_tax_free': {
      en: 'a whole number of won, at most cancel_price',
      ko: 'cancel_price 이하의 원 단위 정수',
    },
    'edits.refund': account,
    'edits.refund.bank_account': accountExpectations.bank_account,
    'edits.refund.bank_username': accountExpectations.bank_username,
    'edits.refund.bank_code': accountExpectations.bank_code,
    'edits.cancel_message': plainTextOf(500),
  },
} satisfies Form<unknown>;

export const resolveForm = {
  schema: z
    .strictObject({
      reason: reasonSchema,
      version: versionSchema,
      outcome: z.enum(resolveOutcomes),
      amount: z.int().positive().optional(),
      evidence: z.string().trim().min(1).max(1000).nullable().default(null),
      acknowledge: z.boolean().default(false),
    })
    .refine(({ amount, outcome }) => amount === undefined || outcome === 'refunded_by_hand', {
      path: ['amount'],
    }),
  fields: {
    ...fields,
    outcome: oneOf(resolveOutcomes).expected,
    amount: {
      en: 'what was sent, a whole number of won above 0; only with refunded_by_hand, or absent',
      ko: '직접 보낸 금액, 0보다 큰 원 단위 정수 (refunded_by_hand일 때만, 없으면 생략)',
    },
    evidence: { en: '1 to 1000 characters, or absent', ko: '1~1000자, 없으면 생략' },
  },
} satisfies Form<unknown>;

export const approveForm = { schema: z.strictObject({}), fields: {} } satisfies Form<unknown>;

export const sendBackForm = {
  schema: z.strictObject({ reason: reasonSchema }),
  fields,
} satisfies Form<unknown>;

export const noteForm = {
  schema: z.strictObject({ text: z.string().trim().min(1).max(longestNote) }),
  fields: {
    text: { en: `1 to ${longestNote} characters`, ko: `1~${longestNote}자` },
  },
} satisfies Form<unknown>;

export const handOverForm = {
  schema: z.strictObject({
    to: z.string().trim().min(1).max(60).nullable(),
    version: versionSchema,
    note: z.string().trim().min(1).max(longestNote).nullable().default(null),
  }),
  fields: {
    ...fields,
    to: { en: 'the name of an operator, or null: nobody', ko: '운영자 이름, 아무도 아니면 null' },
    note: { en: `1 to ${longestNote} characters, or absent`, ko: `1~${longestNote}자, 없으면 생략` },
  },
} satisfies Form<unknown>;

export const replayManyForm = {
  schema: z
    .strictObject({
      filter: z
        .strictObject({
          case: z.enum(deadLetterCases).optional(),
          code: z.string().min(1).max(100).optional(),
          pg_error_code: z.string().min(1).max(100).optional(),
          method: z.enum(paymentMethods).optional(),
          min: z.int().nonnegative().optional(),
          max: z.int().nonnegative().optional(),
          q: z.string().trim().min(1).max(128).optional(),
          order_id: orderIdSchema.optional(),
          older_than: durationSchema(9, ['ms', 's', 'm', 'h', 'd']).optional(),
        })
        .optional(),
      preview: z.string().regex(bulkIdPattern).optional(),
      reason: reasonSchema.optional(),
      dry_run: z.boolean().default(false),
      per_minute: z.int().min(1).max(60_000).default(60),
    })
    .refine((body) => body.dry_run || body.reason !== undefined, { path: ['reason'] })
    .refine((body) => body.filter !== undefined || body.preview !== undefined, { path: ['filter'] })
    .refine((body) => body.preview === undefined || (body.filter === undefined && !body.dry_run), {
      path: ['preview'],
    }),
  fields: {
    ...fields,
    filter: {
      en: 'an object of case, code, pg_error_code, method, min, max, order_id, q, older_than; {} means every case',
      ko: 'case, code, pg_error_code, method, min, max, order_id, q, older_than의 객체, {}는 전체',
    },
    'filter.case': oneOf(deadLetterCases).expected,
    'filter.code': { en: 'an error code', ko: '오류 코드' },
    'filter.pg_error_code': { en: 'a code of the PG', ko: 'PG의 오류 코드' },
    'filter.method': oneOf(paymentMethods).expected,
    'filter.min': { en: 'a whole number of won', ko: '원 단위 정수' },
    'filter.max': { en: 'a whole number of won', ko: '원 단위 정수' },
    'filter.q': {
      en: 'how an order_id begins, or a refund_id or receipt_id',
      ko: '주문번호의 앞부분, 또는 refund_id나 receipt_id',
    },
    'filter.order_id': { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
    'filter.older_than': { en: 'a duration such as 90s, 30m, 2h, 1d', ko: '기간 (예: 90s, 30m, 2h, 1d)' },
    preview: {
      en: 'the id that a dry run answered, without a filter',
      ko: 'dry_run이 답한 id (filter 없이)',
    },
    dry_run: yesOrNo,
    per_minute: { en: 'a whole number from 1 to 60000', ko: '1~60000의 정수' },
  },
} satisfies Form<unknown>;

export const laneForm = {
  schema: z.strictObject({ action: z.enum(['hold', 'resume']), reason: reasonSchema }),
  fields: { ...fields, action: oneOf(['hold', 'resume']).expected },
} satisfies Form<unknown>;
