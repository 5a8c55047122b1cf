/** The ways in which an answer goes wrong on its way, shared by cancel, look-up and token calls. */
import type { Authorization } from './auth.ts';
import { describeCode, type Refusal, refusalBody } from './core/codes.ts';
import type { Json } from './core/fields.ts';
import type { CancelStep, LookUpStep, TokenStep } from './core/steps.ts';
import type { Switches } from './core/switches.ts';
import type { JsonReply, Reply } from './http.ts';

export type AnyStep = CancelStep | LookUpStep | TokenStep;
/** The steps that are about the answer alone: what happened to the money is settled before. */
export type PageStep = Exclude<
  AnyStep,
  { reply: 'normal' | 'code' | 'ok_with_error_code' | 'late_commit' | 'stale' | 'not_found' }
>;

export function refusalReply(refusal: Refusal, about: Json | undefined, switches: Switches): JsonReply {
  const { code, httpStatus } = refusal;
  const status = httpStatus ?? switches.httpStatusByCode[code] ?? describeCode(code).httpStatus;
  return { kind: 'json', outcome: code, status, json: refusalBody(refusal, about) };
}

export function unauthorisedReply(
  code: Extract<Authorization, { kind: 'refused' }>['code'],
  switches: Switches,
): Reply {
  if (code === null) return textReply({ outcome: 'unauthorized', status: 401 });
  return refusalReply({ code }, undefined, switches);
}

/** 429 with a body that names no code: none is documented. `retryAfter` null leaves the header out. */
export function throttledReply(retryAfter: number | string | null): Reply {
  const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return textReply({ outcome: 'throttled_429', status: 429, headers });
}

/** What goes over the wire instead of `meant`. `path` is where the call went. */
export function spoiled(step: PageStep, meant: JsonReply, path: { receipt: string; called: string }): Reply {
  const outcome = step.reply;
  switch (step.reply) {
    case 'reset':
    case 'reset_before_commit':
    case 'reset_after_commit':
      return { kind: 'reset', outcome };
    case 'hang':
    case 'hang_before_commit':
    case 'hang_after_commit':
      return { kind: 'hang', outcome };
    case 'html_502':
    case 'html_502_before_commit':
    case 'html_502_after_commit':
      return textReply({ outcome, status: 502, type: 'text/html', text: '<html>bad gateway</html>' });
    case 'truncated':
      return { kind: 'truncated', outcome, status: meant.status, json: meant.json };
    case 'not_json':
      return textReply({ outcome, status: 200, type: 'application/json', text: 'OK' });
    case 'page': {
      const { status, type = 'application/json', text = '' } = step;
      return textReply({ outcome, status, type, text });
    }
    case 'empty_204':
      return textReply({ outcome, status: 204 });
    case 'empty_503':
      return textReply({ outcome, status: 503 });
    case 'oversized':
      return { ...meant, outcome, json: { ...meant.json, padding: 'x'.repeat(step.bytes ?? 5_242_880) } };
    case 'throttled_429':
      return throttledReply(step.retryAfter ?? null);
    case 'redirect_302':
      return redirect(outcome, 302, step.location ?? path.receipt);
    case 'redirect_307':
      return redirect(outcome, 307, step.location ?? path.called);
    case 'unauthorized':
      return unauthorisedPage(step.form ?? 'TOKEN_KEY_INVALID');
    case 'ok_without_amounts':
      return { ...meant, outcome, json: withoutAmounts(meant.json) };
    case 'ok_other_amounts': {
      const shown = step.cancelledPrice ?? Number(meant.json['cancelled_price'] ?? 0) + 1;
      return { ...meant, outcome, json: { ...meant.json, cancelled_price: shown } };
    }
    default:
      return unknownStep(step);
  }
}

/** HTTP 200 with an error_code: the official client takes it for a success. */
export function okWithErrorCode(refusal: JsonReply): JsonReply {
  return { ...refusal, status: 200, outcome: 'ok_with_error_code' };
}

function textReply(page: {
  outcome: string;
  status: number;
  headers?: Record<string, string>;
  type?: string;
  text?: string;
}): Reply {
  const type = page.type === undefined ? {} : { 'content-type': `${page.type}; charset=utf-8` };
  const length = page.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(page.text ?? '')) };
  return {
    kind: 'text',
    outcome: page.outcome,
    status: page.status,
    headers: { ...type, ...length, ...page.headers },
    text: page.text ?? '',
  };
}

function redirect(outcome: string, status: number, location: string): Reply {
  return textReply({ outcome, status, headers: { location } });
}

function unauthorisedPage(form: NonNullable<Extract<PageStep, { reply: 'unauthorized' }>['form']>): Reply {
  if (form === 'empty') return textReply({ outcome: 'unauthorized', status: 401 });
  return { kind: 'json', outcome: form, status: 401, json: refusalBody({ code: form }) };
}

function withoutAmounts(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([field]) => !AMOUNTS.includes(field)));
}

const AMOUNTS = ['price', 'tax_free', 'cancelled_price', 'cancelled_tax_free'];

function unknownStep(step: never): never {
  throw new Error(`no such reply: ${JSON.stringify(step)}`);
}
