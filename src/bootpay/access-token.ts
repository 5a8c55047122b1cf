// What goes into the `authorization` header: fixed with Basic; with Bearer a token that all calls share.
import type { FailedReply } from '../domain/reply.ts';
import type { Calls } from './calls.ts';
import { Limit, within } from './limit.ts';
import type { Reply } from './reply.ts';
import { type BasicCredentials, type BearerCredentials, basicHeader, partsOf } from './secrets.ts';
import { singleFlight } from './single-flight.ts';
import { readToken, type Token } from './wire.ts';

export interface Access {
  readonly kind: 'access';
  readonly header: string;
  /** Which fetch it came from: Bootpay may hand out the same token twice. */
  readonly issue: number;
  /** From an earlier call: it may have died since, so a 401 is worth one fresh token. */
  readonly old: boolean;
}

export interface Authorization {
  /** null: there is no valid token, and one has to be fetched. A token that is due for renewal is still valid. */
  current(): Access | null;
  /** Callers at the same time share one fetch. A permit that was acquired before it is too old by its end. */
  fetch(limit: Limit): Promise<Access | FailedReply>;
  /** After a 401 on `refused`. Callers at the same time share one fetch. */
  renew(refused: Access, limit: Limit): Promise<Access | FailedReply>;
}

export function basicAuthorization(credentials: BasicCredentials): Authorization {
  const access: Access = { kind: 'access', header: basicHeader(credentials), issue: 1, old: false };
  return { current: () => access, fetch: async () => access, renew: async () => access };
}

interface TokenDeps {
  readonly calls: Calls;
  readonly now: () => number;
  /** Of one fetch; all tries together take at most three times that. */
  readonly timeoutMs: number;
  readonly delayMs: number;
  /** Ends a renewal in the background. */
  readonly closing: AbortSignal;
}

interface HeldToken {
  readonly header: string;
  readonly issue: number;
  readonly endsAt: number;
  readonly renewAt: number;
}

const tries = 3;
/** Bootpay hands out the same token again during its first 25 of 30 minutes: asking earlier gains nothing. */
const renewBeforeEndMs = 5 * 60_000;
const renewBeforeEndShare = 0.2;
/** After a renewal that brought nothing new while the old token lives. */
const renewAgainAfterMs = 30_000;

export function tokenAuthorization(credentials: BearerCredentials, deps: TokenDeps): Authorization {
  const { now } = deps;
  let held: HeldToken | null = null;

  const flight = singleFlight(async (signal): Promise<HeldToken | FailedReply> => {
    const reply = await within(new Limit(deps.timeoutMs * tries, signal), (limit) =>
      fetchToken(credentials, deps, limit),
    );
    if (reply.kind !== 'accepted') return withoutToken(reply);
    held = hold(reply.body, held, now());
    return held;
  });

  const fetch: Authorization['fetch'] = async (limit) => {
    const result = await flight(limit.signal, () => ({
      kind: 'not_sent',
      cause: `token_${limit.reason}`,
    }));
    return 'kind' in result ? result : { ...accessOf(result), old: false };
  };

  const current: Authorization['current'] = () => {
    if (held === null || now() >= held.endsAt) return null;
    const access = accessOf(held);
    if (now() >= held.renewAt) renewInBackground(held);
    return access;
  };

  /** A failure is ignored: the old token is used until its end, when another is fetched. */
  function renewInBackground(before: HeldToken): void {
    held = { ...before, renewAt: now() + renewAgainAfterMs };
    within(new Limit(deps.timeoutMs * tries, deps.closing), fetch).catch(() => {});
  }

  const renew: Authorization['renew'] = async (refused, limit) =>
    // Another caller may have renewed it meanwhile.
    held !== null && held.issue !== refused.issue ? accessOf(held) : fetch(limit);

  return { current, fetch, renew };
}

function accessOf(held: HeldToken): Access {
  return { kind: 'access', header: held.header, issue: held.issue, old: true };
}

async function fetchToken(
  credentials: BearerCredentials,
  deps: TokenDeps,
  limit: Limit,
): Promise<Reply<Token>> {
  const stopped = await deps.calls.permit('token', limit);
  if (stopped !== null) return stopped;
  const [application_id, private_key] = partsOf(credentials);
  const call = {
    request: {
      method: 'POST',
      path: '/request/token',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ application_id, private_key }),
    },
    timeoutMs: deps.timeoutMs,
    read: readToken,
    secrets: [application_id, private_key],
  } as const;
  return deps.calls.repeated(call, { kind: 'token', atMost: tries - 1, delayMs: deps.delayMs }, limit);
}

function hold(token: Token, before: HeldToken | null, now: number): HeldToken {
  const header = `Bearer ${token.value}`;
  const issue = (before?.issue ?? 0) + 1;
  if (before?.header === header && now < before.endsAt) {
    // The same token again: whatever `expire_in` says now, it does not live longer than the first answer allowed.
    const endsAt = Math.min(before.endsAt, now + token.lifeMs);
    return { header, issue, endsAt, renewAt: Math.min(endsAt, now + renewAgainAfterMs) };
  }
  const earlyMs = Math.min(renewBeforeEndMs, token.lifeMs * renewBeforeEndShare);
  const endsAt = now + token.lifeMs;
  return { header, issue, endsAt, renewAt: endsAt - earlyMs };
}

/** What a failed token fetch means for the call that needed the token and was therefore never sent. */
function withoutToken(reply: FailedReply): FailedReply {
  switch (reply.kind) {
    case 'throttled':
    case 'unauthorized':
      return reply;
    case 'refused':
      // This endpoint judges nothing but credentials; only a 5xx may mean something else.
      return reply.httpStatus < 500
        ? { kind: 'unauthorized', code: reply.code, httpStatus: reply.httpStatus }
        : { kind: 'not_sent', cause: `token_http_${reply.httpStatus}` };
    default:
      return { kind: 'not_sent', cause: `token_${reply.cause}` };
  }
}
