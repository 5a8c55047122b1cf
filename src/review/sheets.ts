// Cancellations from a spreadsheet: each row is judged as the dry run judges an event, and a person sends those that are
// right. A row is the same event in any file, so the same file twice pays nothing twice.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { chunks } from '../domain/chunks.ts';
import type { Ledger } from '../domain/ledger.ts';
import { isAtLeast, type Person } from '../domain/people.ts';
import type { Problem, Text } from '../domain/problem.ts';
import type { Sheet, SheetRow, SheetVerdict } from '../domain/sheet.ts';
import { isSamePerson } from '../policies/approval.ts';
import { keyOf, rowsOf } from '../policies/sheet-rows.ts';
import { linesOf } from '../policies/sheet-text.ts';
import { type PaymentDeps, refundedBefore, withSecondPerson } from './sheet-payments.ts';

/** What the dry run says of one event. */
interface Previewed {
  readonly result: string;
  readonly refund_id: string | null;
  readonly rule: string | null;
  readonly amount: number | null;
  readonly problems: readonly Problem[];
}

interface Enqueued {
  readonly result: NonNullable<SheetRow['sent']>;
  readonly refund_id: string | null;
}

interface SheetDeps extends PaymentDeps {
  readonly ledger: Pick<Ledger, 'keepSheet' | 'readSheet' | 'list' | 'recordAction' | 'claim' | 'release'>;
  readonly previewer: (options: {
    readonly mayAsk: () => boolean;
    readonly longestWaitMs: number;
  }) => (event: unknown) => Promise<Previewed>;
  readonly enqueueMany: (events: readonly unknown[]) => Promise<readonly Enqueued[]>;
  readonly now: () => number;
  readonly newId: () => string;
}

interface Upload {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly who: string;
}

type UploadResult =
  | { readonly kind: 'judged'; readonly id: string }
  | { readonly kind: 'unreadable'; readonly why: Text };

export interface Sheets {
  /** Nothing is sent. Bootpay is asked for as many rows as there is time for, the rest is not asked. */
  upload(upload: Upload): Promise<UploadResult>;
  read(id: string): Promise<Sheet | null>;
  /** Sends what is right and was not sent. `busy`: somebody sends just now. */
  send(id: string, person: Person): Promise<'sent' | 'nothing' | 'busy' | 'not_found'>;
}

/** A person waits for the page. */
const judgedWithinMs = 15_000;
const longestWaitMs = 2_000;

export function createSheets(deps: SheetDeps): Sheets {
  return {
    upload: (upload) => judgeUpload(deps, upload),
    read: (id) => readSheet(deps, id),
    send: (id, person) => send(deps, id, person),
  };
}

async function judgeUpload(deps: SheetDeps, { bytes, fileName, who }: Upload): Promise<UploadResult> {
  const text = linesOf(bytes);
  if (text.kind === 'unreadable') return text;
  const read = rowsOf(text.lines, who);
  if (read.kind === 'unreadable') return read;
  const at = deps.now();
  const digest = bytesToHex(sha256(bytes));
  const id = bytesToHex(sha256(utf8ToBytes(`${digest}\n${who}\n${at}`))).slice(0, 24);
  const preview = deps.previewer({ mayAsk: () => deps.now() - at < judgedWithinMs, longestWaitMs });
  const rows: SheetRow[] = [];
  for (const row of read.rows) rows.push(row.verdict === 'right' ? await judged(deps, row, preview) : row);
  const sheet = {
    id,
    who,
    at,
    fileName,
    digest,
    rows: await withSecondPerson(deps, rows),
    sent: null,
  };
  await deps.ledger.keepSheet(sheet);
  return { kind: 'judged', id };
}

async function judged(
  deps: SheetDeps,
  row: SheetRow,
  preview: (event: unknown) => Promise<Previewed>,
): Promise<SheetRow> {
  const told = await preview(row.event);
  const { rule } = told;
  const isStored = told.result === 'duplicate' || told.result === 'conflict';
  const refundId = isStored ? told.refund_id : null;
  const found = {
    ...row,
    refundId,
    rule,
    verdict: verdictOf(told.result),
    amountWon: told.amount ?? row.amountWon,
  };
  if (told.result === 'refused') return { ...found, problems: told.problems.map(problemOf) };
  if (found.verdict !== 'right') return found;
  return lookedAtAgain(deps, { ...found, asked: told.result !== 'not_asked' });
}

/** Between the look and the send another event for the same money may have come. */
async function lookedAtAgain(deps: SheetDeps, row: SheetRow): Promise<SheetRow> {
  return keyOf(row) === '' ? refundedBefore(deps, row) : row;
}

function verdictOf(result: string): SheetVerdict {
  switch (result) {
    case 'would_send':
    case 'not_asked':
      return 'right';
    case 'duplicate':
    case 'conflict':
    case 'would_be_refused':
    case 'already_refunded':
    case 'needs_person':
      return result;
    default:
      return 'wrong';
  }
}

function problemOf({ field, expected, expected_ko }: Problem): SheetRow['problems'][number] {
  return { column: null, text: { ko: `${field}: ${expected_ko}`, en: `${field}: ${expected}` } };
}

/** From then on a row has to be judged anew: what it was judged by is of yesterday. */
const sendableForMs = 24 * 60 * 60 * 1000;

export function isOver({ at }: Pick<Sheet, 'at'>, now: number): boolean {
  return now >= at + sendableForMs;
}

/**
 * By the threshold as it is here and now: another server may have judged it by another one, and other rows of the payment
 * may have been sent since.
 */
async function readSheet(deps: SheetDeps, id: string): Promise<Sheet | null> {
  const sheet = await deps.ledger.readSheet(id);
  return sheet && { ...sheet, rows: await withSecondPerson(deps, sheet.rows) };
}

interface Sender {
  readonly person: Person;
  readonly now: number;
}

/** Whether this person may send a row now. */
export function maySend(
  { verdict, sent }: SheetRow,
  sheet: Pick<Sheet, 'who' | 'at'>,
  { person: { name, role }, now }: Sender,
): boolean {
  if (sent !== null || isOver(sheet, now)) return false;
  const isSecond = isAtLeast(role, 'approver') && !isSamePerson(name, sheet.who);
  return verdict === 'right' || (verdict === 'two_people' && isSecond);
}

/** One send at a time, of all sheets: what one of them sends counts for the threshold of the next. */
const claimed = 'sheet-send';
/** Taken again before each chunk of rows, which takes seconds at most. */
const claimedForMs = 30_000;
const sentAtOnce = 100;

async function send(deps: SheetDeps, id: string, person: Person): ReturnType<Sheets['send']> {
  const { ledger } = deps;
  const owner = deps.newId();
  const holds = () => ledger.claim(claimed, claimedForMs, owner);
  if (!(await holds())) return 'busy';
  try {
    // As it is now: the one who had the claim before may have sent it.
    const sheet = await ledger.readSheet(id);
    return sheet === null ? 'not_found' : await sendRows(deps, sheet, { person, holds });
  } finally {
    await ledger.release(claimed, owner);
  }
}

async function sendRows(
  deps: SheetDeps,
  sheet: Sheet,
  { person, holds }: { readonly person: Person; readonly holds: () => Promise<boolean> },
): Promise<'sent' | 'nothing' | 'busy'> {
  const { ledger } = deps;
  const at = deps.now();
  const may = (row: SheetRow) => maySend(row, sheet, { person, now: at });
  if (!sheet.rows.some(may)) return 'nothing';
  const again = await Promise.all(sheet.rows.map((row) => (may(row) ? lookedAtAgain(deps, row) : row)));
  const looked = await withSecondPerson(deps, again);
  const chosen = looked.filter(may);
  if (chosen.length === 0) {
    await ledger.keepSheet({ ...sheet, rows: looked });
    return 'nothing';
  }
  // Before the first row is sent: what was sent is never unsaid, even if this process ends in between.
  await ledger.recordAction({
    ...{ at, who: person.name, via: 'desk', what: 'sheet_send', bulk: sheet.id, answer: 'done' },
    edits: {
      file: sheet.fileName,
      digest: sheet.digest.slice(0, 16),
      rows: chosen.length,
      won: chosen.reduce((sum, { amountWon }) => sum + (amountWon ?? 0), 0),
    },
  });
  const results: Enqueued[] = [];
  for (const some of chunks(chosen, sentAtOnce)) {
    if (!(await holds())) return 'busy';
    results.push(...(await deps.enqueueMany(some.map(({ event }) => event))));
  }
  // Somebody else has it by now, and says what became of its rows.
  if (!(await holds())) return 'busy';
  const byLine = new Map(chosen.map(({ line }, place) => [line, results[place]]));
  const rows = looked.map((row): SheetRow => {
    const told = byLine.get(row.line);
    return told === undefined ? row : { ...row, sent: told.result, refundId: told.refund_id ?? row.refundId };
  });
  await ledger.keepSheet({ ...sheet, rows, sent: { who: person.name, at } });
  return 'sent';
}
