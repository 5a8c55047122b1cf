// What people are told about a dead letter: why it stopped, what to do, and the advice, which is Bootpay's own
// ("대처 방법") for the code and what the kind of case asks for. The words stand in `case-words.ts` and beside the codes.
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import type { CaseRule, DeadLetter, DeadLetterCase, Refund } from '../domain/refund.ts';
import type { CaseWords } from './case-words.ts';
import * as words from './case-words.ts';
import { errorRow } from './error-table.ts';
import { pgErrorRow } from './pg-error-table.ts';

export interface CaseQuestion {
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

export function caseWords(deadLetter: DeadLetter, lastLookUp: Refund['lastLookUp']): CaseWords {
  const { case: name, code, rule = null, cause = null, pgCode } = deadLetter;
  const { pg = null, status = null } = lastLookUp?.receipt ?? {};
  return wordsFor({ case: name, code, rule, cause, pgCode, pg, status });
}

export function wordsFor(question: CaseQuestion): CaseWords {
  switch (question.case) {
    case 'bootpay_refused':
      return unusableWords(question) ?? codeWords(question);
    case 'policy_refused':
      return policyRefused(question);
    case 'retries_exhausted':
      return followed(words.retriesExhausted, codeWords(question).advice);
    case 'outcome_unknown':
      return followed(words.outcomeUnknown, causeText(question) ?? adviceIfCoded(question));
    case 'integrity_mismatch':
      return words.integrityMismatch;
    case 'deadline_passed':
      return question.rule === 'data_key_missing'
        ? words.keyMissing(question.cause ?? '')
        : followed(words.deadlinePassed, causeText(question) ?? adviceIfCoded(question));
    case 'poison':
      return words.poison;
    case 'drift':
      return words.drift;
    default:
      return assertNever(question.case);
  }
}

function policyRefused(question: CaseQuestion): CaseWords {
  const known = policyWords(question);
  return { ...known, advice: joined(words.nothingCalled, known.advice) };
}

function adviceIfCoded(question: CaseQuestion): Text | null {
  return question.code === null ? null : codeWords(question).advice;
}

/** null: Bootpay's answers were usable. */
function unusableWords(question: CaseQuestion): CaseWords | null {
  switch (question.rule) {
    case 'look_up_unusable':
      return followed(words.lookUpUnusable, causeText(question));
    case 'cancel_unusable':
      return followed(words.cancelUnusable, causeText(question));
    default:
      return null;
  }
}

/** In our words and codes, which the developers know; a name of a field as words. */
function causeText({ cause }: CaseQuestion): Text | null {
  if (cause == null) return null;
  const said = cause.replaceAll(/(?<=[a-z])_(?=[a-z])/g, ' ');
  return { ko: `마지막 원인(개발팀 참고): ${said}.`, en: `The latest cause, for the developers: ${said}.` };
}

function codeWords({ code, pgCode, pg, cause }: CaseQuestion): CaseWords {
  if (cause === 'unreadable_code') return words.unreadableCode;
  if (code === null) return words.noCode;
  const row = errorRow(code);
  if (row === null) return words.unlisted(bothCodes(code, pgCode));
  // A PG's code explains a refusal; it never softens "outcome unknown".
  const fromPg = row.definite ? pgErrorRow(pg, pgCode) : null;
  if (fromPg !== null) return wordsOf(fromPg);
  // The page's own sample: whichever PG it was, with this pair the window had closed.
  if (code === 'RC_CANCEL_FAILED' && pgCode === '8104') return words.windowClosed;
  return followed(wordsOf(row), pgCode === null ? null : foreignPgCode(pgCode));
}

/** Of a row its words alone. */
function wordsOf({ why, toDo, advice }: CaseWords): CaseWords {
  return { why, toDo, advice };
}

/** By the rule; the other rules are facts for which Bootpay has a code. */
function policyWords(question: CaseQuestion): CaseWords {
  const { rule = null } = question;
  switch (rule) {
    case 'foreign_currency':
      return words.foreignCurrency;
    case 'nothing_paid':
      return words.nothingPaid;
    case 'window_closed':
      return words.bootpayWindowClosed;
    case 'method_cannot_partial':
      return words.methodCannotPartial;
    case 'account_missing':
      return words.accountMissing;
    case 'not_paid':
    case 'nothing_left':
    case 'over_remaining':
    case 'tax_free_over':
    case 'look_up_unusable':
    case 'cancel_unusable':
    case 'data_key_missing':
    case null:
      return borrowedWords(question);
    default:
      return assertNever(rule);
  }
}

/** Cases of an earlier version, which borrowed Bootpay's codes for reasons of its own, and those whose code says it. */
function borrowedWords(question: CaseQuestion): CaseWords {
  switch (question.code) {
    case 'RC_CANCEL_FAILED':
      return words.bootpayWindowClosed;
    case 'RC_PM_P_CANCEL_NOT_SUPPORT':
      return words.methodCannotPartial;
    case 'RC_PM_CANCEL_NOT_SUPPORT':
      return words.foreignCurrency;
    case 'RC_CANCEL_SERVER_ERROR':
      return words.accountMissing;
    case 'RC_NOT_ABLE_CANCEL':
      return notPaid(question.status ?? null);
    default:
      return codeWords(question);
  }
}

function notPaid(status: number | null): CaseWords {
  const row = errorRow('RC_NOT_ABLE_CANCEL');
  if (status === 5 || row === null) return words.unpaidAccount;
  return status === null ? followed(words.unpaidAccount, row.advice) : wordsOf(row);
}

/** The advice goes on. */
function followed(known: CaseWords, more: Text | null): CaseWords {
  return more === null ? known : { ...known, advice: joined(known.advice, more) };
}

function joined(first: Text, second: Text): Text {
  return { ko: `${first.ko} ${second.ko}`, en: `${first.en} ${second.en}` };
}

function shown(code: string): string {
  return code.length > 60 ? `${code.slice(0, 59)}…` : code;
}

function bothCodes(code: string, pgCode: string | null): string {
  return pgCode === null ? shown(code) : `${shown(code)} (PG ${shown(pgCode)})`;
}

function foreignPgCode(pgCode: string): Text {
  return {
    ko: `PG 코드 ${shown(pgCode)}의 뜻은 PG에 확인해 주세요.`,
    en: `Ask the PG what its code ${shown(pgCode)} means.`,
  };
}
