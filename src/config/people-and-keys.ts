// The two variables that hold lists of secrets: operators, and the keys that encrypt refund accounts.
import { z } from 'zod';
import type { DataKey } from '../domain/event.ts';
import { readJsonText } from '../domain/json.ts';
import { operatorRoles, type Person } from '../domain/people.ts';
import type { Limits } from './limits.ts';

/** `password` is a hash, `scrypt$N$r$p$salt$hash`; `server/password.ts` makes and verifies it. */
export interface Operator extends Person {
  readonly password: string;
}

/** In characters. NIST SP 800-63B asks for 8 at least, and for 15 where the password is alone; logins are slowed here. */
export const shortestPassword = 12;

export const operatorName: Limits<string> = {
  schema: z.string().regex(/^[\p{L}\p{N}@._ -]{1,60}$/u),
  expected: {
    en: '1 to 60 letters, digits, blanks and @ . _ -',
    ko: '글자, 숫자, 공백, @ . _ - 로 된 1~60자',
  },
};

/** `operator` is what a reviewer was called before 0.6.0. */
const roleSchema = z
  .enum([...operatorRoles, 'operator'])
  .transform((role) => (role === 'operator' ? 'reviewer' : role));

/** @param minCost lowest N * r * p of a hash; what brute force costs grows with it. */
export function operatorList(minCost: number): Limits<Operator[]> {
  const operator = z.strictObject({
    name: operatorName.schema,
    role: roleSchema,
    password: z.string().refine((text) => costsAtLeast(text, minCost)),
  });
  return {
    schema: z
      .string()
      .transform((text) => {
        const read = readJsonText(text);
        return read.kind === 'json' && read.repeated.length === 0 ? read.value : undefined;
      })
      .pipe(z.array(operator).max(200))
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length),
    expected: {
      en: `a JSON array of {name, role: viewer|reviewer|approver, password: scrypt$N$r$p$salt$hash with N*r*p >= ${minCost}}, names unique`,
      ko: `{name, role: viewer|reviewer|approver, password: scrypt$N$r$p$salt$hash (N*r*p ${minCost} 이상)} 의 JSON 배열, 이름 중복 불가`,
    },
  };
}

export const dataKeyList: Limits<DataKey[]> = {
  schema: z
    .string()
    .transform((text, context) => {
      const keys = text.split(',').map((part) => readDataKey(part.trim()));
      const known = keys.filter((key) => key !== null);
      if (known.length < keys.length) context.addIssue('one entry is not id:base64 of 32 bytes');
      return known;
    })
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length),
  expected: {
    en: 'id:base64 of 32 bytes, several separated by commas, ids unique',
    ko: 'id:32바이트의 base64, 여러 개는 쉼표로 구분, id 중복 불가',
  },
};

export interface PasswordHash {
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** What one login may take of the process's memory, in bytes: scrypt needs 128 * N * r. */
export const mostMemoryBytes = 2 ** 28;

/** null: not in this format, or so costly that one login could take the process's memory or time. */
export function readPasswordHash(text: string): PasswordHash | null {
  const match = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]{22,}=*)$/.exec(
    text,
  );
  if (match === null) return null;
  const [n, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [salt, hash] = [Buffer.from(match[4] ?? '', 'base64'), Buffer.from(match[5] ?? '', 'base64')];
  const isPowerOfTwo = n >= 2 && (n & (n - 1)) === 0;
  const isBounded = isPowerOfTwo && r >= 1 && p >= 1 && p <= 16 && 128 * n * r <= mostMemoryBytes;
  return isBounded && salt.length > 0 && hash.length >= 16 ? { n, r, p, salt, hash } : null;
}

/** Beyond it more passes do not make up for less memory, which is what makes guessing costly on special hardware. */
const mostPasses = 10;

function costsAtLeast(text: string, minCost: number): boolean {
  const hash = readPasswordHash(text);
  return hash !== null && hash.n * hash.r * Math.min(hash.p, mostPasses) >= minCost;
}

/** null: another text than `id:base64` of 32 bytes. */
export function readDataKey(text: string): DataKey | null {
  const match = /^([A-Za-z0-9._-]{1,40}):([A-Za-z0-9+/_-]{43}=?)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const key = new Uint8Array(Buffer.from(match[2], 'base64'));
  return key.length === 32 ? { id: match[1], key } : null;
}
