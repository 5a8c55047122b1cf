// What became of a case among many, and of many at once, in the words of every page, command and file.
import type { BulkState } from '../domain/bulk.ts';
import type { Text } from '../domain/problem.ts';

const results = {
  replayed: { ko: '다시 시도함', en: 'tried again' },
  skipped: { ko: '건너뜀', en: 'skipped' },
  moved: { ko: '그사이 바뀜', en: 'changed meanwhile' },
  refused: { ko: '규칙상 하지 않음', en: 'not allowed' },
  failed: { ko: '오류로 하지 못함', en: 'not done because of a fault' },
  would_send: { ko: '보낼 건', en: 'would be sent' },
  already_refunded: { ko: '이미 환불됨', en: 'already refunded' },
  would_be_refused: { ko: '또 거절될 건', en: 'would be refused' },
  needs_person: { ko: '사람이 볼 건', en: 'needs a person' },
  not_asked: { ko: '조회하지 않음', en: 'not asked' },
} as const satisfies Record<string, Text>;

export function bulkResultText(result: string): Text {
  return Object.hasOwn(results, result)
    ? results[result as keyof typeof results]
    : { ko: result, en: result };
}

export const bulkStateWords: Readonly<Record<BulkState, Text>> = {
  previewing: { ko: '미리 보는 중', en: 'being previewed' },
  previewed: { ko: '미리 보기', en: 'previewed' },
  running: { ko: '진행 중', en: 'running' },
  done: { ko: '끝남', en: 'done' },
  stopped: { ko: '멈춤', en: 'stopped' },
};
