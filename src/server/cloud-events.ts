// CloudEvents at the HTTP border, in structured and binary mode: envelopes become events, problems get the envelope's
// field names.
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type Problem, show, type Text, valueAt } from '../domain/problem.ts';
import { type EnqueueResult, refused as refusedEvent } from '../producer/enqueue.ts';

export const cloudEvent = 'application/cloudevents+json';
export const cloudEventBatch = 'application/cloudevents-batch+json';

const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  type: z.literal('order.cancelled'),
  id: z.string(),
  source: z.string(),
  time: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

/** Binary mode: the envelope is in headers, and the body is the data. */
export function isBinaryMode(headers: IncomingHttpHeaders): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined;
}

/** The envelope that structured mode would carry. Header values are percent-encoded UTF-8 (HTTP binding, 3.1.3.2). */
export function fromHeaders(headers: IncomingHttpHeaders, data: unknown): unknown {
  const named = ['specversion', 'type', 'id', 'source', 'time'].flatMap((name) => {
    const value = headers[`ce-${name}`];
    return typeof value === 'string' ? [[name, decoded(value)]] : [];
  });
  return { ...Object.fromEntries(named), data };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // a percent sign that begins no escape
  }
}

export type UnwrapResult =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'refused'; readonly result: EnqueueResult };

/** Only the envelope is judged here; the fields in `data` are judged like those of any event. */
export function unwrap(input: unknown): UnwrapResult {
  const parsed = envelopeSchema.safeParse(input);
  if (!parsed.success)
    return refused(
      parsed.error.issues.map(({ path }) => path.join('.') || '(envelope)'),
      input,
    );
  const { id, source, time } = parsed.data;
  // As it came: the schema's copy lacks a `__proto__`, which is refused like any other unknown field.
  const data = Object(valueAt(input, ['data']));
  const twice = ['event_id', 'source'].filter((field) => Object.hasOwn(data, field));
  if (twice.length > 0)
    return refused(
      twice.map((field) => `data.${field}`),
      input,
    );
  const occurred = time === undefined || Object.hasOwn(data, 'occurred_at') ? {} : { occurred_at: time };
  return { kind: 'event', event: { ...occurred, ...data, event_id: id, source } };
}

function refused(fields: readonly string[], input: unknown): UnwrapResult {
  const problems = fields.map((field) => envelopeProblem(field, input));
  return { kind: 'refused', result: refusedEvent(problems) };
}

/** The event's identity stands in the envelope, everything else in `data`. */
export function inEnvelope<Result extends Pick<EnqueueResult, 'problems'>>(result: Result): Result {
  return {
    ...result,
    problems: result.problems.map((problem) => ({ ...problem, field: placeOf(problem.field) })),
  };
}

function placeOf(field: string): string {
  switch (field) {
    case 'event_id':
      return 'id';
    case 'source':
    case '(event)':
      return field;
    case 'occurred_at':
      return 'data.occurred_at (or time)';
    default:
      return `data.${field}`;
  }
}

function envelopeProblem(field: string, input: unknown): Problem {
  const expected = Object.entries(expectations).find(([name]) => name === field)?.[1] ?? anEnvelope;
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  const value: unknown = isObject ? Reflect.get(input, field) : undefined;
  const isShown = isObject && !field.startsWith('data');
  return {
    field,
    expected: expected.en,
    expected_ko: expected.ko,
    received: isShown || value === undefined ? show(value) : '(hidden)',
  };
}

const anEnvelope: Text = {
  en: 'a CloudEvents 1.0 object with specversion, type, id, source and data',
  ko: 'specversion, type, id, source, data가 있는 CloudEvents 1.0 객체',
};
const onlyInEnvelope: Text = {
  en: "absent: the envelope's id and source are the event's identity",
  ko: '없어야 함: 봉투의 id와 source가 이벤트를 식별',
};

const expectations: Record<string, Text> = {
  specversion: { en: '"1.0"', ko: '"1.0"' },
  type: { en: '"order.cancelled"', ko: '"order.cancelled"' },
  id: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
  source: { en: '1 to 128 printable characters', ko: '1~128자의 출력 가능한 문자' },
  time: { en: 'a time in ISO 8601 with offset', ko: '시간대가 있는 ISO 8601 시각' },
  data: { en: 'an object with the fields of the event', ko: '이벤트 항목이 담긴 객체' },
  'data.event_id': onlyInEnvelope,
  'data.source': onlyInEnvelope,
};
