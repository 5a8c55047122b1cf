/**
 * The error codes the simulated Bootpay answers with: number, Korean message and usual HTTP status.
 * Messages of the cancel codes are those of https://developers.bootpay.ai/server/cancel; the HTTP
 * statuses are documented nowhere, this is the grouping third parties report (a switch changes it).
 */
import type { Json } from './fields.ts';

export interface ErrorCode {
  /** Only documentation: the wire carries the name. `null`: no number is known. */
  readonly number: number | null;
  readonly message: string;
  readonly httpStatus: number;
}

export const CANCEL_CODES = {
  RC_NOT_FOUND: { number: 2000, message: '영수증 정보를 찾지 못했습니다', httpStatus: 404 },
  RC_ALREADY_CANCELLED: { number: 2027, message: '이미 취소 처리된 결제이다', httpStatus: 400 },
  RC_NOT_ABLE_CANCEL: { number: 2028, message: '결제 완료 상태가 아니라 취소할 수 없다', httpStatus: 400 },
  RC_CANCEL_ID_ALREADY_EXIST: {
    number: 2029,
    message: '동일한 cancel_id로 이미 취소 요청됨',
    httpStatus: 400,
  },
  RC_PM_CANCEL_NOT_SUPPORT: { number: 2030, message: 'PG 결제수단에서 취소 API 미지원', httpStatus: 400 },
  RC_PM_P_CANCEL_NOT_SUPPORT: { number: 2031, message: 'PG 결제수단에서 부분취소 미지원', httpStatus: 400 },
  RC_CANCEL_SERVER_ERROR: { number: 2032, message: '결제 취소 오류', httpStatus: 400 },
  RC_CANCEL_METHOD_NOT_FOUND: { number: 2033, message: '취소 구현이 되지 않은 PG이다', httpStatus: 400 },
  RC_NOT_ISSUED: { number: 2039, message: '가상계좌 입금 대기 상태가 아닙니다', httpStatus: 400 },
  RC_CANCEL_PRICE_NOT_ZERO: { number: 2051, message: '취소금액이 0보다 커야 한다', httpStatus: 400 },
  RC_CANCEL_PRICE_OVER: { number: 2052, message: '취소 요청 금액이 취소 가능 금액 초과', httpStatus: 400 },
  RC_CANCEL_TAX_FREE_OVER: { number: 2053, message: '면세 취소 금액이 취소 가능 금액 초과', httpStatus: 400 },
  RC_CANCEL_CRITICAL_ERROR: { number: 2086, message: '결제 취소 중 치명적 오류 발생', httpStatus: 500 },
  // In the page's sample answer only, not in its table.
  RC_CANCEL_FAILED: {
    number: null,
    message: '취소 가능 기간이 지나 취소할 수 없습니다.',
    httpStatus: 400,
  },
} as const satisfies Record<string, ErrorCode>;

// Messages are ours: no source shows them, except that of 1216.
export const AUTH_CODES = {
  TOKEN_KEY_INVALID: { number: null, message: '토큰이 유효하지 않습니다', httpStatus: 401 },
  APP_KEY_NOT_FOUND: { number: null, message: 'Application ID를 찾지 못했습니다', httpStatus: 401 },
  APP_KEY_NOT_REST: { number: null, message: 'REST API용 Application ID가 아닙니다', httpStatus: 401 },
  APP_SK_NOT_MATCHED: { number: null, message: 'Private Key가 일치하지 않습니다', httpStatus: 401 },
  APP_CLIENT_KEY_NOT_FOUND: {
    number: 1216,
    message: 'Translation missing: ko.error.code.1216',
    httpStatus: 401,
  },
} as const satisfies Record<string, ErrorCode>;

export type CancelCode = keyof typeof CANCEL_CODES;
export type AuthCode = keyof typeof AUTH_CODES;

export const AUTH_CODE_NAMES = [
  'TOKEN_KEY_INVALID',
  'APP_KEY_NOT_FOUND',
  'APP_KEY_NOT_REST',
  'APP_SK_NOT_MATCHED',
  'APP_CLIENT_KEY_NOT_FOUND',
] as const satisfies readonly AuthCode[];

const ALL_CODES: ReadonlyMap<string, ErrorCode> = new Map(Object.entries({ ...CANCEL_CODES, ...AUTH_CODES }));

export interface Refusal {
  readonly code: string;
  readonly pgErrorCode?: string | undefined;
  readonly message?: string | undefined;
  readonly httpStatus?: number | undefined;
}

/** A refusal as Bootpay writes it; `pg_error_code` and `payload` are not always there. */
export function refusalBody({ code, pgErrorCode, message }: Refusal, about?: Json): Json {
  return {
    error_code: code,
    ...(pgErrorCode === undefined ? {} : { pg_error_code: pgErrorCode }),
    message: message ?? describeCode(code).message,
    ...(about === undefined ? {} : { payload: about }),
  };
}

/** What is known of a code; one that nobody has heard of is answered with 400. */
export function describeCode(code: string): ErrorCode {
  return ALL_CODES.get(code) ?? { number: null, message: code, httpStatus: 400 };
}
