// Reads what is stored, at the border: a body that does not fit the schema is reported, never guessed at.
import { type HistoryEntry, historyEntrySchema, type Refund, refundSchema } from '../domain/refund.ts';
import { isEnded } from '../domain/states.ts';
import { packed, unpacked } from './packed.ts';

/**
 * JSON in ASCII. V8 keeps a text with one Hangul in it, and the whole command around it, in two bytes a character, and
 * turning that into UTF-8 costs more than all else that is done to write a record.
 */
export function written(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Packed once the refund has ended: few read it then, and it lies there for years. */
export function bodyOf(refund: Refund): string {
  const text = written(refund);
  return isEnded(refund.state) ? packed(text) : text;
}

/** Without names, which would be half of it. */
export function historyLine({ at, who, what, from, to, reason }: HistoryEntry): string {
  return written([at, who, what, from, to, reason]);
}

/** null: unreadable, which makes the record poison. */
export function readBody(text: string): Refund | null {
  const parsed = refundSchema.safeParse(readJson(unpacked(text)));
  return parsed.success ? parsed.data : null;
}

export function readHistory(lines: readonly string[]): HistoryEntry[] {
  return lines.flatMap((line) => {
    const parsed = historyEntrySchema.safeParse(named(readJson(line)));
    return parsed.success ? [parsed.data] : [];
  });
}

/** 0.1.0 wrote the names as well. */
function named(line: unknown): unknown {
  if (!Array.isArray(line)) return line;
  const [at, who, what, from, to, reason, times, since]: unknown[] = line;
  return { at, who, what, from, to, reason, ...(times !== undefined && { times, since }) };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
