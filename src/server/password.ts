// Operators' passwords as `scrypt$N$r$p$salt$hash`: made by hand, verified at each login.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { mostMemoryBytes, type PasswordHash, readPasswordHash } from '../config/people-and-keys.ts';

/** OWASP's password storage sheet: N = 2^14, r = 8, p = 5 takes 16 MiB and about a quarter of a second. */
const defaultCost = { n: 16_384, r: 8, p: 5 } as const;

type ScryptCost = Pick<PasswordHash, 'n' | 'r' | 'p'>;

const hashBytes = 32;
const longestPassword = 1024;

export async function hashPassword(password: string, cost: ScryptCost = defaultCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, { ...cost, salt, hash: Buffer.alloc(hashBytes) });
  return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Never throws. Without a stored password (no such operator) it takes as long and returns false. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const known = stored === null ? null : readPasswordHash(stored);
  const wanted = known ?? { ...defaultCost, salt: Buffer.alloc(16), hash: Buffer.alloc(hashBytes) };
  const given = await derive(password.slice(0, longestPassword), wanted);
  const equal = timingSafeEqual(given, wanted.hash);
  return equal && known !== null && password.length <= longestPassword;
}

function derive(password: string, { n, r, p, salt, hash }: PasswordHash): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: mostMemoryBytes + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hash.length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
