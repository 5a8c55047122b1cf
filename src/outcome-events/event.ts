// Reads an entry of the stream: only a CloudEvent in the field `event` can be sent.
import { z } from 'zod';
import { parseJson } from '../domain/problem.ts';

/** Both are sent as headers or logged: visible characters only. */
const word = z.string().regex(/^[\x21-\x7e]{1,256}$/);
const cloudEventSchema = z.looseObject({ specversion: z.literal('1.0'), id: word, type: word });

export interface OutcomeEvent {
  readonly id: string;
  readonly type: string;
  /** As it is in the stream; what is signed and sent. */
  readonly body: string;
}

/** `fields`: names and values in turn. null: no event. */
export function eventOf(fields: readonly string[]): OutcomeEvent | null {
  const body = fieldOf(fields, 'event');
  const parsed = cloudEventSchema.safeParse(parseJson(body));
  return parsed.success && body !== null ? { id: parsed.data.id, type: parsed.data.type, body } : null;
}

export function fieldOf(fields: readonly string[], name: string): string | null {
  const index = fields.findIndex((field, place) => place % 2 === 0 && field === name);
  return index === -1 ? null : (fields[index + 1] ?? null);
}
