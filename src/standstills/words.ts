// The words for what stands still: why, what is to be done, and how much waits.
import type { Text } from '../domain/problem.ts';
import { won } from '../policies/amounts.ts';
import { seoulSecond } from '../policies/seoul-time.ts';
import type { KeyWaits, Standstill, Waiting } from './standing.ts';

export const standstillTexts = {
  no_worker: {
    en: 'No worker runs anywhere, so nothing is paid: have one started (refund-worker worker, or start).',
    ko: '실행 중인 작업자가 없어 환불이 진행되지 않아요. 개발팀에 실행을 요청해 주세요(refund-worker worker 또는 start).',
  },
  credentials_refused: {
    en: 'Bootpay refuses our keys, so nothing is sent: have the key corrected and the worker started again; then it goes on by itself.',
    ko: '부트페이가 우리 키를 거절해 환불이 멈췄어요. 개발팀에서 키를 고친 뒤 작업자를 다시 시작하면 자동으로 이어져요.',
  },
  bootpay_silent: {
    en: 'Bootpay does not answer (ten calls in a row and more): refunds wait, and one look-up in ten seconds tries. Nothing has to be done here; ask Bootpay if it lasts.',
    ko: '부트페이가 연달아 응답하지 않아 환불이 대기 중이에요. 10초마다 조회로 확인하고 있으니 여기서 할 일은 없고, 오래가면 부트페이에 문의해 주세요.',
  },
  throttled: {
    en: 'Bootpay asks for a pause (429): calls go on when it is over. If it comes again and again, have the calls per second lowered.',
    ko: '부트페이가 잠시 멈춰 달라고 했어요(429). 끝나면 자동으로 이어져요. 자주 반복되면 개발팀에 초당 호출 수를 낮춰 달라고 해 주세요.',
  },
} as const satisfies Partial<Record<Standstill['cause'], Text>>;

export const redisFull: Text = {
  en: 'Redis is full and takes no writes: nothing is accepted and nothing is paid. Have it given more memory (maxmemory).',
  ko: 'Redis 메모리가 가득 차 쓸 수 없어요. 접수와 환불이 모두 멈췄으니 개발팀에 메모리(maxmemory)를 늘려 달라고 해 주세요.',
};

/** @param kind of the error, such as MISCONF. */
export function redisRefuses(kind: string): Text {
  return {
    en: `Redis takes no writes (${kind}): nothing is accepted and nothing is paid.`,
    ko: `Redis에 쓸 수 없어요 (${kind}). 접수와 환불이 모두 멈췄어요.`,
  };
}

/** `isMore`: no more of them were counted. */
export function keyMissingText({ ids, refunds }: KeyWaits, isMore: boolean): Text {
  const [names, count] = [ids.join(', '), isMore ? `${refunds}+` : refunds];
  return {
    en: `The refund accounts of ${count} refunds were sealed with the data key ${names}, which the workers lack. Add it to their DATA_KEYS and start them again (a local- key stands in .refund-worker/data-key of the folder in which it was made); then these refunds go on by themselves, with nothing used up.`,
    ko: `환불 ${count}건의 계좌가 데이터 키(${names})로 암호화됐는데 작업자에 그 키가 없어요. 작업자의 DATA_KEYS에 추가하고 다시 시작해 주세요(local- 키는 만들어진 폴더의 .refund-worker/data-key에 있어요). 그러면 시도나 기한을 쓰지 않고 자동으로 이어져요.`,
  };
}

/** How long, and how much waits for it. */
export function waitingText({ since, until }: Standstill, waiting: Waiting | null): Text {
  const clock = (at: number) => `${seoulSecond(at)} KST`;
  const en = [
    ...(since === null ? [] : [`since ${clock(since)}`]),
    ...(until === null ? [] : [`until ${clock(until)}`]),
    ...(waiting === null ? [] : [`${waiting.refunds} refunds wait, ${amountText(waiting, 'en')}`]),
  ];
  const ko = [
    ...(since === null ? [] : [`${clock(since)}부터`]),
    ...(until === null ? [] : [`${clock(until)}까지`]),
    ...(waiting === null ? [] : [`${waiting.refunds}건 대기, ${amountText(waiting, 'ko')}`]),
  ];
  return { en: `(${en.join(', ')})`, ko: `(${ko.join(', ')})` };
}

/** `+`: some amounts are not in it. */
function amountText({ won: amount, uncounted }: Waiting, language: keyof Text): string {
  return `${won(amount)[language]}${uncounted > 0 ? '+' : ''}`;
}
