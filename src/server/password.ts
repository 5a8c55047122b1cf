// Operators' passwords as `scrypt$N$r$p$salt$hash`: made once by hand, checked at each login.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's password storage sheet: N = 2^14, r = 8, p = 5 takes 16 MiB and about a quarter of a second. */
export const defaultCost = { n: 16_384, r: 8, p: 5 } as const;

export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

interface StoredPassword extends ScryptCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const hashBytes = 32;
const mostBytes = 2 ** 28;
const longestPassword = 1024;

export async function hashPassword(password: string, cost: ScryptCost = defaultCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, { ...cost, salt, hash: Buffer.alloc(hashBytes) });
  return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Never throws. Without a stored password (no such operator) it takes as long and says no. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const known = stored === null ? null : parseStored(stored);
  const wanted = known ?? { ...defaultCost, salt: Buffer.alloc(16), hash: Buffer.alloc(hashBytes) };
  const given = await derive(password.slice(0, longestPassword), wanted);
  const equal = timingSafeEqual(given, wanted.hash);
  return equal && known !== null && password.length <= longestPassword;
}

/** null: not in this format, or so costly that one login could take the process's memory or time. */
function parseStored(text: string): StoredPassword | null {
  const [scheme, n, r, p, salt, hash, ...rest] = text.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined || rest.length > 0) return null;
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  const stored = { ...cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  return isBounded(cost) && stored.salt.length > 0 && stored.hash.length >= 16 ? stored : null;
}

function isBounded({ n, r, p }: ScryptCost): boolean {
  const whole = [n, r, p].every((part) => Number.isSafeInteger(part) && part >= 1);
  return whole && n >= 2 && Number.isInteger(Math.log2(n)) && p <= 16 && 128 * n * r <= mostBytes;
}

function derive(password: string, { n, r, p, salt, hash }: StoredPassword): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: mostBytes + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hash.length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
