// The gateway client: what the worker may ask Bootpay, and everything that happens around one such call.
import type { Gateway } from '../domain/gateway.ts';
import type { ReceiptId } from '../domain/ids.ts';
import type { FailedReply } from '../domain/reply.ts';
import { aboutOf } from './about.ts';
import { type Access, type Authorization, basicAuthorization, tokenAuthorization } from './access-token.ts';
import { type CallLimiter, type Calls, createCalls } from './calls.ts';
import { createHttp } from './http.ts';
import { Limit, within } from './limit.ts';
import type { Reply } from './reply.ts';
import { type Credentials, fingerprintOf, partsOf } from './secrets.ts';
import { cancelBody, Incomplete, readCancelAnswer, readReceipt } from './wire.ts';

/**
 * Replies never throw. `cancel` sends one `POST /v2/cancel`; a second one only after a 401 on an old Bearer token,
 * within the same time. `lookUp` is repeated within seconds while Bootpay does not answer. The caller has acquired the
 * permit of the first call; after a wait for a token the client acquires another.
 */
export interface BootpayClient extends Gateway {
  /** Breaks off calls under way. */
  close(): Promise<void>;
}

export interface BootpayClientOptions {
  /** Such as `https://api.bootpay.co.kr/v2`. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** From the first moment of a call to its end, the token and a second send included. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** The proxy that leads to Bootpay. Default: none. */
  readonly proxy?: string | null;
  /** How often an unanswered look-up is repeated. Default 2. */
  readonly lookUpRepeats?: number;
  /** Before the first repeat of a look-up or a token fetch; then twice as long. Default 500. */
  readonly lookUpRepeatDelayMs?: number;
  readonly rateLimiter: CallLimiter;
  readonly now: () => number;
  /** Default 256 KiB. */
  readonly maxReplyBytes?: number;
  /** Sockets to Bootpay. Default: as many as there are calls at once. */
  readonly connections?: number;
}

/** Look-ups and token fetches take seconds, from the request to the end of the body; only a cancel waits for a PG. */
const shortTimeoutMs = 10_000;
/**
 * A cancel leaves at once or not at all: time spent on a slow token would be missing at the end, when a 2086 may come.
 */
const cancelTokenMs = 2_000;

export function createBootpayClient(options: BootpayClientOptions): BootpayClient {
  const { credentials, timeoutMs } = options;
  const shortMs = Math.min(timeoutMs, shortTimeoutMs);
  const repeats = options.lookUpRepeats ?? 2;
  const delayMs = options.lookUpRepeatDelayMs ?? 500;
  const http = createHttp({
    baseUrl: options.baseUrl,
    connectTimeoutMs: options.connectTimeoutMs,
    proxy: options.proxy ?? null,
    maxReplyBytes: options.maxReplyBytes ?? 256 * 1_024,
    connections: options.connections,
  });
  const calls = createCalls({ http, rateLimiter: options.rateLimiter, now: options.now });
  const closing = new AbortController();
  const authorization =
    credentials.kind === 'basic'
      ? basicAuthorization(credentials)
      : tokenAuthorization(credentials, {
          ...{ calls, now: options.now, timeoutMs: shortMs, delayMs },
          closing: closing.signal,
        });
  const callAccess = { authorization, calls };
  const hidden = partsOf(credentials);

  const cancel: BootpayClient['cancel'] = (request, signal) => {
    const account = request.account;
    const secrets = account === null ? hidden : [...hidden, account.bank_account, account.bank_username];
    return within(new Limit(timeoutMs, signal, closing.signal), (limit) =>
      withAccess(
        { ...callAccess, kind: 'cancel', tokenMs: Math.min(cancelTokenMs, timeoutMs / 4) },
        limit,
        (header) =>
          calls.once(
            {
              request: {
                method: 'POST',
                path: '/cancel',
                headers: headersOf(header),
                body: cancelBody(request),
              },
              read: (body) => readCancelAnswer(request.receiptId, body),
              secrets: [...secrets, tokenOf(header)],
            },
            limit,
          ),
      ),
    );
  };

  const lookUp: BootpayClient['lookUp'] = async (receiptId, signal) => {
    const path = `/receipt/${encodeURIComponent(receiptId)}?lookup_user_data=false`;
    const reply = await within(new Limit(shortMs * (repeats + 1), signal, closing.signal), (limit) =>
      withAccess({ ...callAccess, kind: 'look_up', tokenMs: shortMs * 3 }, limit, (header) =>
        calls.repeated(
          {
            request: { method: 'GET', path, headers: headersOf(header), body: null },
            timeoutMs: shortMs,
            read: (body) => readLookUp(receiptId, body),
            secrets: [...hidden, tokenOf(header)],
          },
          { kind: 'look_up', atMost: repeats, delayMs },
          limit,
        ),
      ),
    );
    return reply.kind === 'accepted'
      ? { ...reply, body: reply.body.receipt, about: reply.body.about }
      : reply;
  };

  const close = async (): Promise<void> => {
    closing.abort();
    await http.close();
  };
  return { cancel, lookUp, fingerprint: fingerprintOf(credentials), close };
}

function readLookUp(receiptId: ReceiptId, body: object) {
  const receipt = readReceipt(receiptId, body);
  return receipt instanceof Incomplete ? receipt : { receipt, about: aboutOf(body) };
}

interface CallAccess {
  readonly authorization: Authorization;
  readonly calls: Calls;
  readonly kind: 'cancel' | 'look_up';
  /** How long the call may wait for a token, and for the permit after that. */
  readonly tokenMs: number;
}

/**
 * Sends with the current token; after a 401 on an old one once more with a fresh one. After a wait for a token each call
 * acquires a new permit: calls that waited for the same token would otherwise all leave at once.
 */
async function withAccess<Body>(
  callAccess: CallAccess,
  limit: Limit,
  send: (header: string) => Promise<Reply<Body>>,
): Promise<Reply<Body>> {
  const { authorization, calls, kind, tokenMs } = callAccess;
  const access =
    authorization.current() ??
    (await within(new Limit(tokenMs, limit), (shorter) => fetchAccess(callAccess, shorter)));
  if (access.kind !== 'access') return access;
  const reply = await send(access.header);
  if (reply.kind !== 'unauthorized' || !access.old) return reply;
  const fresh = await authorization.renew(access, limit);
  if (fresh.kind !== 'access') return fresh;
  return (await calls.permit(kind, limit)) ?? send(fresh.header);
}

async function fetchAccess(
  { authorization, calls, kind }: CallAccess,
  limit: Limit,
): Promise<Access | FailedReply> {
  const access = await authorization.fetch(limit);
  if (access.kind !== 'access') return access;
  return (await calls.permit(kind, limit)) ?? access;
}

function headersOf(authorization: string): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'user-agent': 'bootpay-refund-worker',
    authorization,
  };
}

/** The header without its scheme: what a server might echo. */
function tokenOf(header: string): string {
  return header.slice(header.indexOf(' ') + 1);
}
