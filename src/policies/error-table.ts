// What each Bootpay code means: one row per code, and the only place where codes are judged.
// Names, numbers and the sense of the advice: https://developers.bootpay.ai/server/cancel ("the page").
import type { Text } from '../domain/problem.ts';
import type { Severity } from '../domain/refund.ts';

export type Disposition =
  /** May pass: again after backoff, unless the PG's own code says that it cannot. */
  | 'retry'
  /** Final: to a person. */
  | 'dead_letter'
  /** Perhaps our own earlier attempt landed: look it up before calling it final. */
  | 'check_first'
  /** The cancel_id was used before; only the receipt can show by which call. */
  | 'id_exists'
  /** Outcome unknown, and Bootpay says so: never retried, never closed by the machine. */
  | 'critical'
  /** The credentials are at fault, not the refund. */
  | 'unauthorized';

export interface ErrorRow {
  /** What the wire carries. */
  readonly name: string;
  /** The page's; a reply that carries it instead of the name means the same. null where the page gives none. */
  readonly number: number | null;
  readonly meaning: Text;
  readonly disposition: Disposition;
  readonly severity: Severity;
  /** An attempt answered with this moved no money. Never so for 2029 and 2086. */
  readonly definite: boolean;
  readonly advice: Text;
}

export const errorTable: readonly ErrorRow[] = [
  {
    name: 'RC_NOT_FOUND',
    number: 2000,
    meaning: { ko: '해당 receipt_id의 영수증이 없어요.', en: 'There is no receipt with this receipt_id.' },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    advice: {
      ko: 'receipt_id가 올바른지, 다른 프로젝트의 결제가 아닌지 확인해 주세요. 값이 틀렸다면 올바른 receipt_id로 새 취소 이벤트를 보내고 이 건은 종결해 주세요.',
      en: 'Check the receipt_id, and whether the payment belongs to another project. If it was wrong, send a new cancellation event with the right one and resolve this case.',
    },
  },
  {
    name: 'RC_ALREADY_CANCELLED',
    number: 2027,
    meaning: { ko: '이미 취소된 결제예요.', en: 'The payment is cancelled already.' },
    disposition: 'check_first',
    severity: 'notice',
    definite: true,
    advice: {
      ko: '먼저 결제 상태와 취소 금액을 조회해 주세요. 고객이 이미 환불받았다면 근거를 남기고 already_refunded로 종결하고, 조회 결과와 다르면 PG사 관리자에서 취소된 건인지 확인해 주세요. 다시 지급하지 마세요.',
      en: 'Look at the state and the cancelled total of the payment first. If the customer has the money, resolve as already_refunded with the evidence; if the receipt says otherwise, check whether it was cancelled in the PG admin. Do not pay again.',
    },
  },
  {
    name: 'RC_NOT_ABLE_CANCEL',
    number: 2028,
    meaning: { ko: '결제 완료 상태가 아니라 취소할 수 없어요.', en: 'The payment is not in the paid state.' },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    advice: {
      ko: '결제 상태를 확인해 주세요. 결제되지 않았다면 돌려줄 금액이 없으니 not_to_be_refunded로 종결하고, 이후 결제가 완료되면 재처리해 주세요.',
      en: 'Check the state of the payment. If nothing was paid, there is nothing to return: resolve as not_to_be_refunded. If it becomes paid later, replay.',
    },
  },
  {
    name: 'RC_CANCEL_ID_ALREADY_EXIST',
    number: 2029,
    meaning: { ko: '같은 cancel_id로 이미 취소를 요청했어요.', en: 'This cancel_id was used before.' },
    disposition: 'id_exists',
    severity: 'warning',
    definite: false,
    advice: {
      ko: '다른 cancel_id를 쓰기 전에, 같은 ID의 이전 요청으로 이미 환불되었는지 영수증의 취소 금액을 꼭 확인해 주세요. 환불되었다면 already_refunded로 종결하고, 환불되지 않은 것이 확실할 때만 새 generation으로 재처리해 주세요.',
      en: 'Before another cancel_id is used, make sure from the cancelled total of the receipt that the earlier request with this id paid nothing. If it paid, resolve as already_refunded; only if it surely did not, replay with a new generation.',
    },
  },
  {
    name: 'RC_PM_CANCEL_NOT_SUPPORT',
    number: 2030,
    meaning: {
      ko: 'PG사의 이 결제수단은 취소 API를 지원하지 않아요.',
      en: 'The PG has no cancel API for this payment method.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    advice: {
      ko: 'PG사에 취소 지원 여부를 확인해 주세요. 지원하지 않으면 고객에게 직접 환불하고 refunded_by_hand로 종결해 주세요.',
      en: 'Ask the PG whether it can support cancelling. If not, refund the customer by hand and resolve as refunded_by_hand.',
    },
  },
  {
    name: 'RC_PM_P_CANCEL_NOT_SUPPORT',
    number: 2031,
    meaning: {
      ko: 'PG사의 이 결제수단은 부분취소를 지원하지 않아요.',
      en: 'The PG cannot cancel a part of a payment by this method.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    advice: {
      ko: '전체 금액을 돌려줘도 되는 주문이면 전액 취소로 바꿔 재처리하고, 아니면 PG사에 문의하거나 해당 금액만 고객에게 직접 환불해 주세요.',
      en: 'If the whole payment may go back, replay as a full cancel. Otherwise ask the PG, or refund this part to the customer by hand.',
    },
  },
  {
    name: 'RC_CANCEL_SERVER_ERROR',
    number: 2032,
    meaning: { ko: '결제 취소 중 오류가 발생했어요.', en: 'The cancel failed, mostly at the PG.' },
    disposition: 'retry',
    severity: 'warning',
    definite: true,
    advice: {
      ko: '원인은 pg_error_code와 메시지에 있어요. 잠시 후 재처리하고, 같은 오류가 계속되면 receipt_id와 pg_error_code를 들고 부트페이에 문의해 주세요.',
      en: 'The cause is in pg_error_code and the message. Replay a little later; if it keeps failing, contact Bootpay with the receipt_id and the pg_error_code.',
    },
  },
  {
    name: 'RC_CANCEL_METHOD_NOT_FOUND',
    number: 2033,
    meaning: {
      ko: '부트페이에 취소가 구현되지 않은 PG사예요.',
      en: 'Bootpay has no cancel for this PG.',
    },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    advice: {
      ko: 'PG사에 문의해 주세요. PG사 관리자에서 취소하거나 직접 환불했다면 부트페이에는 보이지 않으니, 재처리하지 말고 refunded_by_hand로 종결해 주세요.',
      en: 'Ask the PG. A cancel made in the PG admin or a refund by hand is invisible to Bootpay: do not replay afterwards, resolve as refunded_by_hand.',
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
    advice: {
      ko: '결제 상태를 확인해 주세요. 그 사이 입금되었다면 환불 계좌를 넣어 재처리하고, 만료되었다면 돌려줄 금액이 없으니 종결해 주세요.',
      en: 'Check the state of the payment. If the deposit came in meanwhile, replay with a refund account; if the account expired, nothing was paid: resolve.',
    },
  },
  {
    name: 'RC_CANCEL_PRICE_NOT_ZERO',
    number: 2051,
    meaning: { ko: '취소 금액은 0보다 커야 해요.', en: 'The amount to cancel must be above 0.' },
    disposition: 'dead_letter',
    severity: 'warning',
    definite: true,
    advice: {
      ko: '0보다 큰 금액이나 전액 취소로 고쳐 재처리해 주세요. 이런 이벤트는 접수 때 걸러져야 하니 개발팀에도 알려 주세요.',
      en: 'Replay with an amount above 0, or as a full cancel. Such an event should have been refused when it came in: tell the developers too.',
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
    advice: {
      ko: '남은 취소 가능 금액을 확인하고, 이 환불이 이미 지급된 것은 아닌지 같은 영수증의 다른 취소와 비교해 주세요. 지급되지 않았다면 남은 금액 이하로 고쳐 재처리해 주세요.',
      en: 'Check what is left to cancel, and compare with the other cancels of this receipt whether this refund was paid already. If not, replay with an amount within what is left.',
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
    advice: {
      ko: 'cancel_tax_free를 영수증에 남은 면세 금액과 비교해 주세요. 이 환불이 이미 지급된 것이 아니라면 금액을 고쳐 재처리해 주세요.',
      en: 'Compare cancel_tax_free with the tax-free amount left on the receipt. Unless this refund was paid already, correct the amount and replay.',
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
    advice: {
      ko: '돈이 나갔을 수도, 나가지 않았을 수도 있어요. receipt_id와 cancel_id를 들고 부트페이 관리자에 문의하고 PG사 거래 내역을 확인해 주세요. 결과를 알기 전에는 재처리도, 직접 환불도 하지 마세요.',
      en: 'The money may or may not have gone back. Contact the Bootpay administrators with the receipt_id and the cancel_id, and check the transaction at the PG. Until the outcome is known, neither replay nor refund by hand.',
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
    advice: {
      ko: 'pg_error_code와 메시지에서 원인을 확인해 주세요. 취소 가능 기간이 지났다면 PG사를 통한 취소는 불가능하니, 고객에게 직접 환불하고 refunded_by_hand로 종결해 주세요.',
      en: 'Read the cause in pg_error_code and the message. If the window has closed, no cancel through the PG is possible: refund the customer by hand and resolve as refunded_by_hand.',
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
    advice: {
      ko: '다른 환불이 정상 처리되고 있다면 다른 프로젝트의 결제이니 receipt_id를 확인해 주세요. 모두 막혔다면 키를 고치고 lane을 다시 열어 주세요.',
      en: 'If other refunds go through, this payment belongs to another project: check the receipt_id. If all are stopped, correct the keys and resume the lane.',
    },
  },
  {
    name: 'APP_KEY_NOT_FOUND',
    number: null,
    meaning: { ko: 'application_id가 올바르지 않아요.', en: 'The application_id is unknown.' },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    advice: {
      ko: 'BOOTPAY_APPLICATION_ID가 관리자 화면의 REST API용 값과 같은지 확인하고, 고친 뒤 lane을 다시 열어 주세요.',
      en: 'Compare BOOTPAY_APPLICATION_ID with the REST API value in the admin, correct it and resume the lane.',
    },
  },
  {
    name: 'APP_KEY_NOT_REST',
    number: null,
    meaning: {
      ko: '서버(REST)용이 아닌 다른 플랫폼의 application_id예요.',
      en: 'The application_id is that of another platform, not the REST one.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    advice: {
      ko: '웹·앱용이 아니라 REST API용 application_id를 BOOTPAY_APPLICATION_ID에 넣고, lane을 다시 열어 주세요.',
      en: 'Put the application_id of the REST API, not that of web or app, into BOOTPAY_APPLICATION_ID and resume the lane.',
    },
  },
  {
    name: 'APP_SK_NOT_MATCHED',
    number: null,
    meaning: {
      ko: 'private_key 또는 secret_key가 ID와 맞지 않아요.',
      en: 'The private_key or secret_key does not belong to the id.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    advice: {
      ko: '같은 프로젝트, 같은 환경(샌드박스·운영)의 키 한 쌍인지 확인하고, 고친 뒤 lane을 다시 열어 주세요.',
      en: 'Check that both keys come from the same project and the same environment (sandbox or production), correct them and resume the lane.',
    },
  },
  {
    name: 'APP_CLIENT_KEY_NOT_FOUND',
    number: 1216,
    meaning: {
      ko: 'client_key가 비어 있거나 등록되지 않은 값이에요.',
      en: 'The client_key is empty, malformed or unknown.',
    },
    disposition: 'unauthorized',
    severity: 'warning',
    definite: true,
    advice: {
      ko: 'BOOTPAY_CLIENT_KEY를 관리자 화면의 Client Key와 비교해 고치고, lane을 다시 열어 주세요.',
      en: 'Compare BOOTPAY_CLIENT_KEY with the Client Key in the admin, correct it and resume the lane.',
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
