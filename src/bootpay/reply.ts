// Names what came over the wire: one raw result in, one reply out, no opinion about the money.
import type { AcceptedReply, FailedReply } from '../domain/reply.ts';
import { errorRow } from '../policies/error-table.ts';
import { throttleMs } from '../policies/throttle.ts';
import type { RawResult } from './http.ts';
import { type Failure, failureSchema } from './wire.ts';

export type Reply<Body> = AcceptedReply<Body> | FailedReply;

export interface Reading<Body> {
  /** null: a success that is not the answer asked for. */
  read(body: unknown): Body | null;
  readonly now: number;
  /** Takes secrets out of a text from outside. */
  hide(text: string): string;
}

type HttpAnswer = Extract<RawResult, { kind: 'answered' }>;

const maxCodeLength = 100;
const maxMessageLength = 300;

/** Decided by `error_code`, and by the HTTP status only where no listed code is there (docs/design.md, A6 and A7). */
export function readReply<Body>(raw: RawResult, reading: Reading<Body>): Reply<Body> {
  if (raw.kind !== 'answered') return raw;
  if (raw.status >= 300 && raw.status < 400) return unreadable(raw, `redirect_${raw.status}`);
  const content = contentOf(raw);
  const failure = failureSchema.safeParse(content.kind === 'object' ? content.value : {});
  const failed = failedReply(raw, failure.data ?? emptyFailure, reading);
  if (failed !== null) return failed;
  if (content.kind === 'broken') return unreadable(raw, content.cause);
  if (!failure.success || raw.status >= 300) return unreadable(raw, 'no_code');
  const body = reading.read(content.value);
  return body === null ? unreadable(raw, 'incomplete') : { kind: 'accepted', httpStatus: raw.status, body };
}

const emptyFailure: Failure = { error_code: null, pg_error_code: null, message: null };

/** null: neither code nor status names a failure. */
function failedReply(raw: HttpAnswer, failure: Failure, reading: Reading<unknown>): FailedReply | null {
  const { status } = raw;
  // Hidden first and cut after: half a secret is one too.
  const shown = (text: string | null, length: number) =>
    text === null ? null : reading.hide(text).slice(0, length);
  const row = failure.error_code === null ? null : errorRow(failure.error_code);
  const code = row?.name ?? shown(failure.error_code, maxCodeLength);
  if (row?.disposition === 'unauthorized' || (row === null && status === 401)) {
    return { kind: 'unauthorized', code, httpStatus: status };
  }
  if (row === null && status === 429) {
    const wait = retryAfterMs(raw.retryAfter, reading.now);
    return { kind: 'throttled', retryAfterMs: wait, httpStatus: 429 };
  }
  if (code === null) return null;
  const pgCode = shown(failure.pg_error_code, maxCodeLength);
  return {
    kind: 'refused',
    code,
    pgCode,
    message: shown(failure.message, maxMessageLength),
    httpStatus: status,
  };
}

function unreadable(raw: HttpAnswer, cause: string): FailedReply {
  return { kind: 'unreadable', cause, httpStatus: raw.status };
}

type Content =
  | { readonly kind: 'object'; readonly value: object }
  | { readonly kind: 'broken'; readonly cause: string };

function contentOf(raw: HttpAnswer): Content {
  if (raw.broken !== null) return { kind: 'broken', cause: raw.broken };
  if (raw.body.trim() === '') return { kind: 'broken', cause: 'empty' };
  try {
    const value: unknown = JSON.parse(raw.body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { kind: 'object', value }
      : { kind: 'broken', cause: 'no_object' };
  } catch {
    const html = raw.contentType?.includes('html') || raw.body.trimStart().startsWith('<');
    return { kind: 'broken', cause: html ? 'html' : 'no_json' };
  }
}

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Whole seconds or an HTTP date, within the bounds of a throttle; what is neither is null. */
function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : httpDate.test(text)
      ? Date.parse(text) - now
      : Number.NaN;
  return Number.isNaN(ms) ? null : throttleMs(ms);
}
