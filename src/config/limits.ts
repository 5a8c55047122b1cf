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
type TimeUnit = keyof typeof unitMs;

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

/** `docker run --env-file` keeps the quotes that other readers of such a file take away. */
export function isQuoted(text: string): boolean {
  return /^(["']).*\1$/s.test(text) && text.length > 1;
}

/** Two hours of a day, such as `22-08`; over midnight where the first is the later one. */
export const quietHours: Limits<{ from: number; to: number }> = {
  schema: z
    .string()
    .regex(/^(?:[01]\d|2[0-3])-(?:[01]\d|2[0-3])$/)
    .transform((text) => ({ from: Number(text.slice(0, 2)), to: Number(text.slice(3)) }))
    .refine(({ from, to }) => from !== to),
  expected: {
    en: 'two different hours from 00 to 23, such as 22-08',
    ko: '22-08처럼 00~23의 서로 다른 두 시각',
  },
};

/** A secret: visible ASCII, so that a stray line break or blank from a secret store is found at the start. */
export function secretText(minLength: number): Limits<string> {
  return {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .refine((text) => !isQuoted(text))
      .min(minLength)
      .max(4096),
    expected: {
      en: `at least ${minLength} visible ASCII characters, no spaces, no quotes around them`,
      ko: `공백 없는 ASCII 문자 ${minLength}자 이상, 앞뒤 따옴표 없이`,
    },
  };
}

/**
 * Standard Webhooks secrets, read as the official libraries read them: base64, with or without `whsec_` before it. Several
 * for a rotation; the first one is the newest. @param leastBytes of each key
 */
export function webhookSecrets(leastBytes: number): Limits<Buffer[]> {
  const letters = Math.ceil((leastBytes * 4) / 3);
  return {
    schema: z
      .string()
      .max(4096)
      .transform((text) => text.split(',').map((one) => one.trim().replace(/^whsec_/, '')))
      .pipe(
        z.array(z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)).max(5),
      )
      .transform((texts) => texts.map((text) => Buffer.from(text, 'base64')))
      .refine((keys) => keys.every((key) => key.length >= leastBytes)),
    expected: {
      en: `base64 of at least ${leastBytes} bytes (${letters} characters), with or without whsec_ before it; up to 5 separated by commas, the newest first`,
      ko: `${leastBytes}바이트 이상의 base64 (${letters}자 이상, 앞의 whsec_는 있어도 없어도 됨). 쉼표로 5개까지, 최신 것을 먼저`,
    },
  };
}
