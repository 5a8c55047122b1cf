// Reading bodies, queries and ids in paths: every wrong field is named, with what was expected in both languages.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type RefundId, refundIdSchema } from '../domain/ids.ts';
import { pathText } from '../domain/json.ts';
import {
  type Problem,
  problemList,
  repeatedNames,
  show,
  type Text,
  valueAt,
  wrongPlaces,
} from '../domain/problem.ts';
import { jsonOf } from './body.ts';
import { sendProblem } from './problems.ts';

export interface Form<Value> {
  readonly schema: z.ZodType<Value>;
  /** What each field has to be, by its path. */
  readonly fields: Readonly<Record<string, Text>>;
}

/** undefined: refused, and answered already. */
export function readQuery<Value>(
  form: Form<Value>,
  request: FastifyRequest,
  reply: FastifyReply,
): Value | undefined {
  const parsed = form.schema.safeParse(request.query);
  if (parsed.success) return parsed.data;
  sendProblem(reply, 'wrong_query', { problems: problemsIn(form, parsed.error, request.query) });
  return undefined;
}

/** For calls that take no query at all. */
export const emptyQuery = { schema: z.strictObject({}), fields: {} } satisfies Form<unknown>;

/** undefined: refused, and answered already. */
export function readJson<Value>(
  form: Form<Value>,
  request: FastifyRequest,
  reply: FastifyReply,
): Value | undefined {
  if (readQuery(emptyQuery, request, reply) === undefined) return undefined;
  const body = jsonOf(request);
  if (body.kind === 'problem') {
    sendProblem(reply, body.problem, { problems: body.problems });
    return undefined;
  }
  if (body.repeated.length > 0) {
    sendProblem(reply, 'wrong_fields', { problems: repeatedNames(body.repeated) });
    return undefined;
  }
  const parsed = form.schema.safeParse(body.value);
  if (parsed.success) return parsed.data;
  sendProblem(reply, 'wrong_fields', { problems: problemsIn(form, parsed.error, body.value) });
  return undefined;
}

/** null: not the id of a refund, so there is none. The log names the refund from here on. */
export function refundIdIn(request: FastifyRequest): RefundId | null {
  const parsed = refundIdSchema.safeParse(paramOf(request, 'refund_id'));
  if (!parsed.success) return null;
  request.refundId = parsed.data;
  return parsed.data;
}

export function paramOf({ params }: FastifyRequest, name: string): unknown {
  return typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
}

function problemsIn(form: Form<unknown>, error: z.core.$ZodError, input: unknown): Problem[] {
  return problemList(wrongPlaces(error), ({ path, unknown }) => {
    const expected = unknown ? nothingThere : (form.fields[path.join('.')] ?? anObject);
    return withoutAccount({
      field: path.length === 0 ? '(body)' : pathText(path),
      expected: expected.en,
      expected_ko: expected.ko,
      received: show(valueAt(input, path)),
    });
  });
}

/** The value received is not shown where it may be a refund account. */
function withoutAccount(problem: Problem): Problem {
  const { field, expected, received } = problem;
  const mayBeAccount =
    /(^|\.)refund(\.|$)/.test(field) ||
    /account|bank/i.test(field) ||
    expected === nothingThere.en ||
    /^\(.*\)$/.test(field);
  return mayBeAccount && !harmless.has(received) ? { ...problem, received: '(hidden)' } : problem;
}

const harmless = new Set(['nothing', 'an array', 'an object', 'null']);
const nothingThere: Text = { en: 'no such field', ko: '없는 필드' };
const anObject: Text = { en: 'a JSON object', ko: 'JSON 객체' };

declare module 'fastify' {
  interface FastifyRequest {
    refundId: string | null;
  }
}
