// What a line of the accounting book can still say: of a refund that moved on, was erased, or cannot be read.
import { describe, expect, it } from 'vitest';
import type { BookEntry } from '../../src/domain/book.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import type { StoredRefund } from '../../src/domain/ledger.ts';
import type { UnreadRefund } from '../../src/domain/unread.ts';
import { daysAsked } from '../../src/review/book.ts';
import { footRows, headRow, lineRow, noSums, withDay, withLines } from '../../src/review/book-lines.ts';

const refundId = refundIdSchema.parse(`rf_${'a'.repeat(26)}`);
const at = Date.parse('2026-11-29T10:31:05+09:00');
const entry: BookEntry = {
  ...{ id: '1-0', refundId, version: 4, at, from: 'dead_lettered', to: 'resolved' },
  ...{ won: 0, byHandWon: null, askedWon: 5_000, taxFreeWon: 0 },
};
const history = [
  { at, who: '김민지', what: 'resolve: refunded_by_hand', from: null, to: 'resolved', reason: '계좌로' },
] as const;
const unread: UnreadRefund = {
  ...{ refundId, receiptId: null, orderId: 'ORD-1', state: 'resolved', version: 4 },
  unread: 'unreadable',
  sent: false,
  deadLetter: null,
};
const stored: StoredRefund = {
  refund: null,
  unread,
  purged: false,
  state: 'resolved',
  version: 4,
  jobId: null,
  history,
};

function cellsOf(found: StoredRefund | null, of: BookEntry = entry): Record<string, unknown> {
  const row = lineRow({ day: '2026-11-29', entry: of, stored: found }, 'ko');
  return Object.fromEntries(headRow('ko').map((name, place) => [name, row[place]]));
}

describe('a line', () => {
  it('of a record that cannot be read has what its history says', () => {
    expect(cellsOf(stored)).toMatchObject({
      ...{ 주문번호: 'ORD-1', 결과: '직접 환불했어요', 처리자: '김민지', 이유: '계좌로' },
      ...{ 요청금액: 5_000, 완료: '2026-11-29 10:31:05', 비고: '기록을 읽을 수 없어요' },
    });
  });

  it.each([
    ['after the retention time', { ...stored, unread: null, purged: true, history: [] }],
    ['without anything stored', null],
  ])('keeps amount and time %s', (_, found) => {
    const cells = cellsOf(found, { ...entry, to: 'succeeded', won: 5_000 });
    expect(cells).toMatchObject({ 환불번호: refundId, 환불금액: 5_000, 결과: '환불 완료', 주문번호: null });
    expect(cells['비고']).toContain('지워졌어요');
  });
});

it('the foot names each day whose counters say something else', () => {
  const line = { day: '2026-11-28', entry: { ...entry, won: 700, byHandWon: 300 }, stored: null };
  const first = withDay(withLines(noSums, [line, line]), { day: '2026-11-28', countedWon: 1_400 });
  expect(footRows(first, 'en').map((row) => row.filter((cell) => cell !== null))).toEqual([
    ['Total', 1_400, 600, 0, '2 lines'],
    ['The counters of the days', 1_400, 'the same as the sum of refunded'],
  ]);
  const second = withDay(withLines(first, [line]), { day: '2026-11-29', countedWon: 1_000 });
  expect(footRows(second, 'en')[1]).toContain(
    'not in this table (ended by an earlier version): 2026-11-29 300 won',
  );
  // Counters are gone after 400 days, and say nothing.
  const old = withDay(withLines(noSums, [line]), { day: '2025-01-01', countedWon: 0 });
  expect(footRows(old, 'ko')[1]).toContain('환불금액 합계와 같아요');
});

describe('the days of an export', () => {
  const now = Date.parse('2026-11-29T00:30:00+09:00');
  const of = (asked: Parameters<typeof daysAsked>[0]) => {
    const found = daysAsked(asked, now);
    return found.kind === 'days' ? [found.days.length, found.days[0], found.days.at(-1)] : found.why.en;
  };

  it('are those in Seoul that have begun', () => {
    expect(of({ month: '2026-11' })).toEqual([29, '2026-11-01', '2026-11-29']);
    expect(of({ month: '2024-02' })).toEqual([29, '2024-02-01', '2024-02-29']);
    expect(of({ from: '2026-11-27' })).toEqual([3, '2026-11-27', '2026-11-29']);
    expect(of({ from: '2026-11-01', to: '2027-01-01' })).toEqual([29, '2026-11-01', '2026-11-29']);
    expect(of({ day: '2026-11-30' })).toMatch('there is no such day yet');
    expect(of({ from: '2020-01-01' })).toMatch('at most 1,900 days');
    expect(of({ day: '2026-11-29', to: '2026-11-29' })).toMatch('give one of');
  });
});
