// What the help explains: states, the words of the desk, the way to Bootpay and the keys.
import type { Text } from '../../domain/problem.ts';
import type { State } from '../../domain/states.ts';
import type { PgName } from '../../policies/pg-error-table.ts';

export const stateMeanings: Readonly<Record<State, Text>> = {
  queued: {
    ko: '접수됐고 차례를 기다려요. 할 일은 없어요.',
    en: 'Accepted, and waiting for its turn. Nothing to do.',
  },
  sending: {
    ko: '부트페이에 취소를 요청했고 답을 기다려요. 이때는 다시 요청하지 않아요.',
    en: 'The cancel was sent to Bootpay, and its answer is awaited. It is not sent again meanwhile.',
  },
  unknown: {
    ko: '요청했지만 결과를 알 수 없어 조회로 확인하고 있어요. 돈이 이미 나갔을 수 있으니 직접 환불하지 말고 기다려 주세요.',
    en: 'It was sent and its outcome is not known yet; look-ups find out. The money may have gone back: do not refund by hand, wait.',
  },
  waiting_retry: {
    ko: '거절됐지만 잠시 뒤에는 될 수 있는 이유예요. 정해진 시각에 다시 시도하니 할 일은 없어요.',
    en: 'Refused for a reason that may pass. It is tried again at a set time; nothing to do.',
  },
  succeeded: {
    ko: '돈이 돌아간 것을 부트페이의 금액으로 확인했어요.',
    en: 'The money went back, as the amounts at Bootpay show.',
  },
  dead_lettered: {
    ko: '프로그램이 정할 수 없어 사람의 결정을 기다려요. 결정 전에는 아무것도 보내지 않아요.',
    en: 'A program must not decide this, so it waits for a person. Nothing is sent before that.',
  },
  resolved: {
    ko: '사람이 이유를 남기고 닫았어요. 더 보내지 않아요.',
    en: 'A person closed it and said why. Nothing more is sent.',
  },
};

interface Entry {
  readonly word: Text;
  readonly means: Text;
}

export const glossary: readonly Entry[] = [
  {
    word: { ko: '환불', en: 'refund' },
    means: {
      ko: '주문 한 건의 취소, 또는 그 일부의 취소예요. 한 번의 결제에 환불이 여러 건 있을 수 있어요.',
      en: 'One cancellation of an order, or of a part of it. One payment may have several refunds.',
    },
  },
  {
    word: { ko: '검토', en: 'case' },
    means: {
      ko: '사람이 정해야 하는 환불이에요. 다시 시도하거나 종결해요.',
      en: 'A refund that a person has to decide on: try again, or close.',
    },
  },
  {
    word: { ko: '다시 시도', en: 'try again' },
    means: {
      ko: '처음부터 다시 진행해요. 먼저 조회하고, 이미 환불됐다면 다시 보내지 않아요.',
      en: 'It begins anew. It is looked up first, and nothing is sent if the money went back already.',
    },
  },
  {
    word: { ko: '종결', en: 'close' },
    means: {
      ko: '더 보내지 않고 닫아요. 직접 환불했어요, 이미 환불됐어요, 환불하지 않아요 가운데 하나를 골라요.',
      en: 'It ends without sending anything: refunded by hand, already refunded, or not to be refunded.',
    },
  },
  {
    word: { ko: '확인했어요', en: 'I checked' },
    means: {
      ko: '결과가 확실하지 않을 때, 부트페이나 PG에 직접 확인했다는 표시예요. 이름과 함께 남아요.',
      en: 'Where the outcome is not certain: that you asked Bootpay or the PG yourself. Kept with your name.',
    },
  },
  {
    word: { ko: '법정 기한', en: 'legal deadline' },
    means: {
      ko: '취소가 들어온 뒤 3영업일이에요. 이때까지 돌려줘야 해요.',
      en: 'Three business days after the cancellation; the money has to be back by then.',
    },
  },
  {
    word: { ko: '중요', en: 'critical' },
    means: {
      ko: '돈이 두 번 나갈 수 있는 건이에요. 확인하기 전에는 아무것도 하지 마세요.',
      en: 'Money could go back twice. Do nothing before you have checked.',
    },
  },
  {
    word: { ko: '영수증 번호', en: 'receipt number' },
    means: {
      ko: '부트페이가 결제 한 번에 붙인 번호예요.',
      en: 'The number that Bootpay gave to one payment.',
    },
  },
  {
    word: { ko: '취소 번호', en: 'cancel number' },
    means: {
      ko: '부트페이에 취소를 요청할 때 쓰는 번호예요. 부트페이는 이미 쓴 번호의 요청을 거절해요. 그래서 두 번 나가지 않도록 다시 시도할 때도 보통 같은 번호를 써요.',
      en: 'The number that a cancel is sent to Bootpay with. Bootpay refuses a number that was used before; so trying again mostly keeps it, as a guard against paying twice.',
    },
  },
  {
    word: { ko: '대사', en: 'reconciliation' },
    means: {
      ko: '우리 기록과 부트페이의 금액을 결제마다 맞춰 보는 일이에요.',
      en: 'Comparing our records with the amounts at Bootpay, payment by payment.',
    },
  },
  {
    word: { ko: '전송 멈춤', en: 'held' },
    means: {
      ko: '사람이 취소 전송을 멈췄어요. 접수는 되고, 다시 열면 이어져요.',
      en: 'A person stopped the sending of cancels. Cancellations are still accepted, and it goes on when resumed.',
    },
  },
  {
    word: { ko: '전송 안 됨', en: 'not sending' },
    means: {
      ko: '부트페이가 답하지 않거나 키를 거절했거나, 작업자나 저장소에 문제가 있어요. 오늘 화면에 이유와 할 일이 있어요.',
      en: 'Bootpay does not answer or refuses our keys, or a worker or the store is in trouble. Today says why, and what to do.',
    },
  },
];

export const pgNames: Readonly<Record<PgName, Text>> = {
  nicepay: { ko: '나이스페이먼츠', en: 'NicePay' },
  kcp: { ko: 'NHN KCP', en: 'NHN KCP' },
  inicis: { ko: 'KG이니시스', en: 'KG Inicis' },
  danal: { ko: '다날', en: 'Danal' },
  welcome: { ko: '웰컴페이먼츠', en: 'Welcome Payments' },
  tosspayments: { ko: '토스페이먼츠', en: 'Toss Payments' },
};

export const keyboard: readonly { readonly keys: string; readonly does: Text }[] = [
  { keys: '/', does: { ko: '찾기 칸으로', en: 'to the search box' } },
  { keys: 'j', does: { ko: '다음 줄', en: 'next row' } },
  { keys: 'k', does: { ko: '이전 줄', en: 'row before' } },
  { keys: 'Enter', does: { ko: '고른 줄 열기', en: 'open the row' } },
  { keys: '?', does: { ko: '이 도움말', en: 'this help' } },
];

export const help = {
  title: { ko: '화면에 나오는 말과 멈춘 이유', en: 'What the words and reasons mean' },
  contents: { ko: '차례', en: 'Contents' },
  states: { ko: '환불의 상태', en: 'States of a refund' },
  reasons: { ko: '왜 멈췄고 무엇을 해야 하나요', en: 'Why a refund stopped, and what to do' },
  words: { ko: '화면에 나오는 말', en: 'Words of this desk' },
  keys: { ko: '키보드', en: 'Keyboard' },
  open: { ko: '이 사유로 멈춘 건', en: 'Cases with this reason' },
  depends: {
    ko: '건마다 달라요. 그 건의 화면에 적혀 있어요.',
    en: 'It depends on the case, whose page says it.',
  },
} as const satisfies Record<string, Text>;
