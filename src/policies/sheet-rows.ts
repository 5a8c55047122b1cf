// From cells to cancellation events. What a spreadsheet program may have changed is refused in words, never guessed. Pure.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { receiptIdSchema, unseenIn } from '../domain/ids.ts';
import type { Text } from '../domain/problem.ts';
import {
  mostSheetRows,
  type SheetColumn,
  type SheetProblem,
  type SheetRow,
  sheetColumns,
} from '../domain/sheet.ts';
import type { SheetLine } from './sheet-text.ts';

/** Names of columns as we write them; `also`: as people write them, without blanks and underscores. */
export const columnNames: Readonly<Record<SheetColumn, Text & { readonly also: readonly string[] }>> = {
  receipt: { ko: '영수증번호', en: 'receipt_id', also: ['영수증id', 'receipt'] },
  order: { ko: '주문번호', en: 'order_id', also: ['order'] },
  amount: { ko: '금액', en: 'amount', also: ['취소금액', '환불금액', 'cancelprice'] },
  taxFree: { ko: '면세', en: 'tax_free', also: ['면세금액', 'canceltaxfree'] },
  message: { ko: '사유', en: 'message', also: ['취소사유', '고객메시지', 'reason', 'cancelmessage'] },
  key: { ko: '구분', en: 'key', also: ['rowkey'] },
};

/** One event of a file is the same event in any file. */
export const sheetSource = 'urn:refund-desk:spreadsheet';

export type SheetRead =
  | { readonly kind: 'rows'; readonly rows: readonly SheetRow[] }
  | { readonly kind: 'unreadable'; readonly why: Text };

export function rowsOf([head, ...lines]: readonly SheetLine[], who: string): SheetRead {
  const columns = readHead(head?.cells ?? []);
  if (columns.kind === 'unreadable') return columns;
  if (lines.length === 0) return unreadable(noRows);
  if (lines.length > mostSheetRows) return unreadable(tooManyRows(lines.length));
  const seen = new Map<string, number>();
  const rows = lines.map((line) => {
    const row = readRow(line, columns, who);
    if (row.event === null) return row;
    // Whatever the order is called: one payment and one amount are one refund, unless a key says otherwise.
    const pays = JSON.stringify([row.event['receipt_id'], row.event['cancel_price'], keyOf(row)]);
    const before = seen.get(pays);
    if (before === undefined) seen.set(pays, line.line);
    return before === undefined ? row : sameRow(row, before);
  });
  return { kind: 'rows', rows };
}

function unreadable(why: Text): { readonly kind: 'unreadable'; readonly why: Text } {
  return { kind: 'unreadable', why };
}

interface Header {
  readonly columns: readonly SheetColumn[];
  /** Cells of the first line, with empty ones at its end. */
  readonly width: number;
}

type Head = ({ readonly kind: 'columns' } & Header) | ReturnType<typeof unreadable>;

/** A column that is not known may be a misspelled amount, and without one every row is a full cancel. */
function readHead(cells: readonly string[]): Head {
  const named = [...cells];
  while (named.at(-1) === '') named.pop();
  const found = named.map((cell) => sheetColumns.find((column) => isNamed(column, cell)) ?? null);
  const unknown = named.filter((_, place) => found[place] === null);
  const columns = found.filter((column) => column !== null);
  const missing = (['receipt', 'order', 'amount'] as const).filter((column) => !columns.includes(column));
  if (missing.length > 0) return unreadable(missingColumns(missing));
  if (unknown.length > 0) return unreadable(unknownColumns(unknown));
  if (new Set(columns).size < columns.length) return unreadable(twiceNamed);
  return { kind: 'columns', columns, width: cells.length };
}

function isNamed(column: SheetColumn, cell: string): boolean {
  const { ko, en, also } = columnNames[column];
  return [ko, en, ...also].some((name) => bare(name) === bare(cell));
}

function bare(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '');
}

type Cells = Partial<Record<SheetColumn, string>>;
type Reading<Value> = { readonly value: Value } | { readonly problem: Text };

function readRow({ line, cells: texts }: SheetLine, { columns, width }: Header, who: string): SheetRow {
  const cells: Cells = Object.fromEntries(columns.map((column, place) => [column, texts[place] ?? '']));
  const problems: SheetProblem[] = [];
  const take = <Value>(column: SheetColumn, read: (text: string) => Reading<Value>): Value | undefined => {
    const reading = read(cells[column] ?? '');
    if ('value' in reading) return reading.value;
    problems.push({ column, text: reading.problem });
    return undefined;
  };
  if (texts.length > width) problems.push({ column: null, text: tooManyCells });
  if (texts.length <= columns.indexOf('amount')) problems.push({ column: 'amount', text: endsBefore });
  for (const column of ['amount', 'taxFree'] as const) {
    const split = splitAt(texts, columns.indexOf(column));
    if (split !== null) problems.push({ column, text: split });
  }
  const receipt = take('receipt', readReceipt);
  const order = take('order', readOrder);
  const amount = take('amount', readAmount);
  const taxFree = take('taxFree', readTaxFree);
  const message = take('message', readMessage);
  const key = take('key', readKey);
  if (typeof amount === 'number' && typeof taxFree === 'number' && taxFree > amount)
    problems.push({ column: 'taxFree', text: taxFreeOver });
  const event = {
    event_id: eventIdOf([receipt ?? '', order ?? '', String(amount ?? 'full'), key ?? '']),
    source: sheetSource,
    order_id: order ?? '',
    receipt_id: receipt ?? '',
    ...(amount != null && { cancel_price: amount }),
    ...(taxFree != null && { cancel_tax_free: taxFree }),
    ...(message != null && { cancel_message: message }),
    cancel_username: who,
  };
  const isRight = problems.length === 0;
  return {
    ...{ line, cells, problems },
    event: isRight ? event : null,
    verdict: isRight ? 'right' : 'wrong',
    ...{ amountWon: amount ?? null, refundId: null, rule: null, asked: false, sent: null },
  };
}

/**
 * What a comma may have made of an amount: cells of three digits behind one of up to three. A row that a program wrote may
 * be shorter than the header, because Excel leaves out columns that are empty at the end, so the number of cells does not
 * tell. `300원` is one amount.
 */
function splitAt(texts: readonly string[], place: number): Text | null {
  const first = /^[₩\\]?(\d{1,3})$/.exec(plain(texts[place] ?? ''))?.[1];
  const rest = texts.slice(place + 1).map((text) => /^(\d{3})(?:원|won|krw)?$/i.exec(plain(text))?.[1]);
  const end = rest.indexOf(undefined);
  const parts = end === -1 ? rest : rest.slice(0, end);
  if (place === -1 || first === undefined || parts.length === 0) return null;
  const [whole, joined] = [[first, ...parts].join(','), [first, ...parts].join('')];
  return {
    ko: `${whole}원인지 ${first}원인지 알 수 없어요. 쉼표 때문에 칸이 나뉘었으면 ${joined}, 아니면 ${first}원이라고 적어 주세요`,
    en: `may be ${whole} or ${first} won. Write ${joined} if a comma split the cell, and ${first} won if not`,
  };
}

/** Made of what the row pays, so that the same row is the same event in whichever file it stands. */
function eventIdOf(parts: readonly string[]): string {
  return `sheet-${bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 40)}`;
}

function sameRow(row: SheetRow, line: number): SheetRow {
  const text: Text = {
    ko: `${line}번째 줄과 결제와 금액이 같아서 한 번만 보내요. 정말 두 번 환불하려면 ‘구분’ 칸에 서로 다른 값을 적어 주세요.`,
    en: `The same payment and amount as line ${line}, and sent once. If it is really to be refunded twice, give the two rows different keys.`,
  };
  return { ...row, verdict: 'same_row', problems: [{ column: null, text }] };
}

/** Full-width letters, blanks that look like none, and the like. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u200b-\u200d\ufeff]/g, '')
    .trim();
}

/** The key of a row as its event has it; '': none, also where nobody would see one. */
export function keyOf({ cells }: Pick<SheetRow, 'cells'>): string {
  const key = cells.key ?? '';
  return unseenIn(key).length > 0 ? '' : plain(key);
}

/** 1.23E+10: Excel shows a long number so, and writes it into the file. */
const shortened = /^[+-]?\d+(?:\.\d+)?e[+-]?\d+$/i;

function readReceipt(text: string): Reading<string> {
  const id = plain(text);
  if (id === '') return { problem: missing };
  if (shortened.test(id) && id.includes('+')) return { problem: wasShortened };
  return receiptIdSchema.safeParse(id).success ? { value: id } : { problem: noReceipt };
}

function readOrder(text: string): Reading<string> {
  const id = text.normalize('NFC').trim();
  if (id === '') return { problem: missing };
  if (shortened.test(id) && id.includes('+')) return { problem: wasShortened };
  // Excel keeps 15 digits of a number, and writes 0 for the rest.
  if (/^\d{16,}$/.test(id) && id.slice(15).replaceAll('0', '') === '') return { problem: wasRounded };
  if (id.startsWith('#')) return { problem: isFormulaError };
  return id.length <= 128 && !/[\p{Cc}\p{Cs}]/u.test(id) ? { value: id } : { problem: noOrder };
}

/** null: all that is left. */
function readAmount(text: string): Reading<number | null> {
  return text.trim() === '' ? { value: null } : readWon(text, 1);
}

function readTaxFree(text: string): Reading<number | null> {
  return text.trim() === '' ? { value: null } : readWon(text, 0);
}

function readWon(text: string, least: number): Reading<number> {
  const written = plain(text)
    .replaceAll(/\s/g, '')
    .replace(/^[₩\\]/, '')
    .replace(/(?:원|won|krw)$/i, '');
  if (shortened.test(written)) return { problem: wasShortened };
  if (written.startsWith('#')) return { problem: isFormulaError };
  if (
    /^\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?$|월|[a-z]{3}-\d|\d-[a-z]{3}/i.test(written) &&
    !/^\d+\.\d+$/.test(written)
  )
    return { problem: isDate };
  if (/^\d+\.\d+$/.test(written)) return { problem: isFraction };
  if (/^0[\d,]/.test(written)) return { problem: beginsWithZero };
  if (!/^(?:\d+|\d{1,3}(?:,\d{3})+)$/.test(written)) return { problem: noAmount };
  const amount = Number(written.replaceAll(',', ''));
  if (amount < least) return { problem: isZero };
  return amount <= 999_999_999_999 ? { value: amount } : { problem: noAmount };
}

function readMessage(text: string): Reading<string | null> {
  const message = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (message === '') return { value: null };
  return message.length <= 500 && !/[\p{Cc}\p{Cs}]/u.test(message)
    ? { value: message }
    : { problem: noMessage };
}

function readKey(text: string): Reading<string | null> {
  const unseen = unseenIn(text);
  if (unseen.length > 0) return { problem: unseenKey(unseen) };
  const key = plain(text);
  return key.length <= 60 ? { value: key === '' ? null : key } : { problem: longKey };
}

const missing: Text = { ko: '비어 있어요', en: 'is empty' };
const wasShortened: Text = {
  ko: '엑셀이 긴 숫자를 줄여 썼어요(1.23E+10). 원래 번호를 알 수 없으니, 칸 서식을 “텍스트”로 바꾸고 다시 넣어 주세요',
  en: 'was shortened by Excel (1.23E+10), and what it was is lost. Format the column as text and enter it again',
};
const wasRounded: Text = {
  ko: '엑셀이 16번째 자리부터 0으로 바꾼 것 같아요. 칸 서식을 “텍스트”로 바꾸고 다시 넣어 주세요',
  en: 'seems to be rounded: Excel keeps 15 digits. Format the column as text and enter it again',
};
const isFormulaError: Text = { ko: '엑셀 수식 오류가 들어 있어요', en: 'holds the error of a formula' };
const isDate: Text = {
  ko: '엑셀이 날짜로 바꾼 것 같아요. 금액을 다시 넣어 주세요',
  en: 'seems to have become a date',
};
const isFraction: Text = {
  ko: '소수점이 있어요. 원 단위 정수로 적어 주세요',
  en: 'has a decimal point; write whole won',
};
const isZero: Text = {
  ko: '0원이에요. 전액이면 칸을 비우고, 아니면 돌려줄 금액을 적어 주세요',
  en: 'is 0. Leave it empty for a full refund, or write the amount',
};
const noAmount: Text = {
  ko: '금액이 아니에요. 12000 또는 12,000처럼 적어 주세요',
  en: 'is no amount; write 12000 or 12,000',
};
const beginsWithZero: Text = {
  ko: '0으로 시작해요. 금액의 쉼표 때문에 칸이 나뉘었을 수 있으니 12000처럼 적어 주세요',
  en: 'begins with 0; a comma in an amount may have split a cell. Write it like 12000',
};
const endsBefore: Text = {
  ko: '금액 칸 앞에서 줄이 끝났어요. 돌려줄 금액을 적어 주세요',
  en: 'the row ends before it. Write the amount',
};
const noReceipt: Text = {
  ko: '영수증 번호가 아니에요(영문, 숫자, -, _ 64자까지)',
  en: 'is no receipt number (letters, digits, - and _, at most 64)',
};
const noOrder: Text = {
  ko: '주문번호로 쓸 수 없는 글자가 있거나 128자가 넘어요',
  en: 'cannot be an order number, or is longer than 128',
};
const noMessage: Text = {
  ko: '500자가 넘거나 쓸 수 없는 글자가 있어요',
  en: 'is longer than 500, or has letters that cannot be sent',
};
const longKey: Text = { ko: '60자까지예요', en: 'at most 60 characters' };
const taxFreeOver: Text = { ko: '금액보다 많아요', en: 'is more than the amount' };
const tooManyCells: Text = {
  ko: '칸이 머리글보다 많아요. 금액의 쉼표 때문에 칸이 나뉘었을 수 있어요',
  en: 'has more cells than the header; a comma in an amount may have split a cell',
};
const noRows: Text = { ko: '머리글 아래에 줄이 없어요.', en: 'There is no row below the header.' };
const twiceNamed: Text = {
  ko: '같은 뜻의 열이 두 개 있어요. 하나만 남겨 주세요.',
  en: 'Two columns mean the same. Keep one.',
};

function unseenKey(codes: readonly string[]): Text {
  const named = codes.slice(0, 3).join(', ');
  return {
    ko: `보이지 않는 글자(${named})가 들어 있어요. 칸을 지우고 다시 적어 주세요`,
    en: `holds a character that cannot be seen (${named}). Clear the cell and type it again`,
  };
}

function tooManyRows(count: number): Text {
  const [found, most] = [count, mostSheetRows].map((number) => number.toLocaleString('en-US'));
  return {
    ko: `줄이 ${found}개예요. 한 파일에 ${most}줄까지예요. 나누어 올려 주세요.`,
    en: `The file has ${found} rows, and ${most} is the most. Upload it in parts.`,
  };
}

function missingColumns(columns: readonly SheetColumn[]): Text {
  const named = (language: keyof Text) => columns.map((column) => columnNames[column][language]).join(', ');
  return {
    ko: `첫 줄(머리글)에 이 열이 없어요: ${named('ko')}. 금액을 비워 전액을 환불하더라도 ‘금액’ 열은 있어야 해요.`,
    en: `The first line (header) lacks: ${named('en')}. The column “amount” has to be there even if all its cells are empty.`,
  };
}

function unknownColumns(names: readonly string[]): Text {
  const shown = names.map((name) => (name === '' ? '“ ”' : `“${name.slice(0, 30)}”`)).join(', ');
  const known = (language: keyof Text) =>
    sheetColumns.map((column) => columnNames[column][language]).join(', ');
  return {
    ko: `모르는 열이 있어 읽지 않았어요: ${shown}. 지우거나 이름을 고쳐 주세요. 아는 열: ${known('ko')}.`,
    en: `Nothing was read because of columns that are not known: ${shown}. Remove or rename them. Known are: ${known('en')}.`,
  };
}
