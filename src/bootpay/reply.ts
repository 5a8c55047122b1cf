// Names what came over the wire: one raw result in, one reply out, no opinion about the money.
import { readJsonText } from '../domain/json.ts';
import type { AcceptedReply, FailedReply } from '../domain/reply.ts';
import { errorRowAsWritten } from '../policies/error-table.ts';
import { throttleMs } from '../policies/throttle.ts';
import type { RawResult } from './http.ts';
import { type Failure, Incomplete, readFailure } from './wire.ts';

export type Reply<Body> = AcceptedReply<Body> | FailedReply;

interface Reading<Body> {
  /** `Incomplete`: a success that is not the answer asked for. */
  read(body: object): Body | Incomplete;
  readonly now: number;
  /** Takes secrets out of a text from outside. */
  hide(text: string): string;
}

type HttpAnswer = Extract<RawResult, { kind: 'answered' }>;

const longestShown = 300;
/** Looking for secrets in a quarter of a megabyte of words would hold up everything else. */
const longestRead = 4_000;

/** Decided by `error_code`, and by the HTTP status only where no listed code is there (docs/design.md, A6 and A7). */
export function readReply<Body>(raw: RawResult, reading: Reading<Body>): Reply<Body> {
  if (raw.kind !== 'answered') return raw;
  if (raw.status >= 300 && raw.status < 400) return unreadable(raw, `redirect_${raw.status}`);
  const content = contentOf(raw);
  const failure = content.kind === 'object' ? readFailure(content.value) : nothingWritten;
  const failed = failedReply(raw, failure, reading);
  if (failed !== null) return failed;
  if (content.kind === 'broken') return unreadable(raw, content.cause);
  const message = shownMessage(failure, reading);
  if (raw.status >= 300) return unreadable(raw, 'no_code', message);
  const body = reading.read(content.value);
  return body instanceof Incomplete
    ? unreadable(raw, `incomplete: ${body.why}`, message)
    : { kind: 'accepted', httpStatus: raw.status, body };
}

const nothingWritten: Failure = { code: null, pgCode: null, message: null };

/** null: neither code nor status names a failure. */
function failedReply(raw: HttpAnswer, failure: Failure, reading: Reading<unknown>): FailedReply | null {
  const { status } = raw;
  const written = codeIn(failure, status);
  const row = written?.name ? errorRowAsWritten(written.name) : null;
  const code = row?.name ?? shownCode(written, reading);
  if (row?.disposition === 'unauthorized' || (row === null && status === 401)) {
    return { kind: 'unauthorized', code, httpStatus: status };
  }
  if (row === null && status === 429) {
    const wait = retryAfterMs(raw.retryAfter, reading.now);
    return { kind: 'throttled', retryAfterMs: wait, httpStatus: 429 };
  }
  if (written === null) return null;
  const pgCode = shownCode(failure.pgCode, reading);
  const isUnreadablePgCode = pgCode === null && failure.pgCode !== null;
  return {
    kind: 'refused',
    code,
    pgCode,
    message: shownMessage(failure, reading),
    httpStatus: status,
    ...(isUnreadablePgCode && { cause: 'unreadable_pg_code' as const }),
    ...(code === null && { cause: 'unreadable_code' as const }),
  };
}

/** 0 beside a success says that there was no error. */
function codeIn({ code }: Failure, status: number): Failure['code'] {
  const isNoError = status >= 200 && status < 300 && /^0+$/.test(code?.name ?? '');
  return isNoError ? null : code;
}

/** A code in which a secret shows is kept as little as one that is none. */
function shownCode(code: Failure['code'], { hide }: Reading<unknown>): string | null {
  const name = code?.name ?? null;
  return name !== null && hide(name) === name ? name : null;
}

function shownMessage({ message }: Failure, { hide }: Reading<unknown>): string | null {
  if (message === null) return null;
  const plain = message.slice(0, longestRead).replaceAll(/[\p{C}\s]+/gu, ' ');
  // Hidden first and cut after: half a secret is one too.
  const safe = hide(plain).trim();
  // A secret that `longestRead` cut through would show at the end of a text that hiding made short.
  if (message.length > longestRead && safe.length < 2 * longestShown) return '(hidden)';
  return [...safe].slice(0, longestShown).join('').trim();
}

function unreadable(raw: HttpAnswer, cause: string, message: string | null = null): FailedReply {
  return { kind: 'unreadable', cause, httpStatus: raw.status, ...(message !== null && { message }) };
}

type Content =
  | { readonly kind: 'object'; readonly value: object }
  | { readonly kind: 'broken'; readonly cause: string };

function contentOf(raw: HttpAnswer): Content {
  if (raw.broken !== null) return { kind: 'broken', cause: raw.broken };
  if (raw.body.trim() === '') return { kind: 'broken', cause: 'empty' };
  const reading = readJsonText(raw.body);
  if (reading.kind === 'not_json') {
    const html = raw.contentType?.includes('html') || raw.body.trimStart().startsWith('<');
    return { kind: 'broken', cause: html ? 'html' : 'no_json' };
  }
  const { value, repeated } = reading;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'broken', cause: 'no_object' };
  }
  // Readers disagree about which of the two values counts.
  return repeated.length > 0 ? { kind: 'broken', cause: 'repeated_name' } : { kind: 'object', value };
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
