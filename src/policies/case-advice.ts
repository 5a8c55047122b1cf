// The advice of a dead letter: Bootpay's own ("대처 방법") for the code, and what the kind of case asks for.
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import type { CaseRule, DeadLetter, DeadLetterCase, Refund } from '../domain/refund.ts';
import { errorRow } from './error-table.ts';
import { pgErrorRow } from './pg-error-table.ts';

export interface AdviceQuestion {
  readonly case: DeadLetterCase;
  readonly code: string | null;
  /** A reason of our own; absent in a case of an earlier version, which borrowed a code for it. */
  readonly rule?: CaseRule | null;
  /** What the last call or look-up got instead of an answer. */
  readonly cause?: string | null;
  readonly pgCode: string | null;
  readonly pg: string | null;
  /** The status of the last look-up, where there is one: makes the advice for an unpaid receipt exact. */
  readonly status?: number | null;
}

export function caseAdvice(deadLetter: DeadLetter, lastLookUp: Refund['lastLookUp']): Text {
  const { case: name, code, rule = null, cause = null, pgCode } = deadLetter;
  const { pg = null, status = null } = lastLookUp?.receipt ?? {};
  return adviceFor({ case: name, code, rule, cause, pgCode, pg, status });
}

export function adviceFor(question: AdviceQuestion): Text {
  switch (question.case) {
    case 'bootpay_refused':
      return unusableAdvice(question) ?? codeAdvice(question);
    case 'policy_refused':
      return joined(nothingCalled, policyAdvice(question));
    case 'retries_exhausted':
      return joined(allRefused, codeAdvice(question));
    case 'outcome_unknown':
      return joined(outcomeUnknown, causeText(question) ?? adviceIfCoded(question));
    case 'integrity_mismatch':
      return integrityMismatch;
    case 'deadline_passed':
      return joined(deadlinePassed, causeText(question) ?? adviceIfCoded(question));
    case 'poison':
      return poison;
    case 'drift':
      return drift;
    default:
      return assertNever(question.case);
  }
}

function adviceIfCoded(question: AdviceQuestion): Text | null {
  return question.code === null ? null : codeAdvice(question);
}

/** null: Bootpay's answers were usable. */
function unusableAdvice(question: AdviceQuestion): Text | null {
  switch (question.rule) {
    case 'look_up_unusable':
      return joined(lookUpUnusable, causeText(question));
    case 'cancel_unusable':
      return joined(cancelUnusable, causeText(question));
    default:
      return null;
  }
}

function causeText({ cause }: AdviceQuestion): Text | null {
  if (cause == null) return null;
  return { ko: `마지막 원인: ${cause}.`, en: `The latest cause: ${cause}.` };
}

function codeAdvice({ code, pgCode, pg, cause }: AdviceQuestion): Text {
  if (cause === 'unreadable_code') return unreadableCode;
  if (code === null) return noCode;
  const row = errorRow(code);
  if (row === null) return unlisted(code, pgCode);
  // A PG's code explains a refusal; it never softens "outcome unknown".
  const fromPg = row.definite ? pgErrorRow(pg, pgCode) : null;
  if (fromPg !== null) return fromPg.advice;
  // The page's own sample: whichever PG it was, with this pair the window had closed.
  if (code === 'RC_CANCEL_FAILED' && pgCode === '8104') return windowClosed;
  return pgCode === null ? row.advice : joined(row.advice, foreignPgCode(pgCode));
}

/** By the rule; the other rules are facts for which Bootpay has a code. */
function policyAdvice(question: AdviceQuestion): Text {
  switch (question.rule) {
    case 'foreign_currency':
      return foreignCurrency;
    case 'nothing_paid':
      return nothingPaid;
    case 'window_closed':
      return bootpayWindowClosed;
    case 'method_cannot_partial':
      return methodCannotPartial;
    case 'account_missing':
      return accountMissing;
    default:
      return borrowedAdvice(question);
  }
}

/** Cases of an earlier version, which borrowed Bootpay's codes for reasons of its own, and those whose code says it. */
function borrowedAdvice(question: AdviceQuestion): Text {
  switch (question.code) {
    case 'RC_CANCEL_FAILED':
      return bootpayWindowClosed;
    case 'RC_PM_P_CANCEL_NOT_SUPPORT':
      return methodCannotPartial;
    case 'RC_PM_CANCEL_NOT_SUPPORT':
      return foreignCurrency;
    case 'RC_CANCEL_SERVER_ERROR':
      return accountMissing;
    case 'RC_NOT_ABLE_CANCEL':
      return notPaid(question.status ?? null);
    default:
      return codeAdvice(question);
  }
}

function notPaid(status: number | null): Text {
  if (status === 5) return unpaidAccount;
  const advice = errorRow('RC_NOT_ABLE_CANCEL')?.advice ?? null;
  return status === null ? joined(unpaidAccount, advice) : (advice ?? unpaidAccount);
}

function joined(first: Text, second: Text | null): Text {
  return second === null ? first : { ko: `${first.ko} ${second.ko}`, en: `${first.en} ${second.en}` };
}

function shown(code: string): string {
  return code.length > 60 ? `${code.slice(0, 59)}…` : code;
}

function unlisted(code: string, pgCode: string | null): Text {
  const both = pgCode === null ? shown(code) : `${shown(code)} (PG ${shown(pgCode)})`;
  return {
    ko: `${both}: 오류 표에 없는 코드라 결과를 단정할 수 없어요. 영수증의 취소 금액을 확인하고 부트페이에 코드의 뜻을 문의해 주세요. 환불되지 않은 것이 확실할 때만 재처리해 주세요.`,
    en: `${both}: not in our error table, so nothing is assumed about the outcome. Check the cancelled total of the receipt and ask Bootpay what the code means. Replay only if it surely was not refunded.`,
  };
}

function foreignPgCode(pgCode: string): Text {
  return {
    ko: `PG 코드 ${shown(pgCode)}의 뜻은 PG사에 확인해 주세요.`,
    en: `Ask the PG what its code ${shown(pgCode)} means.`,
  };
}

const nothingCalled: Text = {
  ko: '조회 결과 취소할 수 없어 취소를 호출하지 않았어요.',
  en: 'The look-up showed that this cannot be cancelled, so no cancel was called.',
};

/** Our own reckoning, which may be wrong about a receipt. */
const bootpayWindowClosed: Text = {
  ko: '부트페이가 안내하는 취소 가능 기간이 지났어요(결제일 기준으로 계산했어요). 그래도 부트페이에 요청해 보려면 확인(acknowledge)하고 재처리해 주세요. 그마저 거절되거나 이미 직접 환불했다면 근거를 남겨 refunded_by_hand로 종결해 주세요.',
  en: "Bootpay's cancel window has closed, as counted from the day of payment. A replay with an acknowledgement asks Bootpay all the same; if that is refused, refund by hand and resolve as refunded_by_hand with the evidence.",
};

const nothingPaid: Text = {
  ko: '결제 금액이 0원이라 돌려줄 돈이 없어요. 쿠폰이나 포인트로 낸 주문이라면 그것을 직접 되돌려 주고 not_to_be_refunded로 종결해 주세요.',
  en: 'The payment is one of 0 won: nothing was paid, so there is no money to return. If coupons or points paid for the order, give those back yourselves, and resolve as not_to_be_refunded.',
};

const lookUpUnusable: Text = {
  ko: '결제를 조회할 때마다 부트페이가 답하지만 쓸 수 없는 내용이라 취소를 요청하지 않았어요. 같은 원인의 건이 더 있는지 보고, 개발팀과 부트페이에 알려 주세요. 조회가 다시 되면 재처리해 주세요.',
  en: 'Bootpay answers each look-up of this payment with something that cannot be used, so no cancel is sent. See whether other cases have the same cause, tell the developers and Bootpay, and replay once look-ups work again.',
};

const cancelUnusable: Text = {
  ko: '취소 요청이 세 번 연속 오류 코드 없이 거절되었고, 조회 결과 환불되지 않았어요. 방화벽이나 프록시, 등록된 서버 IP, 부트페이의 변경 사항을 확인하고, 원인을 고친 뒤 재처리해 주세요.',
  en: 'The cancel was answered three times in a row without a code, and the look-up shows that the money did not go back. Check firewalls, proxies, the registered server addresses and changes at Bootpay; replay once the cause is gone.',
};

const unreadableCode: Text = {
  ko: '거절되었지만 오류 코드를 읽을 수 없어 결과를 단정할 수 없어요. 영수증의 취소 금액을 확인하고 부트페이에 문의해 주세요. 환불되지 않은 것이 확실할 때만 재처리해 주세요.',
  en: 'It was refused with something that is no readable code, so nothing is assumed about the outcome. Check the cancelled total of the receipt and ask Bootpay. Replay only if it surely was not refunded.',
};

const windowClosed: Text = {
  ko: '취소 가능 기간이 지났어요. PG사를 통한 취소는 불가능하니, 고객에게 직접 환불하고 근거를 남겨 refunded_by_hand로 종결해 주세요.',
  en: 'The cancel window has closed. No cancel through the PG is possible: refund by hand, and resolve as refunded_by_hand with the evidence.',
};

const methodCannotPartial: Text = {
  ko: '부분취소가 안 되는 결제수단이에요. 해당 금액을 고객에게 직접 환불하고 refunded_by_hand로 종결해 주세요. 전체 금액을 돌려줘도 되는 주문이면 전액 취소로 바꿔 재처리할 수 있어요.',
  en: 'This method cannot be cancelled in part: refund by hand, and resolve as refunded_by_hand. If the whole payment may go back, replay as a full cancel.',
};

const foreignCurrency: Text = {
  ko: '원화(KRW) 결제가 아니라 자동으로 취소하지 않아요. 부트페이 관리자에서 취소하거나 고객에게 직접 환불한 뒤 종결해 주세요.',
  en: 'The payment is not in KRW, which this worker does not cancel. Cancel it in the Bootpay admin or refund by hand, then resolve.',
};

const accountMissing: Text = {
  ko: '가상계좌 환불에는 환불 계좌(bank_account, bank_username, bank_code)가 모두 필요해요. 고객에게 계좌를 받아 재처리에 넣어 주세요. 이전에 받은 계좌는 처리 후 삭제돼요.',
  en: 'A virtual account needs a refund account (bank_account, bank_username, bank_code). Ask the customer for it and replay with it; an account given before is erased when a refund ends.',
};

const unpaidAccount: Text = {
  ko: '가상계좌만 발급되고 입금되지 않았다면(status 5) 결제된 금액이 없어요. 늦게 입금될 수 있으니 입금 여부를 지켜보고, 입금되면 환불 계좌를 넣어 재처리해 주세요.',
  en: 'If the virtual account is only issued (status 5), nothing was paid; watch for a deposit. Should one come late, replay with a refund account.',
};

const allRefused: Text = {
  ko: '정해진 횟수만큼 다시 시도했지만 모두 거절되었어요.',
  en: 'Every attempt allowed was refused.',
};

const outcomeUnknown: Text = {
  ko: '취소 요청의 결과를 끝내 확인하지 못했어요. 돈이 나갔을 수 있으니 직접 환불하지 말고, 영수증의 취소 금액과 PG사 거래 내역을 먼저 확인해 주세요. 재처리하면 먼저 조회하고, 이미 환불되었으면 다시 보내지 않아요.',
  en: 'What became of the cancel could not be found out. The money may have gone back: do not refund by hand before you have checked the cancelled total of the receipt and the transaction at the PG. A replay looks up first and sends nothing if it landed.',
};

const integrityMismatch: Text = {
  ko: '영수증의 취소 금액이 이 환불과 맞지 않아요. 다른 곳에서 취소했을 수 있으니, 같은 영수증의 모든 환불과 부트페이·PG사 관리자 내역을 맞춰 본 뒤 재처리하거나 종결해 주세요. 확인 전에는 지급하지 마세요.',
  en: 'The totals of the receipt do not fit this refund. Somebody else may have cancelled: compare all refunds of this receipt with the Bootpay and PG admins, then replay or resolve. Pay nothing before that.',
};

const deadlinePassed: Text = {
  ko: '기한 안에 처리하지 못했어요. 영수증을 확인한 뒤 재처리하면 기한이 새로 시작되고, 취소 가능 기간까지 지났다면 고객에게 직접 환불해 주세요.',
  en: 'The deadline passed before it could be paid. Check the receipt; a replay starts a new deadline. If the cancel window has closed too, refund by hand.',
};

const poison: Text = {
  ko: '기록이나 작업을 읽지 못했거나 진행 없이 여러 번 멈췄어요. 저희 쪽 결함이니 개발팀에 알리고 로그에서 이 환불을 찾아 주세요. 취소가 이미 나갔을 수 있으니 영수증을 확인한 뒤에 재처리하거나 종결해 주세요.',
  en: 'The record or the job could not be read, or it stopped several times without progress: a fault of this worker. Tell the developers, find the refund in the log, and check the receipt before you replay or resolve, because a cancel may have been sent.',
};

const drift: Text = {
  ko: '끝난 환불인데 영수증의 금액이나 늦게 온 응답이 기록과 달라요. 부트페이와 PG사에 실제로 환불되었는지 확인하고, 확인 전에는 다시 지급하지 마세요.',
  en: 'This refund was closed, but the receipt or a late reply contradicts our record. Ask Bootpay and the PG what was really returned, and do not pay again before you know.',
};

const noCode: Text = {
  ko: '거절 코드가 기록되지 않았어요. 시도 내역과 영수증을 확인한 뒤 재처리하거나 종결해 주세요.',
  en: 'No code was recorded. Check the attempts and the receipt, then replay or resolve.',
};
