// Reads what is stored, at the border: a body that does not fit the schema is reported, never guessed at.
import { type HistoryEntry, historyEntrySchema, type Refund, refundSchema } from '../domain/refund.ts';

/** null: unreadable, which makes the record poison. */
export function readBody(text: string): Refund | null {
  const parsed = refundSchema.safeParse(readJson(text));
  return parsed.success ? parsed.data : null;
}

export function readHistory(lines: readonly string[]): HistoryEntry[] {
  return lines.flatMap((line) => {
    const parsed = historyEntrySchema.safeParse(readJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
