// Operators' logins: a password is checked with scrypt once, then a keyed digest of it is remembered for ten minutes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { System } from '../compose.ts';
import type { Operator } from '../config/people-and-keys.ts';
import type { SignInAttempt, SignInResult } from '../desk/ports.ts';
import type { Via } from '../domain/action.ts';
import { messageOf } from '../domain/errors.ts';
import { isSameName } from '../domain/people.ts';
import { createFailureCounts } from './failed-logins.ts';
import { createLoginLine } from './login-line.ts';
import { verifyPassword } from './password.ts';

const rememberMs = 10 * 60_000;
const line = { atOnce: 2, places: 20 };
/** A login that has to wait longer is told so instead of being held. In ms. */
const longestHoldMs = 2_000;
const longestWaitOfAddressMs = 30_000;
/** In seconds. */
const retryWhenBusy = 3;

interface LoginDeps {
  readonly operators: readonly Operator[];
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** `name` is null unless it is an operator's: people type passwords into the field for names. */
  readonly whenFailed: (failed: FailedLogin) => void;
}

interface FailedLogin {
  readonly address: string;
  readonly name: string | null;
  readonly via: LoginAttempt['via'];
}

interface LoginAttempt extends SignInAttempt {
  readonly via: Extract<Via, 'http' | 'desk'>;
}

export interface Logins {
  check(attempt: LoginAttempt): Promise<SignInResult>;
}

/** The logins of a server: those of HTTP Basic and of the desk count together. */
export function loginsOf(system: System): Logins {
  const { config, clock, log } = system;
  return createLogins({
    operators: config.operators,
    now: clock.now,
    pause: (ms) => setTimeout(ms),
    whenFailed: ({ via, ...failed }) => {
      log.warn(failed, 'login_failed');
      keepFailure(system, { via, ...failed }).catch((error: unknown) =>
        log.warn({ error: messageOf(error) }, 'failed_login_not_kept'),
      );
    },
  });
}

/** One a minute for each name, and one for all unknown ones: guessing must not push people's acts out of the stream. */
const keepFailuresEveryMs = 60_000;

async function keepFailure({ ledger, clock }: System, { name, via }: FailedLogin): Promise<void> {
  const isFirst = await ledger.claim(`failed-login:${via}:${name ?? ''}`, keepFailuresEveryMs);
  if (!isFirst) return;
  const refused = { what: 'sign_in', answer: 'refused', rule: 'wrong_password' } as const;
  await ledger.recordAction({ at: clock.now(), who: name ?? '', via, ...refused });
}

/**
 * Passwords are not kept, only digests under a key that lives as long as the process. An unknown name waits, costs and
 * is answered like a known one.
 *
 * Failures slow down and never lock out. Those of an address delay what comes from it, up to 30 s. Those on a name come
 * from anywhere, so they delay each login with it by 2 s at most, and refuse none.
 */
export function createLogins(deps: LoginDeps): Logins {
  const { operators, now, pause } = deps;
  const key = randomBytes(32);
  const remembered = new Map<string, { readonly digest: Buffer; readonly until: number }>();
  const underWay = new Map<string, Promise<SignInResult>>();
  const loginLine = createLoginLine(line, pause);
  const failedFrom = createFailureCounts(longestWaitOfAddressMs, now);
  const failedOnKnown = createFailureCounts(longestHoldMs, now);
  const failedOnUnknown = createFailureCounts(longestHoldMs, now);

  const digestOf = (...parts: readonly string[]) =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest();

  /** The operator whose hash an unknown name is checked against: always the same for a name, so that it takes as long. */
  function standIn(name: string): Operator | undefined {
    return operators[digestOf(name).readUInt32BE() % Math.max(1, operators.length)];
  }

  async function verify(attempt: LoginAttempt, operator: Operator | undefined): Promise<SignInResult> {
    const { name, password, countedAs } = attempt;
    const id = digestOf(name).toString('base64');
    const failedOnName = operator === undefined ? failedOnUnknown : failedOnKnown;
    const wait = failedFrom.waitFor(countedAs);
    if (wait > longestHoldMs) return { kind: 'slowed', retryAfterSeconds: Math.ceil(wait / 1000) };
    const delay = Math.max(wait, failedOnName.waitFor(id));
    const checked = await loginLine.run(countedAs, delay, () =>
      verifyPassword(password, (operator ?? standIn(name))?.password ?? null),
    );
    if (checked === null) return { kind: 'busy', retryAfterSeconds: retryWhenBusy };
    if (checked && operator !== undefined) {
      remembered.set(operator.name, { digest: digestOf(name, password), until: now() + rememberMs });
      return { kind: 'operator', operator };
    }
    failedFrom.add(countedAs);
    failedOnName.add(id);
    deps.whenFailed({ address: attempt.address, name: operator?.name ?? null, via: attempt.via });
    return { kind: 'wrong' };
  }

  return {
    async check(attempt) {
      const operator = operators.find(({ name }) => isSameName(name, attempt.name));
      const digest = digestOf(attempt.name, attempt.password);
      const known = operator === undefined ? undefined : remembered.get(operator.name);
      if (operator !== undefined && known !== undefined && known.until > now()) {
        if (timingSafeEqual(known.digest, digest)) return { kind: 'operator', operator };
      }
      // A page loads many things at once: the same login is checked, and counted, once.
      const id = `${attempt.countedAs} ${digest.toString('base64')}`;
      const running = underWay.get(id) ?? verify(attempt, operator);
      underWay.set(id, running);
      return running.finally(() => underWay.delete(id));
    },
  };
}
