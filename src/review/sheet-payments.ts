// What the payment of a spreadsheet's row was refunded already: whether by as much, and how much of it by spreadsheets.
import { receiptIdSchema } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { Refund } from '../domain/refund.ts';
import type { SheetRow } from '../domain/sheet.ts';
import { askedWon, leftWon } from '../policies/amounts.ts';
import { takesTwo } from '../policies/approval.ts';
import { refundIdFor } from '../policies/identity.ts';
import { sheetSource } from '../policies/sheet-rows.ts';

export interface PaymentDeps {
  readonly ledger: Pick<Ledger, 'list'>;
  /** Above it a row takes another person; null: none does. */
  readonly thresholdWon: number | null;
}

type Judged = Pick<SheetRow, 'event'>;

/**
 * With a refund of as much on the same payment, whoever asked for it and however it ended, another event for the same
 * money may be on its way already. So may it with a refund that cannot be read. Whoever means it gives the row a key.
 */
export async function refundedBefore({ ledger }: PaymentDeps, row: SheetRow): Promise<SheetRow> {
  const [own, wanted] = [ownId(row), row.event?.['cancel_price'] ?? null];
  const { read, unknown } = await refundsOn(ledger, receiptOf(row));
  const same = read.find((refund) => askedWon(refund) === wanted && refund.refundId !== own);
  if (same !== undefined) return { ...row, verdict: 'refunded_before', refundId: same.refundId };
  const unread = unknown.find((id) => id !== own);
  if (unread === undefined) return row;
  const problems = [{ column: null, text: unreadBefore }];
  return { ...row, verdict: 'refunded_before', refundId: unread, problems };
}

/** By what the payment comes to, with what spreadsheets sent before: two halves are no way around the threshold. */
export async function withSecondPerson(
  { ledger, thresholdWon }: PaymentDeps,
  rows: readonly SheetRow[],
): Promise<SheetRow[]> {
  if (thresholdWon === null) return [...rows];
  const toSend = rows.filter(({ verdict, sent }) => sent === null && isToSend(verdict));
  const receipts = [...new Set(toSend.map(receiptOf))];
  const sums = await Promise.all(
    receipts.map(async (receipt): Promise<[string, number | null]> => {
      const own = toSend.filter((row) => receiptOf(row) === receipt);
      const before = await sentBefore(ledger, receipt, new Set(own.map(ownId)));
      return [receipt, sumOf([before, ...own.map(({ amountWon }) => amountWon)])];
    }),
  );
  const sumOn = new Map(sums);
  return rows.map((row) => {
    const isTwo = row.verdict === 'right' && takesTwo(sumOn.get(receiptOf(row)) ?? null, thresholdWon);
    return isTwo && row.sent === null ? { ...row, verdict: 'two_people' as const } : row;
  });
}

function isToSend(verdict: SheetRow['verdict']): boolean {
  return verdict === 'right' || verdict === 'two_people';
}

/** null: not known. */
async function sentBefore(
  ledger: PaymentDeps['ledger'],
  receipt: string,
  except: ReadonlySet<string>,
): Promise<number | null> {
  const { read, unknown } = await refundsOn(ledger, receipt);
  if (unknown.some((id) => !except.has(id))) return null;
  const others = read.filter(({ source, refundId }) => source === sheetSource && !except.has(refundId));
  return sumOf(others.map(refundWon));
}

/** What it sends or sent, also by hand; null: not known. */
function refundWon(refund: Refund): number | null {
  const { resolution, settledWon } = refund;
  if (resolution?.outcome === 'not_to_be_refunded') return settledWon ?? 0;
  const asked = askedWon(refund) ?? settledWon ?? leftWon(refund);
  return asked === null ? null : Math.max(asked, resolution?.amountWon ?? 0);
}

function sumOf(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((sum, amount) => (sum === null || amount === null ? null : sum + amount), 0);
}

interface RefundsOn {
  readonly read: readonly Refund[];
  /** Ids of those that cannot be read, or that a newer version wrote. */
  readonly unknown: readonly string[];
}

async function refundsOn(ledger: PaymentDeps['ledger'], receipt: string): Promise<RefundsOn> {
  const receiptId = receiptIdSchema.parse(receipt);
  const read: Refund[] = [];
  const unknown: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.list({ receiptId, limit: 200, cursor });
    read.push(...page.items);
    unknown.push(...page.unreadable);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { read, unknown };
}

function receiptOf({ event }: Judged): string {
  return String(event?.['receipt_id']);
}

function ownId({ event }: Judged): string {
  return refundIdFor(sheetSource, String(event?.['event_id']));
}

const unreadBefore: Text = {
  ko: '이 결제에 기록을 읽을 수 없는 환불이 있어 같은 환불인지 알 수 없어요. 확인한 뒤 정말 환불하려면 구분 칸에 값을 적어 주세요.',
  en: 'This payment has a refund whose record cannot be read, so it may be the same one. Check it, and give the row a key if it is to be refunded all the same.',
};
