// The final codes of Toss Payments for a cancel, from the table of "결제 취소" on its page of error codes:
// https://docs.tosspayments.com/reference/error-codes. Codes that pass with time (PROVIDER_ERROR,
// FORBIDDEN_CONSECUTIVE_REQUEST, NOT_AVAILABLE_BANK, EXCEED_CANCEL_LIMIT, those of 500) and codes about Bootpay's own key
// at Toss are not here: they are tried again.
import type { PgErrorRow } from './pg-error-table.ts';

type TossRow = Omit<PgErrorRow, 'pg'>;

const checkAccount = {
  ko: '고객에게 환불 계좌(은행, 계좌번호, 예금주)를 다시 확인해 재처리에 넣어 주세요.',
  en: 'Ask the customer for the refund account again (bank, number, holder), and replay with it.',
} as const;

const byHand = {
  ko: '토스페이먼츠에 취소 가능 여부를 문의하고, 어려우면 고객에게 직접 환불하고 refunded_by_hand로 종결해 주세요.',
  en: 'Ask Toss Payments whether it can be cancelled; if not, refund the customer by hand and resolve as refunded_by_hand.',
} as const;

const inFullOrByHand = {
  ko: '전체 금액을 돌려줘도 되면 전액 취소로 재처리하고, 아니면 해당 금액만 고객에게 직접 환불해 주세요.',
  en: 'Replay as a full cancel if the whole may go back, otherwise refund this part by hand.',
} as const;

const compareFirst = {
  ko: '토스페이먼츠 상점관리자에서 언제 얼마가 취소되었는지 확인하고, 고객이 환불받았다면 already_refunded로 종결해 주세요. 아니라면 남은 금액에 맞게 고쳐 재처리해 주세요.',
  en: 'Check in the admin of Toss Payments when and how much was cancelled, and resolve as already_refunded if the customer has the money. If not, replay with an amount that fits what is left.',
} as const;

export const tossErrorRows: readonly TossRow[] = [
  {
    code: 'ALREADY_CANCELED_PAYMENT',
    meaning: { ko: '이미 취소된 결제예요.', en: 'The payment is cancelled already.' },
    disposition: 'already_cancelled',
    advice: compareFirst,
  },
  {
    code: 'ALREADY_REFUND_PAYMENT',
    meaning: { ko: '이미 환불된 결제예요.', en: 'The payment is refunded already.' },
    disposition: 'already_cancelled',
    advice: compareFirst,
  },
  {
    // More than is left, among others: as with 2052 an earlier call of ours may be the reason.
    code: 'NOT_CANCELABLE_AMOUNT',
    meaning: { ko: '취소할 수 없는 금액이에요.', en: 'This amount cannot be cancelled.' },
    disposition: 'already_cancelled',
    advice: compareFirst,
  },
  {
    code: 'NOT_MATCHES_REFUNDABLE_AMOUNT',
    meaning: { ko: '잔액이 맞지 않아요.', en: 'What is left does not match.' },
    disposition: 'already_cancelled',
    advice: compareFirst,
  },
  {
    code: 'NOT_CANCELABLE_PAYMENT',
    meaning: { ko: '취소할 수 없는 결제예요.', en: 'The payment cannot be cancelled.' },
    disposition: 'permanent',
    advice: byHand,
  },
  {
    code: 'NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER',
    meaning: {
      ko: '휴면 회원의 결제는 취소할 수 없어요.',
      en: 'The payment of a dormant member cannot be cancelled.',
    },
    disposition: 'permanent',
    advice: byHand,
  },
  {
    code: 'EXCEED_MAX_REFUND_DUE',
    meaning: { ko: '환불 가능한 기간이 지났어요.', en: 'The time in which it could be refunded has passed.' },
    disposition: 'permanent',
    advice: byHand,
  },
  {
    code: 'REFUND_REJECTED',
    meaning: { ko: '환불이 거절되었어요.', en: 'The refund was rejected.' },
    disposition: 'permanent',
    advice: byHand,
  },
  {
    code: 'INVALID_REQUEST',
    meaning: { ko: '잘못된 요청이에요.', en: 'The request is not valid.' },
    disposition: 'permanent',
    advice: byHand,
  },
  {
    code: 'EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT',
    meaning: {
      ko: '즉시할인 금액보다 적은 금액은 부분취소할 수 없어요.',
      en: 'A part below the instant discount cannot be cancelled.',
    },
    disposition: 'permanent',
    advice: inFullOrByHand,
  },
  {
    code: 'NOT_ALLOWED_PARTIAL_REFUND',
    meaning: {
      ko: '에스크로나 현금 카드 등, 부분환불이 안 되는 결제예요.',
      en: 'A payment of this kind (escrow, cash card) cannot be refunded in part.',
    },
    disposition: 'permanent',
    advice: inFullOrByHand,
  },
  {
    code: 'NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT',
    meaning: {
      ko: '입금 대기 중인 결제는 부분환불할 수 없어요.',
      en: 'A payment that waits for its deposit cannot be refunded in part.',
    },
    disposition: 'permanent',
    advice: inFullOrByHand,
  },
  {
    code: 'INVALID_REFUND_ACCOUNT_INFO',
    meaning: {
      ko: '환불 계좌번호와 예금주가 맞지 않아요.',
      en: 'The number and the holder of the refund account do not match.',
    },
    disposition: 'permanent',
    advice: checkAccount,
  },
  {
    code: 'INVALID_REFUND_ACCOUNT_NUMBER',
    meaning: { ko: '환불 계좌번호가 잘못되었어요.', en: 'The number of the refund account is wrong.' },
    disposition: 'permanent',
    advice: checkAccount,
  },
  {
    code: 'INVALID_BANK',
    meaning: { ko: '은행이 올바르지 않아요.', en: 'The bank of the refund account is not valid.' },
    disposition: 'permanent',
    advice: checkAccount,
  },
  {
    code: 'FORBIDDEN_BANK_REFUND_REQUEST',
    meaning: {
      ko: '고객 계좌에 입금할 수 없는 상태예요.',
      en: "The customer's account takes no deposits.",
    },
    disposition: 'permanent',
    advice: checkAccount,
  },
];
