// Operators' logins: a password is checked with scrypt once, then a keyed digest of it is remembered for ten minutes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Operator } from '../config/people-and-keys.ts';
import { verifyPassword } from './password.ts';

const rememberMs = 10 * 60_000;

export interface LoginDeps {
  readonly operators: readonly Operator[];
  readonly now: () => number;
}

export type LoginResult =
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too_many'; readonly retryAfterSeconds: number };

export interface Logins {
  /** `guess` is called before each costly check; a number tells how many seconds to wait first. */
  check(
    name: string,
    password: string,
    guess: (name: string | null) => Promise<number | null>,
  ): Promise<LoginResult>;
}

/** Passwords are not kept, only digests under a key that lives as long as the process. */
export function createLogins({ operators, now }: LoginDeps): Logins {
  const key = randomBytes(32);
  const remembered = new Map<string, { readonly digest: Buffer; readonly until: number }>();
  const underWay = new Map<string, Promise<LoginResult>>();

  const digestOf = (name: string, password: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([name, password]))
      .digest();

  async function verify(
    { name, password, operator }: { name: string; password: string; operator: Operator | undefined },
    guess: (name: string | null) => Promise<number | null>,
  ): Promise<LoginResult> {
    const retryAfterSeconds = await guess(operator?.name ?? null);
    if (retryAfterSeconds !== null) return { kind: 'too_many', retryAfterSeconds };
    const right = await verifyPassword(password, operator?.password ?? null);
    if (!right || operator === undefined) return { kind: 'wrong' };
    remembered.set(name, { digest: digestOf(name, password), until: now() + rememberMs });
    return { kind: 'operator', operator };
  }

  return {
    async check(name, password, guess) {
      const operator = operators.find((candidate) => candidate.name === name);
      const digest = digestOf(name, password);
      const known = remembered.get(name);
      if (operator !== undefined && known !== undefined && known.until > now()) {
        if (timingSafeEqual(known.digest, digest)) return { kind: 'operator', operator };
      }
      // A page loads many things at once: the same login is checked, and counted, once.
      const id = digest.toString('base64');
      const running = underWay.get(id) ?? verify({ name, password, operator }, guess);
      underWay.set(id, running);
      return running.finally(() => underWay.delete(id));
    },
  };
}
