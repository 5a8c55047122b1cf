// From the bytes of an uploaded file to rows of cells: UTF-8 or CP949, commas, semicolons or tabs. Pure.
import { CsvError, parse } from 'csv-parse/sync';
import type { Text } from '../domain/problem.ts';

export interface SheetLine {
  /** In the file; the first one is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

type SheetText =
  | { readonly kind: 'lines'; readonly lines: readonly SheetLine[] }
  | { readonly kind: 'unreadable'; readonly why: Text };

export function linesOf(bytes: Uint8Array): SheetText {
  if (startsWith(bytes, zip) || startsWith(bytes, oldExcel)) return { kind: 'unreadable', why: isWorkbook };
  const text = decoded(bytes);
  if (text === null) return { kind: 'unreadable', why: noText };
  try {
    const options = {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      info: true,
      bom: true,
    } as const;
    const records: unknown[] = parse(text, options);
    return { kind: 'lines', lines: records.flatMap(lineOf) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(Reflect.get(error, 'lines') ?? 0);
    return { kind: 'unreadable', why: brokenQuotes(line) };
  }
}

/** Blank rows are none: Excel leaves them at the end. */
function lineOf(entry: unknown): SheetLine[] {
  const { record, info } = Object(entry);
  const cells: string[] = Array.isArray(record) ? record.map((cell) => String(cell).trim()) : [];
  const { lines } = Object(info);
  return cells.every((cell) => cell === '') ? [] : [{ line: Number(lines), cells }];
}

const zip = [0x50, 0x4b, 0x03, 0x04];
const oldExcel = [0xd0, 0xcf, 0x11, 0xe0];

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, place) => bytes[place] === byte);
}

/** null: no text in an encoding that spreadsheets write here. */
function decoded(bytes: Uint8Array): string | null {
  const isUtf16 = startsWith(bytes, [0xff, 0xfe]);
  for (const encoding of isUtf16 ? ['utf-16le'] : ['utf-8', 'euc-kr']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? null : text;
    } catch {
      // Not this one.
    }
  }
  return null;
}

/** What separates the cells of the first line. */
function delimiterOf(text: string): string {
  const [head = ''] = text.replace(/^\s+/, '').split(/\r\n|\r|\n/);
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: head.split(sign).length }));
  return counted.sort((one, other) => other.count - one.count)[0]?.sign ?? ',';
}

const isWorkbook: Text = {
  ko: '엑셀 파일이에요. 엑셀에서 “다른 이름으로 저장”, “CSV UTF-8”을 골라 저장한 파일을 올려 주세요.',
  en: 'This is an Excel file. In Excel choose “Save as”, “CSV UTF-8”, and upload that file.',
};
const noText: Text = {
  ko: '글자를 읽을 수 없는 파일이에요. 엑셀에서 “CSV UTF-8”로 저장한 파일을 올려 주세요.',
  en: 'The text of this file cannot be read. Upload one that was saved as “CSV UTF-8”.',
};

function brokenQuotes(line: number): Text {
  return {
    ko: `${line}번째 줄의 따옴표가 맞지 않아 칸을 나눌 수 없어요. 아무것도 읽지 않았어요.`,
    en: `Line ${line}: the quotes do not fit, so its cells cannot be told apart. Nothing was read.`,
  };
}
