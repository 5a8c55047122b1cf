/** Who is calling: Basic with client_key and secret_key, or Bearer with a token of the older pair of keys. */
import { randomUUID } from 'node:crypto';
import type { Call } from './calls.ts';
import type { AuthCode } from './core/codes.ts';
import type { Switches } from './core/switches.ts';
import { isJsonObject } from './http.ts';

export type Authorization =
  | { readonly kind: 'authorised' }
  /** `code` null: a plain 401 without a body, as for a caller whose address is not allowed. */
  | { readonly kind: 'refused'; readonly code: AuthCode | null };

export type TokenAnswer =
  | { readonly kind: 'issued'; readonly accessToken: string; readonly expireInSeconds: number }
  | Extract<Authorization, { kind: 'refused' }>;

interface Token {
  readonly text: string;
  readonly issuedAt: number;
}

const AUTHORISED: Authorization = { kind: 'authorised' };

export class Gatekeeper {
  readonly #now: () => number;
  readonly #switches: () => Switches;
  #tokens: Token[] = [];

  constructor(now: () => number, switches: () => Switches) {
    this.#now = now;
    this.#switches = switches;
  }

  /** Reads the Authorization header of a cancel or look-up. */
  admit(header: string | undefined): Authorization {
    if (!this.#switches().callerIpAllowed) return refused(null);
    const value = header?.slice(header.indexOf(' ') + 1).trim() ?? '';
    if (schemeOf(header) === 'basic') return this.#admitKeys(Buffer.from(value, 'base64').toString('utf8'));
    const token = this.#tokens.find(({ text }) => text === value);
    const valid = schemeOf(header) === 'bearer' && token !== undefined && this.#restMs(token) > 0;
    return valid ? AUTHORISED : refused('TOKEN_KEY_INVALID');
  }

  /** Answers POST /v2/request/token: the same token while it is young, then a new one. */
  issue(body: unknown): TokenAnswer {
    if (!this.#switches().callerIpAllowed) return refused(null);
    const { applicationId, privateKey, otherPlatformIds } = this.#switches().credentials;
    const { application_id: id, private_key: key } = isJsonObject(body) ? body : {};
    if (typeof id === 'string' && otherPlatformIds.includes(id)) return refused('APP_KEY_NOT_REST');
    if (id !== applicationId) return refused('APP_KEY_NOT_FOUND');
    if (key !== privateKey) return refused('APP_SK_NOT_MATCHED');
    const token = this.#youngToken() ?? this.#newToken();
    const expireInSeconds = Math.round(this.#restMs(token) / 1_000);
    return { kind: 'issued', accessToken: token.text, expireInSeconds };
  }

  /** From now on every token issued so far is refused. */
  revokeTokens(): void {
    this.#tokens = [];
  }

  #admitKeys(pair: string): Authorization {
    const { clientKey, secretKey } = this.#switches().credentials;
    const colon = pair.indexOf(':');
    if (colon < 0 || pair.slice(0, colon) !== clientKey) return refused('APP_CLIENT_KEY_NOT_FOUND');
    return pair.slice(colon + 1) === secretKey ? AUTHORISED : refused('APP_SK_NOT_MATCHED');
  }

  #youngToken(): Token | undefined {
    const youngest = this.#tokens.at(-1);
    if (youngest === undefined || this.#restMs(youngest) <= 0) return undefined;
    return this.#now() - youngest.issuedAt < this.#switches().tokenReuseMs ? youngest : undefined;
  }

  #newToken(): Token {
    const token = { text: `sim.${randomUUID()}`, issuedAt: this.#now() };
    this.#tokens.push(token);
    return token;
  }

  #restMs(token: Token): number {
    return token.issuedAt + this.#switches().tokenLifeMs - this.#now();
  }
}

export function schemeOf(header: string | undefined): Call['authorization'] {
  const scheme = header?.split(' ', 1)[0]?.toLowerCase();
  return scheme === 'basic' || scheme === 'bearer' ? scheme : 'none';
}

function refused(code: AuthCode | null): Extract<Authorization, { kind: 'refused' }> {
  return { kind: 'refused', code };
}
