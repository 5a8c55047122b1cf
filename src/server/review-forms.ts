// The bodies of actions: replay, resolve, bulk replay, lane.
import { z } from 'zod';
import { durationSchema, oneOf } from '../config/limits.ts';
import {
  accountExpectations,
  cancelMessageSchema,
  plainTextOf,
  refundAccountSchema,
} from '../domain/event.ts';
import { orderIdSchema } from '../domain/ids.ts';
import type { Text } from '../domain/problem.ts';
import { deadLetterCases, resolveOutcomes } from '../domain/refund.ts';
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
  schema: z.strictObject({
    reason: reasonSchema,
    version: versionSchema,
    outcome: z.enum(resolveOutcomes),
    evidence: z.string().trim().min(1).max(1000).nullable().default(null),
    acknowledge: z.boolean().default(false),
  }),
  fields: {
    ...fields,
    outcome: oneOf(resolveOutcomes).expected,
    evidence: { en: '1 to 1000 characters, or absent', ko: '1~1000자, 없으면 생략' },
  },
} satisfies Form<unknown>;

export const replayManyForm = {
  schema: z
    .strictObject({
      filter: z.strictObject({
        case: z.enum(deadLetterCases).optional(),
        code: z.string().min(1).max(100).optional(),
        order_id: orderIdSchema.optional(),
        older_than: durationSchema(9, ['ms', 's', 'm', 'h', 'd']).optional(),
      }),
      reason: reasonSchema.optional(),
      dry_run: z.boolean().default(false),
      per_minute: z.int().min(1).max(6_000).default(60),
    })
    .refine((body) => body.dry_run || body.reason !== undefined, { path: ['reason'] }),
  fields: {
    ...fields,
    filter: {
      en: 'an object of case, code, order_id, older_than; {} means every case',
      ko: 'case, code, order_id, older_than의 객체, {}는 전체',
    },
    'filter.case': oneOf(deadLetterCases).expected,
    'filter.code': { en: 'an error code', ko: '오류 코드' },
    'filter.order_id': { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
    'filter.older_than': { en: 'a duration such as 90s, 30m, 2h, 1d', ko: '기간 (예: 90s, 30m, 2h, 1d)' },
    dry_run: yesOrNo,
    per_minute: { en: 'a whole number from 1 to 6000', ko: '1~6000의 정수' },
  },
} satisfies Form<unknown>;

export const laneForm = {
  schema: z.strictObject({ action: z.enum(['hold', 'resume']), reason: reasonSchema }),
  fields: { ...fields, action: oneOf(['hold', 'resume']).expected },
} satisfies Form<unknown>;
