// What is said of a refund whose details were erased after the retention time: how it ended, and that no more is known.
import type { Text } from '../domain/problem.ts';
import type { State } from '../domain/states.ts';

export function purgedText(state: State): Text {
  return {
    en: `This refund ended as ${state}; its details were erased after the retention time (RECORD_RETENTION_DAYS). The same event is still a duplicate.`,
    ko: `이 환불은 ${state} 상태로 종료되었고, 보관 기간(RECORD_RETENTION_DAYS)이 지나 상세 기록이 삭제되었어요. 같은 이벤트는 여전히 중복으로 처리돼요.`,
  };
}
