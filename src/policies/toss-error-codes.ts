// The final codes of Toss Payments for a cancel, from the table of "결제 취소" on its page of error codes:
// https://docs.tosspayments.com/reference/error-codes. Codes that pass with time (PROVIDER_ERROR,
// FORBIDDEN_CONSECUTIVE_REQUEST, NOT_AVAILABLE_BANK, EXCEED_CANCEL_LIMIT, those of 500) and codes about Bootpay's own key
// at Toss are not here: they are tried again.
import * as words from './case-words.ts';
import type { PgErrorRow } from './pg-error-table.ts';

type TossRow = Omit<PgErrorRow, 'pg'>;

/** What the codes about one thing have in common. */
type Remedy = Pick<PgErrorRow, 'toDo' | 'advice'>;

const checkAccount: Remedy = {
  toDo: {
    ko: '고객에게 계좌를 다시 받아 넣고 다시 시도',
    en: 'Ask the customer again, then try again with it',
  },
  advice: {
    ko: '고객에게 환불 계좌(은행, 계좌번호, 예금주)를 다시 확인해, 그 계좌로 다시 시도해 주세요.',
    en: 'Ask the customer for the refund account again (bank, number, holder), and try again with it.',
  },
};

const byHand: Remedy = {
  toDo: {
    ko: 'PG에 묻고, 어려우면 직접 환불하고 종결',
    en: 'Ask the PG; if it cannot, refund by hand, then close',
  },
  advice: {
    ko: '토스페이먼츠에 취소 가능 여부를 문의하고, 어려우면 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
    en: 'Ask Toss Payments whether it can be cancelled; if not, refund the customer by hand and close it as "refunded by hand".',
  },
};

const inFullOrByHand: Remedy = {
  toDo: words.noPartialCancel.toDo,
  advice: {
    ko: '그 금액을 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요. 전부 돌려줘도 되는 주문이고 아직 직접 환불하지 않았다면, 전액 취소로 다시 시도할 수 있어요.',
    en: 'Refund this part by hand, and close it as "refunded by hand". If the whole may go back, and nothing was refunded by hand, try again as a full cancel.',
  },
};

const compareFirst: Remedy = {
  toDo: {
    ko: '취소된 금액을 보고, 종결하거나 금액 고치기',
    en: 'See what was cancelled; close, or correct the amount',
  },
  advice: {
    ko: '토스페이먼츠 상점관리자에서 언제 얼마가 취소됐는지 확인하고, 고객이 환불받았다면 "이미 환불됐어요"로 종결해 주세요. 아니라면 남은 금액에 맞게 고쳐 다시 시도해 주세요.',
    en: 'Check in the admin of Toss Payments when and how much was cancelled, and close it as "already refunded" if the customer has the money. If not, try again with an amount that fits what is left.',
  },
};

export const tossErrorRows: readonly TossRow[] = [
  {
    code: 'ALREADY_CANCELED_PAYMENT',
    meaning: { ko: '이미 취소된 결제예요.', en: 'The payment is cancelled already.' },
    disposition: 'already_cancelled',
    why: words.cancelledAlready.why,
    ...compareFirst,
  },
  {
    code: 'ALREADY_REFUND_PAYMENT',
    meaning: { ko: '이미 환불된 결제예요.', en: 'The payment is refunded already.' },
    disposition: 'already_cancelled',
    why: { ko: '이미 환불된 결제예요', en: 'Refunded already' },
    ...compareFirst,
  },
  {
    // More than is left, among others: as with 2052 an earlier call of ours may be the reason.
    code: 'NOT_CANCELABLE_AMOUNT',
    meaning: { ko: '취소할 수 없는 금액이에요.', en: 'This amount cannot be cancelled.' },
    disposition: 'already_cancelled',
    why: { ko: '취소할 수 없는 금액이에요', en: 'This amount cannot be cancelled' },
    ...compareFirst,
  },
  {
    code: 'NOT_MATCHES_REFUNDABLE_AMOUNT',
    meaning: { ko: '잔액이 맞지 않아요.', en: 'What is left does not match.' },
    disposition: 'already_cancelled',
    why: { ko: '남은 금액이 맞지 않아요', en: 'What is left does not match' },
    ...compareFirst,
  },
  {
    code: 'NOT_CANCELABLE_PAYMENT',
    meaning: { ko: '취소할 수 없는 결제예요.', en: 'The payment cannot be cancelled.' },
    disposition: 'permanent',
    why: { ko: '취소할 수 없는 결제예요', en: 'This payment cannot be cancelled' },
    ...byHand,
  },
  {
    code: 'NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER',
    meaning: {
      ko: '휴면 회원의 결제는 취소할 수 없어요.',
      en: 'The payment of a dormant member cannot be cancelled.',
    },
    disposition: 'permanent',
    why: { ko: '휴면 회원의 결제예요', en: 'Paid by a dormant member' },
    ...byHand,
  },
  {
    code: 'EXCEED_MAX_REFUND_DUE',
    meaning: { ko: '환불 가능한 기간이 지났어요.', en: 'The time in which it could be refunded has passed.' },
    disposition: 'permanent',
    why: words.windowHasClosed.why,
    ...byHand,
  },
  {
    code: 'REFUND_REJECTED',
    meaning: { ko: '환불이 거절됐어요.', en: 'The refund was rejected.' },
    disposition: 'permanent',
    why: { ko: 'PG가 환불을 거절했어요', en: 'The PG rejected the refund' },
    ...byHand,
  },
  {
    code: 'INVALID_REQUEST',
    meaning: { ko: '잘못된 요청이에요.', en: 'The request is not valid.' },
    disposition: 'permanent',
    why: { ko: 'PG가 잘못된 요청이라고 해요', en: 'The PG calls the request invalid' },
    ...byHand,
  },
  {
    code: 'EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT',
    meaning: {
      ko: '즉시할인 금액보다 적은 금액은 부분 취소할 수 없어요.',
      en: 'A part below the instant discount cannot be cancelled.',
    },
    disposition: 'permanent',
    why: { ko: '즉시할인 금액보다 적어 부분 취소가 안 돼요', en: 'Less than the instant discount' },
    ...inFullOrByHand,
  },
  {
    code: 'NOT_ALLOWED_PARTIAL_REFUND',
    meaning: {
      ko: '에스크로나 현금 카드 등, 부분 취소가 안 되는 결제예요.',
      en: 'A payment of this kind (escrow, cash card) cannot be refunded in part.',
    },
    disposition: 'permanent',
    why: words.noPartialCancel.why,
    ...inFullOrByHand,
  },
  {
    code: 'NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT',
    meaning: {
      ko: '입금 대기 중인 결제는 부분 취소할 수 없어요.',
      en: 'A payment that waits for its deposit cannot be refunded in part.',
    },
    disposition: 'permanent',
    why: { ko: '입금 대기 중이라 부분 취소가 안 돼요', en: 'No partial cancel before the deposit' },
    ...inFullOrByHand,
  },
  {
    code: 'INVALID_REFUND_ACCOUNT_INFO',
    meaning: {
      ko: '환불 계좌번호와 예금주가 맞지 않아요.',
      en: 'The number and the holder of the refund account do not match.',
    },
    disposition: 'permanent',
    why: { ko: '환불 계좌번호와 예금주가 맞지 않아요', en: 'Account number and holder do not match' },
    ...checkAccount,
  },
  {
    code: 'INVALID_REFUND_ACCOUNT_NUMBER',
    meaning: { ko: '환불 계좌번호가 잘못됐어요.', en: 'The number of the refund account is wrong.' },
    disposition: 'permanent',
    why: { ko: '환불 계좌번호가 잘못됐어요', en: 'The account number is wrong' },
    ...checkAccount,
  },
  {
    code: 'INVALID_BANK',
    meaning: { ko: '은행이 올바르지 않아요.', en: 'The bank of the refund account is not valid.' },
    disposition: 'permanent',
    why: { ko: '환불 계좌의 은행이 올바르지 않아요', en: 'The bank of the account is not valid' },
    ...checkAccount,
  },
  {
    code: 'FORBIDDEN_BANK_REFUND_REQUEST',
    meaning: {
      ko: '고객 계좌에 입금할 수 없는 상태예요.',
      en: "The customer's account takes no deposits.",
    },
    disposition: 'permanent',
    why: { ko: '고객 계좌에 입금할 수 없어요', en: "The customer's account takes no deposits" },
    ...checkAccount,
  },
];
