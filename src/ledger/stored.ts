// Reads and writes stored records. A body that does not fit the schema is reported, never guessed at; one that a newer
// version of this program wrote is distinguished from a broken one, because it is left alone.
import type { z } from 'zod';
import { parseJson, valueAt } from '../domain/problem.ts';
import { type HistoryEntry, historyEntrySchema, type Refund, refundSchema } from '../domain/refund.ts';
import { isEnded, stateSchema } from '../domain/states.ts';
import type { WhyUnread } from '../domain/unread.ts';
import { isPackedByNewerVersion, pack, unpack } from './packed.ts';

/**
 * JSON in ASCII. V8 keeps a text with one Hangul in it, and the whole command around it, in two bytes a character, and
 * turning that into UTF-8 costs more than all else that is done to write a record.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Packed once the refund has ended: it is rarely read then, and kept for years. */
export function bodyOf(refund: Refund): string {
  const text = asciiJson(refund);
  return isEnded(refund.state) ? pack(text) : text;
}

/** An array without field names, which would be half of it. */
export function historyLine({ at, who, what, from, to, reason, approvedBy }: HistoryEntry): string {
  const line = [at, who, what, from, to, reason];
  // Behind how often it happened and since when, which an act of two people does once.
  return asciiJson(approvedBy === undefined ? line : [...line, 1, at, approvedBy]);
}

/** Fields of a record's hash as they are stored; null: absent. */
export interface StoredFields {
  readonly body: string | null;
  readonly state: string | null;
  readonly version: string | null;
}

/** A body that contradicts the fields beside it is not believed: one of the two is from another time. */
export function readRecord({ body, state, version }: StoredFields): Refund | WhyUnread {
  if (!stateSchema.safeParse(state).success) return 'newer';
  const refund = readBody(body ?? '');
  if (typeof refund === 'string') return refund;
  return refund.state === state && refund.version === Number(version) ? refund : 'unreadable';
}

/** The version beside a body that cannot be read may be garbage, too; then it is 0, as in close-unreadable.lua. */
export function storedVersion(text: string | null): number {
  const version = Number(text);
  return Number.isInteger(version) && version >= 0 && version <= 9e15 ? version : 0;
}

export function readBody(text: string): Refund | WhyUnread {
  if (isPackedByNewerVersion(text)) return 'newer';
  const body = parseJson(unpack(text));
  const parsed = refundSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  return schemaOf(body) > ourSchema || parsed.error.issues.every((issue) => isOnlyNew(issue, body))
    ? 'newer'
    : 'unreadable';
}

const ourSchema = refundSchema.shape.schema.value;

function schemaOf(body: unknown): number {
  const schema = valueAt(body, ['schema']);
  return typeof schema === 'number' ? schema : 0;
}

/** An unknown field, or an unknown name where we know others. */
function isOnlyNew(issue: z.core.$ZodIssue, body: unknown): boolean {
  if (issue.code === 'unrecognized_keys') return true;
  const isChoice = issue.code === 'invalid_value' || issue.code === 'invalid_union';
  const value = valueAt(body, issue.path);
  return isChoice && issue.path[0] !== 'schema' && typeof value === 'string' && /^[a-z]\w*$/i.test(value);
}

export function readHistory(lines: readonly string[]): HistoryEntry[] {
  return lines.flatMap((line) => {
    const parsed = historyEntrySchema.safeParse(entryFrom(parseJson(line)));
    return parsed.success ? [parsed.data] : [];
  });
}

function entryFrom(line: unknown): unknown {
  if (!Array.isArray(line)) return null;
  const [at, who, what, from, to, reason, times, since, approvedBy]: unknown[] = line;
  const counted = times === undefined ? {} : { times, since };
  return { at, who, what, from, to, reason, ...counted, ...(approvedBy !== undefined && { approvedBy }) };
}
