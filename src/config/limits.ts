// The kinds of value a variable can have: each is a zod schema and a text in both languages of what it expects.
import { z } from 'zod';
import type { Text } from '../domain/problem.ts';

/** What a variable may hold: text in, value out. `expected` completes "expected ...". */
export interface Limits<Value> {
  readonly schema: z.ZodType<Value, string>;
  readonly expected: Text;
}

export function wholeNumber(min: number, max: number): Limits<number> {
  return {
    schema: z
      .string()
      .regex(/^\d{1,12}$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
    expected: { en: `a whole number from ${min} to ${max}`, ko: `${min}~${max}의 정수` },
  };
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export type TimeUnit = keyof typeof unitMs;

/** A number and one of these units, such as `30m`; read in ms. */
export function durationSchema(mostDigits: number, units: readonly TimeUnit[]): z.ZodType<number, string> {
  const form = new RegExp(`^(\\d{1,${mostDigits}})(${units.join('|')})$`);
  return z
    .string()
    .regex(form)
    .transform((text) => {
      const [, amount, found] = form.exec(text) ?? [];
      const unit = units.find((one) => one === found);
      return unit === undefined ? Number.NaN : Number(amount) * unitMs[unit];
    });
}

/** Distances grow: the last one repeats, and two equal ones would mean a look-up without a pause. */
export function ascendingNumbers(min: number, max: number): Limits<number[]> {
  const { schema } = wholeNumber(min, max);
  return {
    schema: z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(z.array(schema).min(1).max(20))
      .refine((numbers) => numbers.every((number, index) => number > (numbers[index - 1] ?? 0))),
    expected: {
      en: `1 to 20 growing whole numbers from ${min} to ${max}, separated by commas`,
      ko: `쉼표로 구분한 ${min}~${max}의 정수 1~20개 (오름차순)`,
    },
  };
}

export function oneOf<const Option extends string>(options: readonly Option[]): Limits<Option> {
  const names = options.join(', ');
  return { schema: z.enum(options), expected: { en: `one of ${names}`, ko: `다음 중 하나: ${names}` } };
}

export function matching(pattern: RegExp, expected: Text): Limits<string> {
  return { schema: z.string().regex(pattern), expected };
}

/** A secret: visible ASCII, so that a stray line break or blank from a secret store is found at the start. */
export function secretText(minLength: number): Limits<string> {
  return {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .min(minLength)
      .max(4096),
    expected: {
      en: `at least ${minLength} visible ASCII characters, no spaces`,
      ko: `공백 없는 ASCII 문자 ${minLength}자 이상`,
    },
  };
}

/** A Standard Webhooks secret: what follows `whsec_` is base64; anything else is taken as it stands. */
export function webhookSecret(minLength: number): Limits<string> {
  const plain = secretText(minLength);
  return {
    schema: z
      .string()
      .pipe(plain.schema)
      .refine((text) => !text.startsWith('whsec_') || /^whsec_[A-Za-z0-9+/_-]+={0,2}$/.test(text)),
    expected: {
      en: `${plain.expected.en}; after whsec_ only base64`,
      ko: `${plain.expected.ko}, whsec_ 뒤에는 base64만`,
    },
  };
}
