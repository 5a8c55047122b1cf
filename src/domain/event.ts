// A cancellation event as the order service sends it. Bad input is named and refused here.
import { z } from 'zod';
import { isPlainText, newIdentitySchema, ownCancelIdSchema, plainName, receiptIdSchema } from './ids.ts';
import { pathText } from './json.ts';
import {
  kindOf,
  type Problem,
  problemList,
  show,
  type Text,
  valueAt,
  type WrongPlace,
  wrongPlaces,
} from './problem.ts';

const plainText = z.string().refine(isPlainText);

/**
 * Where the money of a paid virtual account goes: all three parts or none. Personal data. However it is written, one
 * account is one: digits only, the holder's name in one Unicode form.
 */
export const refundAccountSchema = z.strictObject({
  bank_account: z
    .string()
    .max(60)
    .transform((account) => account.replaceAll(/[\p{Zs}\p{Pd}\u2212]/gu, ''))
    .pipe(z.string().regex(/^[0-9]{6,16}$/)),
  bank_username: plainText.max(200).transform(plainName).pipe(z.string().min(1).max(60)),
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

export const cancelMessageSchema = plainText.min(1).max(500);

/** Field names as Bootpay writes them. No `cancel_price` means a full cancel. */
export const cancellationEventSchema = z
  .strictObject({
    event_id: newIdentitySchema,
    source: newIdentitySchema.default('orders'),
    order_id: newIdentitySchema,
    receipt_id: receiptIdSchema,
    occurred_at: z.iso.datetime({ offset: true }).optional(),
    cancel_price: z.int().positive().optional(),
    cancel_tax_free: z.int().nonnegative().optional(),
    cancel_id: ownCancelIdSchema.optional(),
    cancel_username: plainText.min(1).max(100).optional(),
    cancel_message: cancelMessageSchema.optional(),
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

export const accountExpectations: Record<keyof RefundAccount, Text> = {
  bank_account: {
    en: '6 to 16 digits, blanks and hyphens between them as you like',
    ko: '숫자 6~16자리 (공백과 하이픈은 무시)',
  },
  bank_username: plainTextOf(60),
  bank_code: { en: '3 digits', ko: '숫자 3자리' },
};

/** What each field has to be, for people, in both languages. */
const identity: Text = {
  en: '1 to 128 printable characters, in Unicode form NFC, without blanks at either end or characters that cannot be seen',
  ko: '출력 가능한 문자 1~128자 (유니코드 NFC, 앞뒤 공백과 보이지 않는 문자 없이)',
};
const expectations: Record<Field, Text> = {
  event_id: identity,
  source: identity,
  order_id: identity,
  receipt_id: { en: '1 to 64 of A-Z a-z 0-9 _ -', ko: '영문, 숫자, _, - 로 된 1~64자' },
  occurred_at: {
    en: 'a time in ISO 8601 with offset, such as 2026-11-20T10:30:00+09:00, not before 2015 and not more than a day ahead',
    ko: '시간대가 있는 ISO 8601 시각 (예: 2026-11-20T10:30:00+09:00), 2015년 이후이고 하루 넘게 앞서지 않아야 함',
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
  cancel_username: plainTextOf(100),
  cancel_message: plainTextOf(500),
  refund: {
    en: 'an object {bank_account, bank_username, bank_code}',
    ko: 'bank_account, bank_username, bank_code가 있는 객체',
  },
  'refund.bank_account': accountExpectations.bank_account,
  'refund.bank_username': accountExpectations.bank_username,
  'refund.bank_code': accountExpectations.bank_code,
};

export function plainTextOf(longest: number): Text {
  return {
    en: `1 to ${longest} characters, no control characters and no half emoji`,
    ko: `1~${longest}자 (제어 문자와 깨진 이모지 없이)`,
  };
}

export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: CancellationEvent }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Korea's e-commerce did not cancel through Bootpay before it was there. */
const earliestAt = Date.UTC(2015, 0, 1);
/** A sender's clock may be ahead, or name the wrong time zone. In ms. */
const mostAheadMs = 24 * 60 * 60_000;

/** Reads one event; every wrong field is named at once. @param now ms */
export function parseCancellationEvent(input: unknown, now: number): ParsedEvent {
  const copied = copyOf(input);
  if (copied.kind === 'refused') return copied;
  const parsed = cancellationEventSchema.safeParse(copied.value);
  const places = [
    ...wrongPlaces(parsed.error),
    ...copied.lost,
    ...(isPossible(parsed.data?.occurred_at, now) ? [] : [{ path: ['occurred_at'], unknown: false }]),
  ];
  return parsed.success && places.length === 0
    ? { kind: 'event', event: parsed.data }
    : { kind: 'refused', problems: problemList(places, (place) => problemAt(place, copied.value)) };
}

function isPossible(occurredAt: string | undefined, now: number): boolean {
  if (occurredAt === undefined) return true;
  const at = Date.parse(occurredAt);
  return at >= earliestAt && at <= now + mostAheadMs;
}

/**
 * The event read once: a value of JavaScript may hold what JSON cannot. A member that is there and undefined is no
 * absent one: without this rule a lost amount would pass for a full cancel.
 */
function copyOf(
  input: unknown,
): { kind: 'copied'; value: unknown; lost: WrongPlace[] } | Extract<ParsedEvent, { kind: 'refused' }> {
  try {
    if (!isRecord(input)) return { kind: 'copied', value: input, lost: [] };
    const value = Object.fromEntries(Object.entries(input));
    const { refund } = value;
    if (isRecord(refund)) value['refund'] = Object.fromEntries(Object.entries(refund));
    const lost = [...undefinedIn(value, []), ...undefinedIn(value['refund'], ['refund'])];
    return { kind: 'copied', value, lost };
  } catch {
    // A getter or a proxy threw; its error may hold anything.
    const whole = problemAt({ path: [], unknown: false }, input);
    return { kind: 'refused', problems: [{ ...whole, received: 'an object that cannot be read' }] };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function undefinedIn(value: unknown, path: readonly string[]): WrongPlace[] {
  if (!isRecord(value)) return [];
  return Object.keys(value)
    .filter((name) => value[name] === undefined)
    .map((name) => ({ path: [...path, name], unknown: false }));
}

function problemAt({ path, unknown }: WrongPlace, input: unknown): Problem {
  const field = pathText(path);
  const found = valueAt(input, path);
  const received = found === undefined && isMember(input, path) ? 'undefined' : null;
  if (unknown)
    return {
      field,
      expected: 'no such field',
      expected_ko: '없는 필드',
      received: received ?? kindOf(found),
    };
  const expectation = Object.entries(expectations).find(([name]) => name === field)?.[1];
  const echoed = path.length === 1 && path[0] !== 'refund' && expectation !== undefined;
  return {
    field: field === '' ? '(event)' : field,
    expected: expectation?.en ?? 'a JSON object with event_id, order_id and receipt_id',
    expected_ko: expectation?.ko ?? 'event_id, order_id, receipt_id가 있는 JSON 객체',
    received: received ?? (echoed ? show(found) : kindOf(found)),
  };
}

function isMember(input: unknown, path: readonly string[]): boolean {
  const holder = valueAt(input, path.slice(0, -1));
  return isRecord(holder) && Object.hasOwn(holder, path.at(-1) ?? '');
}
