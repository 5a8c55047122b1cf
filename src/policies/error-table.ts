// What each Bootpay code means: one row per code. What is done after it, and who keeps the receipt meanwhile, is decided by
// its disposition in `decide-reply.ts` (`decideRefusal`); the PG's own codes are in `pg-error-table.ts`.
// Names, numbers and the sense of the advice: https://developers.bootpay.ai/server/cancel ("the page").
import type { Text } from '../domain/problem.ts';
import type { Severity } from '../domain/refund.ts';
import type { CaseWords } from './case-words.ts';
import * as words from './case-words.ts';

/** Where a refund goes after the code, and whether it keeps its receipt: no other refund of it is sent meanwhile. */
export type Disposition =
  /** `waiting_retry`, the receipt is free: again after backoff, unless the PG's own code says that it cannot pass. */
  | 'retry'
  /** A case, the receipt is free. */
  | 'dead_letter'
  /** After a call without an answer `unknown`: perhaps that one landed. Else a case that keeps the receipt. */
  | 'check_first'
  /** After another call `unknown`, for only the receipt can show which one used the cancel_id. Else a case that keeps the receipt. */
  | 'id_exists'
  /** Outcome unknown, and Bootpay says so: a case that keeps the receipt, never closed by the machine. */
  | 'critical'
  /** The credentials are at fault, not the refund: the lane is held. */
  | 'unauthorized';

export interface ErrorRow extends CaseWords {
  /** What the wire carries. */
  readonly name: string;
  /** The page's; a reply that carries it instead of the name means the same. null where the page gives none. */
  readonly number: number | null;
  readonly meaning: Text;
  readonly disposition: Disposition;
  readonly severity: Severity;
  /** An attempt answered with this moved no money. Never so for 2029 and 2086. */
  readonly definite: boolean;
}

export const errorTable: readonly ErrorRow[] = [
  {
    name: 'RC_NOT_FOUND',
    number: 2000,
    meaning: { ko: '이 영수증 번호의 결제가 없어요.', en: 'There is no payment with this receipt number.' },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    ...words.notOfThisShop,
    advice: {
      ko: '영수증 번호가 틀렸거나 다른 상점의 결제예요. 번호가 틀렸다면 바른 번호로 취소를 새로 보내 주세요. 어느 쪽이든 이 건은 잘못 온 취소이니 "환불하지 않아요"로 종결해 주세요.',
      en: 'The receipt number is wrong, or the payment belongs to another shop. If the number is wrong, send a new cancellation with the right one. Either way this one came by mistake: close it as "not to be refunded".',
    },
  },
  {
    name: 'RC_ALREADY_CANCELLED',
    number: 2027,
    meaning: { ko: '이미 취소된 결제예요.', en: 'The payment is cancelled already.' },
    disposition: 'check_first',
    severity: 'notice',
    definite: true,
    ...words.cancelledAlready,
    advice: {
      ko: '먼저 결제 상태와 취소 금액을 조회해 주세요. 고객이 이미 환불받았다면 근거를 남기고 "이미 환불됐어요"로 종결하고, 조회 결과와 다르면 PG 관리자에서 취소된 건인지 확인해 주세요. 다시 지급하지 마세요.',
      en: 'Look at the state and the cancelled total of the payment first. If the customer has the money, close it as "already refunded" with the evidence; if the receipt says otherwise, check whether it was cancelled in the PG admin. Do not pay again.',
    },
  },
  {
    name: 'RC_NOT_ABLE_CANCEL',
    number: 2028,
    meaning: { ko: '결제 완료 상태가 아니라 취소할 수 없어요.', en: 'The payment is not in the paid state.' },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    why: { ko: '아직 결제되지 않았어요', en: 'Not paid yet' },
    toDo: { ko: '결제됐는지 확인한 뒤 종결', en: 'Check whether it was paid, then close' },
    advice: {
      ko: '결제 상태를 확인해 주세요. 앞으로도 결제되지 않을 것이 확실하면 돌려줄 금액이 없으니 "환불하지 않아요"로 종결해 주세요. 아직 결제될 수 있다면 종결하지 말고 두었다가 결제된 뒤에 다시 시도해 주세요. 종결한 건은 다시 시도할 수 없어요.',
      en: 'Check the state of the payment. If it surely will not be paid any more, there is nothing to return: close it as "not to be refunded". If it may still be paid, leave it open and try again once it is paid: a closed case cannot be tried again.',
    },
  },
  {
    name: 'RC_CANCEL_ID_ALREADY_EXIST',
    number: 2029,
    meaning: { ko: '같은 취소 번호로 이미 취소를 요청했어요.', en: 'This cancel number was used before.' },
    disposition: 'id_exists',
    severity: 'warning',
    definite: false,
    why: { ko: '이미 쓴 취소 번호예요', en: 'Cancel number used before' },
    toDo: {
      ko: '총액을 확인하고, 환불되지 않은 것이 확실하면 새 번호로 다시 시도',
      en: 'Check the total; if it surely was not refunded, try again with a new number',
    },
    advice: {
      ko: '다른 취소 번호를 쓰기 전에, 같은 번호의 이전 요청으로 이미 환불됐는지 영수증의 취소 금액을 꼭 확인해 주세요. 환불됐다면 "이미 환불됐어요"로 종결하고, 환불되지 않은 것이 확실할 때만 새 취소 번호로 다시 시도해 주세요.',
      en: 'Before another cancel number is used, make sure from the cancelled total of the receipt that the earlier request with this number paid nothing. If it paid, close it as "already refunded"; only if it surely did not, try again with a new cancel number.',
    },
  },
  {
    name: 'RC_PM_CANCEL_NOT_SUPPORT',
    number: 2030,
    meaning: {
      ko: 'PG가 이 결제수단의 취소를 지원하지 않아요.',
      en: 'The PG cannot cancel a payment by this method.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    ...words.noCancelAtPg,
    advice: {
      ko: 'PG에 취소 지원 여부를 확인해 주세요. 지원하지 않으면 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
      en: 'Ask the PG whether it can support cancelling. If not, refund the customer by hand and close it as "refunded by hand".',
    },
  },
  {
    name: 'RC_PM_P_CANCEL_NOT_SUPPORT',
    number: 2031,
    meaning: {
      ko: 'PG의 이 결제수단은 부분 취소를 지원하지 않아요.',
      en: 'The PG cannot cancel a part of a payment by this method.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    ...words.noPartialCancel,
    advice: {
      ko: '그 금액을 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요. 전부 돌려줘도 되는 주문이고 아직 직접 환불하지 않았다면, 전액 취소로 바꿔 다시 시도할 수 있어요.',
      en: 'Refund this part to the customer by hand, and close it as "refunded by hand". If the whole payment may go back, and nothing was refunded by hand, try again as a full cancel.',
    },
  },
  {
    name: 'RC_CANCEL_SERVER_ERROR',
    number: 2032,
    meaning: { ko: '결제 취소 중 오류가 발생했어요.', en: 'The cancel failed, mostly at the PG.' },
    disposition: 'retry',
    severity: 'warning',
    definite: true,
    why: { ko: '취소 중 오류가 났어요', en: 'The cancel failed' },
    toDo: { ko: '잠시 후 다시 시도', en: 'Try again a little later' },
    advice: {
      ko: '원인은 PG의 오류 코드와 메시지에 있어요. 잠시 후 다시 시도하고, 같은 오류가 계속되면 영수증 번호와 PG의 오류 코드를 들고 부트페이에 문의해 주세요.',
      en: "The cause is in the PG's own code and message. Try again a little later; if it keeps failing, contact Bootpay with the receipt number and the PG's code.",
    },
  },
  {
    name: 'RC_CANCEL_METHOD_NOT_FOUND',
    number: 2033,
    meaning: {
      ko: '부트페이에 취소가 구현되지 않은 PG예요.',
      en: 'Bootpay has no cancel for this PG.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    ...words.noCancelFromBootpay,
    advice: {
      ko: 'PG에 문의해 주세요. PG 관리자에서 취소하거나 직접 환불했다면 부트페이에는 보이지 않으니, 다시 시도하지 말고 "직접 환불했어요"로 종결해 주세요.',
      en: 'Ask the PG. A cancel made in the PG admin or a refund by hand is invisible to Bootpay: do not try again afterwards, close it as "refunded by hand".',
    },
  },
  {
    name: 'RC_NOT_ISSUED',
    number: 2039,
    meaning: {
      ko: '가상계좌가 입금 대기 상태가 아니에요.',
      en: 'The virtual account is not waiting for its deposit.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    why: { ko: '가상계좌가 입금 대기 상태가 아니에요', en: 'The virtual account waits for no deposit' },
    toDo: { ko: '입금 여부를 확인한 뒤 결정', en: 'Check for a deposit, then decide' },
    advice: {
      ko: '결제 상태를 확인해 주세요. 그사이 입금됐다면 환불 계좌를 넣어 다시 시도하고, 만료됐다면 돌려줄 금액이 없으니 "환불하지 않아요"로 종결해 주세요.',
      en: 'Check the state of the payment. If the deposit came in meanwhile, try again with a refund account; if the account expired, nothing was paid: close it as "not to be refunded".',
    },
  },
  {
    name: 'RC_CANCEL_PRICE_NOT_ZERO',
    number: 2051,
    meaning: { ko: '취소 금액은 0보다 커야 해요.', en: 'The amount to cancel must be above 0.' },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    why: { ko: '금액이 0원이에요', en: 'The amount is 0' },
    toDo: {
      ko: '금액을 고쳐 다시 시도, 개발팀에 알리기',
      en: 'Correct it and try again, tell the developers',
    },
    advice: {
      ko: '0보다 큰 금액이나 전액 취소로 고쳐 다시 시도해 주세요. 이런 요청은 접수 때 걸러져야 하니 개발팀에도 알려 주세요.',
      en: 'Try again with an amount above 0, or as a full cancel. Such a request should have been refused when it came in: tell the developers too.',
    },
  },
  {
    name: 'RC_CANCEL_PRICE_OVER',
    number: 2052,
    meaning: {
      ko: '취소 요청 금액이 남은 취소 가능 금액보다 커요.',
      en: 'The amount is above what is left to cancel.',
    },
    disposition: 'check_first',
    severity: 'warning',
    definite: true,
    why: { ko: '남은 금액보다 많아요', en: 'More than is left' },
    toDo: {
      ko: '다른 취소와 비교하고 금액 고쳐 다시 시도',
      en: 'Compare the other cancels, correct the amount, try again',
    },
    advice: {
      ko: '남은 취소 가능 금액을 확인하고, 이 환불이 이미 지급된 것은 아닌지 같은 영수증의 다른 취소와 비교해 주세요. 지급되지 않았다면 남은 금액 이하로 고쳐 다시 시도해 주세요.',
      en: 'Check what is left to cancel, and compare with the other cancels of this receipt whether this refund was paid already. If not, try again with an amount within what is left.',
    },
  },
  {
    name: 'RC_CANCEL_TAX_FREE_OVER',
    number: 2053,
    meaning: {
      ko: '면세 취소 금액이 취소 가능한 면세 금액보다 커요.',
      en: 'The tax-free amount is above what is left of the tax-free amount.',
    },
    disposition: 'check_first',
    severity: 'warning',
    definite: true,
    why: { ko: '면세 금액이 너무 많아요', en: 'Too much is tax-free' },
    toDo: { ko: '면세 금액을 고쳐 다시 시도', en: 'Correct it and try again' },
    advice: {
      ko: '면세 금액을 영수증에 남은 면세 금액과 비교해 주세요. 이 환불이 이미 지급된 것이 아니라면 금액을 고쳐 다시 시도해 주세요.',
      en: 'Compare the tax-free amount with what is left of it on the receipt. Unless this refund was paid already, correct the amount and try again.',
    },
  },
  {
    name: 'RC_CANCEL_CRITICAL_ERROR',
    number: 2086,
    meaning: {
      ko: '취소 중 치명적 오류가 발생해 결과를 알 수 없어요.',
      en: 'A fatal error during the cancel: the outcome is unknown.',
    },
    disposition: 'critical',
    severity: 'critical',
    definite: false,
    why: { ko: '돈이 나갔는지 알 수 없어요', en: 'The money may have moved' },
    toDo: {
      ko: '부트페이와 PG에 확인, 그 전에는 아무것도 하지 않기',
      en: 'Ask Bootpay and the PG, do nothing before',
    },
    advice: {
      ko: '돈이 나갔을 수도, 나가지 않았을 수도 있어요. 영수증 번호와 취소 번호를 들고 부트페이 관리자에 문의하고 PG 거래 내역을 확인해 주세요. 결과를 알기 전에는 다시 시도하지도, 직접 환불하지도 마세요.',
      en: 'The money may or may not have gone back. Contact the Bootpay administrators with the receipt number and the cancel number, and check the transaction at the PG. Until the outcome is known, neither try again nor refund by hand.',
    },
  },
  {
    // Only in the page's sample answer (PG code 8104, window passed), not in its table.
    name: 'RC_CANCEL_FAILED',
    number: null,
    meaning: {
      ko: '취소할 수 없는 결제예요. 취소 가능 기간이 지난 경우가 대표적이에요.',
      en: 'The payment cannot be cancelled, typically because its window has closed.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    why: { ko: '취소할 수 없는 결제예요', en: 'This payment cannot be cancelled' },
    toDo: {
      ko: '원인을 보고, 기간이 지났으면 직접 환불하고 종결',
      en: 'See why; if the window has closed, refund by hand and close',
    },
    advice: {
      ko: 'PG의 오류 코드와 메시지에서 원인을 확인해 주세요. 취소 가능 기간이 지났다면 PG를 통한 취소는 불가능하니, 고객에게 직접 환불하고 "직접 환불했어요"로 종결해 주세요.',
      en: 'Read the cause in the PG\'s own code and message. If the window has closed, no cancel through the PG is possible: refund the customer by hand and close it as "refunded by hand".',
    },
  },
  // Codes about credentials are not on the page; names from Bootpay's own test report, meanings partly hearsay.
  {
    name: 'TOKEN_KEY_INVALID',
    number: null,
    meaning: {
      ko: '인증 정보가 유효하지 않거나, 다른 프로젝트의 결제예요.',
      en: 'The credentials are not valid here, or the payment belongs to another project.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    ...words.notOfThisShop,
    advice: {
      ko: '다른 환불이 정상 처리되고 있다면 다른 상점의 결제예요. 영수증 번호가 틀렸다면 바른 번호로 취소를 새로 보내고, 이 건은 잘못 온 취소이니 "환불하지 않아요"로 종결해 주세요. 다른 환불도 모두 막혔다면 종결하지 말고, 개발팀이 키를 고친 뒤 전송 멈춤을 풀어 주세요.',
      en: 'If other refunds go through, this payment belongs to another shop: if the receipt number is wrong, send a new cancellation with the right one, and close this one as "not to be refunded". If all are stopped, do not close it: have the developers correct the keys, then lift the hold on sending.',
    },
  },
  {
    name: 'APP_KEY_NOT_FOUND',
    number: null,
    meaning: { ko: 'Application ID가 올바르지 않아요.', en: 'The Application ID is unknown.' },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    ...words.keysRefused,
    advice: {
      ko: '설정한 Application ID가 부트페이 관리자 화면의 REST API용 값과 같은지 개발팀에 확인을 요청하고, 고친 뒤 전송 멈춤을 풀어 주세요.',
      en: 'Have the developers compare the configured Application ID with the REST API value in the Bootpay admin and correct it, then lift the hold on sending.',
    },
  },
  {
    name: 'APP_KEY_NOT_REST',
    number: null,
    meaning: {
      ko: '서버(REST)용이 아닌 다른 플랫폼의 Application ID예요.',
      en: 'The Application ID is that of another platform, not the REST one.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    ...words.keysRefused,
    advice: {
      ko: '개발팀에 웹·앱용이 아니라 REST API용 Application ID를 설정해 달라고 하고, 고친 뒤 전송 멈춤을 풀어 주세요.',
      en: 'Have the developers configure the Application ID of the REST API, not that of web or app, then lift the hold on sending.',
    },
  },
  {
    name: 'APP_SK_NOT_MATCHED',
    number: null,
    meaning: {
      ko: 'Private Key 또는 Secret Key가 ID와 맞지 않아요.',
      en: 'The Private Key or Secret Key does not belong to the ID.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    ...words.keysRefused,
    advice: {
      ko: '같은 프로젝트, 같은 환경(샌드박스·운영)의 키 한 쌍인지 개발팀에 확인을 요청하고, 고친 뒤 전송 멈춤을 풀어 주세요.',
      en: 'Have the developers check that both keys come from the same project and the same environment (sandbox or production) and correct them, then lift the hold on sending.',
    },
  },
  {
    name: 'APP_CLIENT_KEY_NOT_FOUND',
    number: 1216,
    meaning: {
      ko: 'Client Key가 비어 있거나 등록되지 않은 값이에요.',
      en: 'The Client Key is empty, malformed or unknown.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    ...words.keysRefused,
    advice: {
      ko: '설정한 Client Key를 부트페이 관리자 화면의 값과 비교해 고쳐 달라고 개발팀에 요청하고, 고친 뒤 전송 멈춤을 풀어 주세요.',
      en: 'Have the developers compare the configured Client Key with the Bootpay admin and correct it, then lift the hold on sending.',
    },
  },
];

const rows = new Map(errorTable.map((row) => [row.name, row]));
const rowsByNumber = new Map(
  errorTable.filter(({ number }) => number !== null).map((row) => [String(row.number), row]),
);

/** null: not in the table. Nothing is assumed about such a code. */
export function errorRow(name: string): ErrorRow | null {
  return rows.get(name) ?? null;
}

/** As a reply may write it: by name, or by the number of the page's table. */
export function errorRowAsWritten(code: string): ErrorRow | null {
  return errorRow(code) ?? rowsByNumber.get(code) ?? null;
}
