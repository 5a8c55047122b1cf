// CSV as people open it: in Excel with Hangul, and without a cell that a spreadsheet would run as a formula. Pure.
import { stringify } from 'csv-stringify/sync';

/** An amount is a number, so that it can be summed. */
export type CsvCell = string | number | null;
export type CsvRow = readonly CsvCell[];

/** UTF-8 without it is read by Excel as CP949. */
const byteOrderMark = '\uFEFF';

/** Page by page, so that no file has to fit into memory. */
export async function* csvOf(
  columns: readonly string[],
  pages: AsyncIterable<readonly CsvRow[]>,
): AsyncGenerator<string> {
  yield csvHead(columns);
  for await (const rows of pages) yield csvLines(rows);
}

/** The beginning of a file. */
export function csvHead(columns: readonly string[]): string {
  return byteOrderMark + csvLines([columns]);
}

/** Each line ends in CR LF. A text that begins with = + - @, a tab or CR gets a leading quote. */
export function csvLines(rows: readonly CsvRow[]): string {
  return stringify([...rows], { record_delimiter: '\r\n', escape_formulas: true });
}
