// The states of a refund in the words of people.
import type { Text } from '../domain/problem.ts';
import type { ResolveOutcome } from '../domain/refund.ts';
import { type State, stateSchema } from '../domain/states.ts';

export const stateWords: Readonly<Record<State, Text>> = {
  queued: { ko: '대기', en: 'waiting' },
  sending: { ko: '전송 중', en: 'being sent' },
  unknown: { ko: '결과 확인 중', en: 'outcome being checked' },
  waiting_retry: { ko: '재시도 대기', en: 'waiting for its next try' },
  succeeded: { ko: '환불 완료', en: 'refunded' },
  dead_lettered: { ko: '검토 필요', en: 'in review' },
  resolved: { ko: '종결', en: 'closed' },
};

/** How a person closed a case. */
export const outcomeWords: Readonly<Record<ResolveOutcome, Text>> = {
  refunded_by_hand: { ko: '직접 환불했어요', en: 'refunded by hand' },
  already_refunded: { ko: '이미 환불됐어요', en: 'refunded already' },
  not_to_be_refunded: { ko: '환불하지 않아요', en: 'not to be refunded' },
};

/** A newer version may have states of its own: those have no words here. */
export function stateWordsOf(state: string): Text {
  const known = stateSchema.safeParse(state);
  return known.success ? stateWords[known.data] : { ko: state, en: state };
}
