// What an open refund waits for, computed when it is shown: nothing of it is stored. Pure.
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import type { Refund } from '../domain/refund.ts';
import { isOpen } from '../domain/states.ts';

/** What may stand in the way of every refund. Times in ms. */
export interface Obstacles {
  readonly workersRunning: number;
  readonly lane: { readonly person: boolean; readonly credentials: boolean };
  /** Since when Bootpay does not answer; null: it does. */
  readonly silentSince: number | null;
  /** Until when Bootpay asked for a pause. */
  readonly pausedUntil: number | null;
}

export interface WaitingFor {
  readonly kind:
    | 'worker'
    | 'credentials'
    | 'data_key'
    | 'lane'
    | 'receipt'
    | 'retry'
    | 'look_up'
    | 'answer'
    | 'breaker'
    | 'throttle'
    | 'rate_limit';
  /** ms; null: not known; of a `look_up`: it is due. */
  readonly until: number | null;
  /** `receipt`: the refund that has it; `data_key`: the key's id. */
  readonly by: string | null;
}

/** null: it waits for nothing of ours, because it has ended or is in front of a person. */
export function waitingFor(
  refund: Refund,
  { now, holder, obstacles }: { now: number; holder: string | null; obstacles: Obstacles },
): WaitingFor | null {
  const { state, nextWakeUpAt } = refund;
  if (!isOpen(state)) return null;
  if (obstacles.workersRunning === 0) return on('worker');
  if (obstacles.lane.credentials) return on('credentials');
  if (refund.keyWait !== undefined) return { ...on('data_key'), by: refund.keyWait.keyId };
  if (state === 'sending') return on('answer', refund.attempts.at(-1)?.callUntil ?? null);
  if (obstacles.lane.person && state !== 'unknown') return on('lane');
  if (holder !== null && holder !== refund.refundId) return { ...on('receipt'), by: holder };
  if (nextWakeUpAt !== null && nextWakeUpAt > now) {
    return on(state === 'unknown' ? 'look_up' : 'retry', nextWakeUpAt);
  }
  if (obstacles.silentSince !== null) return on('breaker');
  if (obstacles.pausedUntil !== null) return on('throttle', obstacles.pausedUntil);
  // What has its receipt is being looked up, or is about to be.
  return on(holder === null ? 'rate_limit' : 'look_up');
}

function on(kind: WaitingFor['kind'], until: number | null = null): WaitingFor {
  return { kind, until, by: null };
}

export function waitingForText({ kind, until, by }: WaitingFor): Text {
  switch (kind) {
    case 'worker':
      return { en: 'no worker runs anywhere', ko: '실행 중인 작업자 없음' };
    case 'credentials':
      return { en: 'keys that Bootpay takes', ko: '부트페이가 거절한 키의 수정' };
    case 'data_key':
      return {
        en: `a worker with the data key ${by}, which sealed its refund account`,
        ko: `환불 계좌를 암호화한 데이터 키(${by})를 가진 작업자`,
      };
    case 'lane':
      return { en: 'a person who lifts the hold on sending', ko: '담당자가 전송 멈춤을 풀기' };
    case 'receipt':
      return { en: `refund ${by} of the same payment`, ko: `같은 결제의 다른 환불 ${by}` };
    case 'retry':
      return { en: 'the next try', ko: '다음 시도' };
    case 'look_up':
      if (until === null) {
        return {
          en: 'its look-up at Bootpay, or its turn under the allowed rate',
          ko: '부트페이 조회 또는 허용된 호출 속도에서의 차례',
        };
      }
      return { en: 'the next look-up of an unclear outcome', ko: '결과를 확인할 다음 조회' };
    case 'answer':
      return { en: "Bootpay's answer", ko: '부트페이의 응답' };
    case 'breaker':
      return { en: 'Bootpay to answer again', ko: '부트페이의 응답 재개' };
    case 'throttle':
      return { en: 'the pause that Bootpay asked for', ko: '부트페이가 요청한 대기' };
    case 'rate_limit':
      return { en: 'its turn under the allowed rate', ko: '허용된 호출 속도에서의 차례' };
    default:
      return assertNever(kind);
  }
}
