// CloudEvents in structured mode at the HTTP border: envelopes become events, problems get the envelope's field names.
import { z } from 'zod';
import { type Problem, show, type Text } from '../domain/problem.ts';
import type { EnqueueResult } from '../producer/enqueue.ts';

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
  const { id, source, time, data } = parsed.data;
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
  return {
    kind: 'refused',
    result: { result: 'refused', refund_id: null, cancel_id: null, state: null, problems },
  };
}

/** The event's identity stands in the envelope, everything else in `data`. */
export function inEnvelope(result: EnqueueResult): EnqueueResult {
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
