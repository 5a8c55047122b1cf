// The accounting book as a file, piece by piece: CSV for people, JSON Lines with the whole records for programs. Each
// piece says from where to go on, so that an interrupted file can be continued.
import { type CsvRow, csvHead, csvLines } from '../policies/csv.ts';
import { type BookPlace, type BookSource, bookPages } from './book.ts';
import {
  type BookSums,
  footRows,
  headRow,
  type Language,
  lineRow,
  lineView,
  noSums,
  withDay,
  withLines,
} from './book-lines.ts';

export const exportFormats = ['csv', 'jsonl'] as const;
type ExportFormat = (typeof exportFormats)[number];

export interface ExportRequest {
  /** In Seoul, in order. */
  readonly days: readonly string[];
  readonly format: ExportFormat;
  readonly language: Language;
}

export interface ExportCursor {
  readonly place: BookPlace;
  readonly sums: BookSums;
}

export interface ExportPart {
  readonly text: string;
  /** What is written once this part is; null: all of it. */
  readonly cursor: ExportCursor | null;
  readonly sums: BookSums;
}

/** @param from after the part that was written last; null: from the start. */
export async function* exportParts(
  source: BookSource,
  { days, format, language }: ExportRequest,
  from: ExportCursor | null,
): AsyncGenerator<ExportPart> {
  const asCsv = format === 'csv';
  let sums = from?.sums ?? noSums;
  let text = asCsv && from === null ? csvHead(headRow(language)) : '';
  for await (const page of bookPages(source, days, from?.place ?? null)) {
    if (page.kind === 'day_read') {
      sums = withDay(sums, { day: page.place.day, countedWon: page.countedWon });
      continue;
    }
    sums = withLines(sums, page.lines);
    text += asCsv
      ? csvLines(page.lines.map((line): CsvRow => lineRow(line, language)))
      : page.lines.map((line) => `${JSON.stringify(lineView(line))}\n`).join('');
    yield { text, cursor: { place: page.place, sums }, sums };
    text = '';
  }
  yield { text: asCsv ? text + csvLines(footRows(sums, language)) : text, cursor: null, sums };
}

/** All of it, for an answer that is sent while it is read. */
export async function* exportText(source: BookSource, request: ExportRequest): AsyncGenerator<string> {
  for await (const { text } of exportParts(source, request, null)) yield text;
}
