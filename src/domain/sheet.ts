// A spreadsheet of cancellations: what was read of it, what would become of each row, and what became of it.
import { z } from 'zod';

/** Rows that one file may have. */
export const mostSheetRows = 1_000;

export const sheetColumns = ['receipt', 'order', 'amount', 'taxFree', 'message', 'key'] as const;
export type SheetColumn = (typeof sheetColumns)[number];

const textSchema = z.object({ ko: z.string(), en: z.string() });

/** `column` null: the row as a whole. */
const problemSchema = z.object({ column: z.enum(sheetColumns).nullable(), text: textSchema });
export type SheetProblem = z.infer<typeof problemSchema>;

/** `right`: it can be sent. `two_people`: by another person than the one who uploaded it. */
const sheetVerdicts = [
  'right',
  'two_people',
  'wrong',
  'duplicate',
  'conflict',
  'same_row',
  'refunded_before',
  'would_be_refused',
  'already_refunded',
  'needs_person',
] as const;
export type SheetVerdict = (typeof sheetVerdicts)[number];

const sheetRowSchema = z.object({
  /** In the file, the header being 1. */
  line: z.int(),
  /** As they stood in the file. */
  cells: z.partialRecord(z.enum(sheetColumns), z.string()),
  /** As the producer takes it; null: it is wrong. */
  event: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
  problems: z.array(problemSchema),
  verdict: z.enum(sheetVerdicts),
  /** What would be sent, in won; null: all that is left, and Bootpay was not asked how much. */
  amountWon: z.number().nullable(),
  refundId: z.string().nullable(),
  /** Why it would be refused, as a rule or a code. */
  rule: z.string().nullable(),
  /** Bootpay was asked. */
  asked: z.boolean(),
  /** What the producer answered; null: it was not sent. */
  sent: z.enum(['accepted', 'duplicate', 'conflict', 'refused']).nullable(),
});
export type SheetRow = z.infer<typeof sheetRowSchema>;

export const sheetSchema = z.object({
  id: z.string(),
  who: z.string(),
  /** ms */
  at: z.number(),
  fileName: z.string(),
  /** sha-256 of the file's bytes, hex. */
  digest: z.string(),
  rows: z.array(sheetRowSchema),
  /** Who sent rows of it, and when; the last one. */
  sent: z.object({ who: z.string(), at: z.number() }).nullable(),
});
export type Sheet = z.infer<typeof sheetSchema>;
