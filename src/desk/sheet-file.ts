// The template for a spreadsheet of cancellations, and what became of an uploaded one, as CSV.

import { refundIdSchema } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';
import { type Sheet, type SheetRow, sheetColumns } from '../domain/sheet.ts';
import { type CsvRow, csvHead, csvLines } from '../policies/csv.ts';
import { columnNames } from '../policies/sheet-rows.ts';
import { stateWordsOf } from '../policies/state-words.ts';
import type { Language, Say } from './words/say.ts';
import { upload, verdictText, whyText } from './words/upload.ts';

export function templateText(language: Language): string {
  return csvHead(sheetColumns.map((column) => columnNames[column][language]));
}

export async function* resultText(
  ledger: Pick<Ledger, 'read'>,
  { rows }: Sheet,
  say: Say,
): AsyncGenerator<string> {
  const names = [
    ...sheetColumns.map((column) => columnNames[column]),
    upload.verdict,
    upload.why,
    upload.refund,
  ];
  yield csvHead([upload.line, ...names, upload.state].map(say));
  for (const row of rows) yield csvLines([await resultRow(ledger, row, say)]);
}

async function resultRow(ledger: Pick<Ledger, 'read'>, row: SheetRow, say: Say): Promise<CsvRow> {
  const why = whyText(row);
  const cells = sheetColumns.map((column) => row.cells[column] ?? null);
  const verdict = [say(verdictText(row)), why === null ? null : say(why)];
  return [row.line, ...cells, ...verdict, row.refundId, await stateOf(ledger, row, say)];
}

async function stateOf(
  ledger: Pick<Ledger, 'read'>,
  { refundId }: SheetRow,
  say: Say,
): Promise<string | null> {
  const id = refundIdSchema.safeParse(refundId);
  const stored = id.success ? await ledger.read(id.data) : null;
  return stored === null ? null : say(stateWordsOf(stored.state));
}
