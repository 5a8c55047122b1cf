// CloudEvents in structured mode at the HTTP border: envelopes become events, problems get the envelope's field names.
import { type Problem, show, type Text } from '../domain/problem.ts';
import { fromCloudEvent } from '../producer/cloud-event.ts';
import type { EnqueueResult } from '../producer/enqueue.ts';

export const cloudEvent = 'application/cloudevents+json';
export const cloudEventBatch = 'application/cloudevents-batch+json';

export type Unwrapped =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'refused'; readonly result: EnqueueResult };

export function unwrap(input: unknown): Unwrapped {
  const unwrapped = fromCloudEvent(input);
  if (unwrapped.kind === 'event') return unwrapped;
  const problems = unwrapped.problems.map((field) => envelopeProblem(field, input));
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
