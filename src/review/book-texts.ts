// What the accounting CSV says: its columns, how a refund ended, and its foot. In both languages.
import type { BookEntry } from '../domain/book.ts';
import type { StoredRefund } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import { type ResolveOutcome, resolveOutcomes } from '../domain/refund.ts';
import { won } from '../policies/amounts.ts';
import { outcomeWords, stateWords, stateWordsOf } from '../policies/state-words.ts';

export const bookColumns = {
  day: { ko: '날짜', en: 'Date' },
  order: { ko: '주문번호', en: 'Order' },
  refund: { ko: '환불번호', en: 'Refund' },
  receipt: { ko: '영수증번호', en: 'Receipt' },
  method: { ko: '결제수단', en: 'Method' },
  pg: { ko: 'PG', en: 'PG' },
  asked: { ko: '요청금액', en: 'Asked for' },
  refunded: { ko: '환불금액', en: 'Refunded' },
  byHand: { ko: '직접 환불한 금액', en: 'Refunded by hand' },
  taxFree: { ko: '면세', en: 'Tax-free' },
  outcome: { ko: '결과', en: 'Outcome' },
  code: { ko: '사유코드', en: 'Code' },
  who: { ko: '처리자', en: 'By' },
  reason: { ko: '이유', en: 'Reason' },
  evidence: { ko: '근거', en: 'Evidence' },
  accepted: { ko: '접수', en: 'Accepted' },
  ended: { ko: '완료', en: 'Ended' },
  refundBy: { ko: '법정기한', en: 'Legal deadline' },
  note: { ko: '비고', en: 'Note' },
} as const satisfies Record<string, Text>;
export type BookColumn = keyof typeof bookColumns;

const texts = {
  takenBack: { ko: '완료를 되돌리고 다시 검토', en: 'taken back, in review again' },
  automatic: { ko: '자동', en: 'automatic' },
  reconciliation: { ko: '대사', en: 'reconciliation' },
  purged: {
    ko: '보관 기간이 지나 주문과 결제 정보가 지워졌어요',
    en: 'order and payment were erased after the retention time',
  },
  unread: { ko: '기록을 읽을 수 없어요', en: 'the record cannot be read' },
  handUnknown: { ko: '직접 환불한 금액이 기록되지 않았어요', en: 'the amount sent by hand was not recorded' },
} as const satisfies Record<string, Text>;

/** `resolve: refunded_by_hand` in a history. */
export function outcomeOf(what: string): ResolveOutcome | null {
  const said = /^resolve: (\w+)/.exec(what)?.[1];
  return resolveOutcomes.find((outcome) => outcome === said) ?? null;
}

export function outcomeText(
  { from, to }: Pick<BookEntry, 'from' | 'to'>,
  outcome: ResolveOutcome | null,
): Text {
  if (to === 'succeeded') return stateWords.succeeded;
  if (to === 'resolved' && outcome !== null) return outcomeWords[outcome];
  return to === 'dead_lettered' && from !== to ? texts.takenBack : stateWordsOf(to);
}

/** A person's name is said as it is. */
export function authorText(who: string): Text {
  if (who === 'worker') return texts.automatic;
  return who === 'reconcile' ? texts.reconciliation : { ko: who, en: who };
}

export function noteText(
  { version, byHandWon }: Pick<BookEntry, 'version' | 'byHandWon'>,
  { stored, outcome }: { readonly stored: StoredRefund | null; readonly outcome: ResolveOutcome | null },
): Text | null {
  if (stored === null || stored.purged) return texts.purged;
  if (stored.refund === null) return texts.unread;
  if (stored.version > version) return changedText(stateWordsOf(stored.state));
  return outcome === 'refunded_by_hand' && byHandWon === null ? texts.handUnknown : null;
}

function changedText(state: Text): Text {
  return {
    ko: `그 뒤에 다시 열렸어요. 지금: ${state.ko}`,
    en: `it was opened again later; now: ${state.en}`,
  };
}

export const footNames = {
  sum: { ko: '합계', en: 'Total' },
  ledger: { ko: '원장의 하루 집계', en: 'The counters of the days' },
} as const satisfies Record<string, Text>;

export function countText(number: number): Text {
  const count = number.toLocaleString('en-US');
  return { ko: `${count}줄`, en: number === 1 ? '1 line' : `${count} lines` };
}

export const agreesText: Text = { ko: '환불금액 합계와 같아요', en: 'the same as the sum of refunded' };

/** A day whose counters say something else; of a day before the book began it holds less. */
export function differsText(days: readonly { readonly day: string; readonly missingWon: number }[]): Text {
  const each = days.map(({ day, missingWon }) => ({ day, amount: won(missingWon) }));
  return {
    ko: `이 표에 없는 금액이 있어요(예전 버전이 끝낸 환불): ${each.map(({ day, amount }) => `${day} ${amount.ko}`).join(', ')}`,
    en: `not in this table (ended by an earlier version): ${each.map(({ day, amount }) => `${day} ${amount.en}`).join(', ')}`,
  };
}
