// A cancellation event as the order service sends it. Bad input is named and refused here.
import { z } from 'zod';
import { eventIdSchema, orderIdSchema, ownCancelIdSchema, receiptIdSchema, sourceSchema } from './ids.ts';
import { kindOf, onePerField, type Problem, show, valueAt } from './problem.ts';

/** Where the money of a paid virtual account goes: all three parts or none. Personal data. */
export const refundAccountSchema = z.strictObject({
  bank_account: z.string().regex(/^[0-9][0-9-]{3,29}$/),
  bank_username: z.string().trim().min(1).max(60),
  bank_code: z.string().regex(/^[0-9]{3}$/),
});
export type RefundAccount = z.infer<typeof refundAccountSchema>;

/** Encrypts refund accounts at rest. */
export interface DataKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** Enough to compare the two amounts, whatever is wrong elsewhere. */
const amountsSchema = z.object({
  cancel_price: z.int().positive().optional(),
  cancel_tax_free: z.int().nonnegative().optional(),
});

/** Field names as Bootpay writes them. No `cancel_price` means a full cancel. */
export const cancellationEventSchema = z
  .strictObject({
    event_id: eventIdSchema,
    source: sourceSchema.default('orders'),
    order_id: orderIdSchema,
    receipt_id: receiptIdSchema,
    occurred_at: z.iso.datetime({ offset: true }).optional(),
    cancel_price: z.int().positive().optional(),
    cancel_tax_free: z.int().nonnegative().optional(),
    cancel_id: ownCancelIdSchema.optional(),
    cancel_username: z.string().min(1).max(100).optional(),
    cancel_message: z.string().min(1).max(500).optional(),
    refund: refundAccountSchema.optional(),
  })
  .refine((event) => (event.cancel_tax_free ?? 0) <= (event.cancel_price ?? Number.MAX_SAFE_INTEGER), {
    path: ['cancel_tax_free'],
    message: 'at most cancel_price',
    when: ({ value }) => amountsSchema.safeParse(value).success,
  });

export type CancellationEvent = z.infer<typeof cancellationEventSchema>;
export type CancellationEventInput = z.input<typeof cancellationEventSchema>;

type Field = keyof z.input<typeof cancellationEventSchema> | `refund.${keyof RefundAccount}`;

/** What each field has to be, for people, in both languages. */
const expectations: Record<Field, { en: string; ko: string }> = {
  event_id: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
  source: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
  order_id: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
  receipt_id: { en: '1 to 64 of A-Z a-z 0-9 _ -', ko: '영문, 숫자, _, - 로 된 1~64자' },
  occurred_at: {
    en: 'a time in ISO 8601 with offset, such as 2026-11-20T10:30:00+09:00',
    ko: '시간대가 있는 ISO 8601 시각 (예: 2026-11-20T10:30:00+09:00)',
  },
  cancel_price: {
    en: 'a whole number of won above 0, or absent for a full cancel',
    ko: '0보다 큰 원 단위 정수, 전액 취소면 생략',
  },
  cancel_tax_free: {
    en: 'a whole number of won, at most cancel_price',
    ko: 'cancel_price 이하의 원 단위 정수',
  },
  cancel_id: {
    en: '1 to 60 of A-Z a-z 0-9 _ -, not ending in -g and digits',
    ko: '영문, 숫자, _, - 로 된 1~60자 (-g숫자로 끝날 수 없음)',
  },
  cancel_username: { en: '1 to 100 characters', ko: '1~100자' },
  cancel_message: { en: '1 to 500 characters', ko: '1~500자' },
  refund: {
    en: 'an object {bank_account, bank_username, bank_code}',
    ko: 'bank_account, bank_username, bank_code가 있는 객체',
  },
  'refund.bank_account': { en: '4 to 30 digits and hyphens', ko: '숫자와 하이픈 4~30자' },
  'refund.bank_username': { en: '1 to 60 characters', ko: '1~60자' },
  'refund.bank_code': { en: '3 digits', ko: '숫자 3자리' },
};

export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: CancellationEvent }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Reads one event; every wrong field is named at once. */
export function parseCancellationEvent(input: unknown): ParsedEvent {
  const parsed = cancellationEventSchema.safeParse(input);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, input));
  return { kind: 'refused', problems: onePerField(problems) };
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path, key].join('.').slice(0, 100),
      expected: 'no such field',
      expected_ko: '없는 필드',
      received: kindOf(valueAt(input, [...path, key])),
    }));
  }
  const field = path.join('.');
  const expectation = Object.entries(expectations).find(([name]) => name === field)?.[1];
  const echoed = path.length === 1 && path[0] !== 'refund' && expectation !== undefined;
  const received = valueAt(input, path);
  return [
    {
      field: field === '' ? '(event)' : field,
      expected: expectation?.en ?? 'a JSON object with event_id, order_id and receipt_id',
      expected_ko: expectation?.ko ?? 'event_id, order_id, receipt_id가 있는 JSON 객체',
      received: echoed ? show(received) : kindOf(received),
    },
  ];
}
