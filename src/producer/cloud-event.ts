// CloudEvents 1.0 in structured mode: the envelope's id and source are the event's identity, its data the rest.
import { z } from 'zod';

const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  type: z.literal('order.cancelled'),
  id: z.string(),
  source: z.string(),
  time: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

export type FromCloudEvent =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Only the envelope is judged here; the fields in `data` are judged like those of any event. */
export function fromCloudEvent(input: unknown): FromCloudEvent {
  const parsed = envelopeSchema.safeParse(input);
  if (!parsed.success) {
    return {
      kind: 'refused',
      problems: parsed.error.issues.map(({ path }) => path.join('.') || '(envelope)'),
    };
  }
  const { id, source, time, data } = parsed.data;
  const twice = ['event_id', 'source'].filter((field) => Object.hasOwn(data, field));
  if (twice.length > 0) return { kind: 'refused', problems: twice.map((field) => `data.${field}`) };
  const occurred = time === undefined || Object.hasOwn(data, 'occurred_at') ? {} : { occurred_at: time };
  return { kind: 'event', event: { ...occurred, ...data, event_id: id, source } };
}
