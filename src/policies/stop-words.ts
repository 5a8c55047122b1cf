// Why a refund stopped, once the case itself is over: its line of history keeps the kind of case and the reason as the
// decision wrote it, and the attempts keep the codes. Told in the words that the page had while the case was open.
import {
  type CaseRule,
  type DeadLetterCase,
  deadLetterCases,
  type HistoryEntry,
  type Refund,
} from '../domain/refund.ts';
import { type CaseQuestion, wordsFor } from './case-advice.ts';
import type { ShortWords } from './case-words.ts';
import { bootpayNames } from './method-policies.ts';

type Stop = Pick<HistoryEntry, 'at' | 'reason'>;
type StoppedRefund = Pick<Refund, 'attempts' | 'lastLookUp'>;

/** null: the line does not say it. */
export function stopWords({ at, reason }: Stop, refund: StoppedRefund | null): ShortWords | null {
  const [, said, why = ''] = /^(\w+): (.*)$/s.exec(reason ?? '') ?? [];
  const name = deadLetterCases.find((one) => one === said);
  if (name === undefined) return null;
  const known = knownOf(name, why, refund === null ? null : answerBefore(refund, at));
  if (known === null) return null;
  const status = /^status (-?\d+)/.exec(why)?.[1];
  return wordsFor({
    ...{ case: name, pg: refund?.lastLookUp?.receipt.pg ?? null, ...known },
    status: status === undefined ? null : Number(status),
  });
}

type Known = Pick<CaseQuestion, 'code' | 'pgCode' | 'rule' | 'cause'>;
type Answer = Pick<Known, 'code' | 'pgCode'>;

/** null: what is told of such a case depends on more than the line says. */
function knownOf(name: DeadLetterCase, why: string, answer: Answer | null): Known | null {
  const nothing = { code: null, pgCode: null };
  const rule = rules.find(([pattern]) => pattern.test(why))?.[1] ?? null;
  switch (name) {
    case 'policy_refused':
      return rule === null ? null : { ...nothing, rule, code: nameOf(rule) };
    case 'bootpay_refused':
      return rule === null ? refusedAs(why, answer) : { ...nothing, rule };
    default:
      return nothing;
  }
}

function refusedAs(why: string, answer: Answer | null): Known | null {
  const said = why.replace(/^late reply to attempt \d+: /, '');
  if (said === 'unreadable_code') return { code: null, pgCode: null, cause: said };
  const code = codes.get(said) ?? (/^[A-Z][A-Z\d_]*$/.test(said) ? said : null);
  if (code === null) return said === 'refused, and the money did not go back' ? answer : null;
  return { code, pgCode: answer?.code === code ? answer.pgCode : null };
}

/** The latest answer by then. */
function answerBefore({ attempts }: StoppedRefund, at: number): Answer | null {
  return attempts.findLast(({ outcome }) => outcome !== null && outcome.at <= at)?.outcome ?? null;
}

function nameOf(rule: CaseRule): string | null {
  return Object.entries(bootpayNames).find(([name]) => name === rule)?.[1] ?? null;
}

/** As `policyRefusal` and the decisions word them. */
const rules: readonly (readonly [RegExp, CaseRule])[] = [
  [/^the currency is /, 'foreign_currency'],
  [/^status -?\d+/, 'not_paid'],
  [/^the price is 0/, 'nothing_paid'],
  [/^nothing is left/, 'nothing_left'],
  [/^\d+ won asked/, 'over_remaining'],
  [/^\d+ won tax-free asked/, 'tax_free_over'],
  [/^Bootpay's cancel window/, 'window_closed'],
  [/ cannot be cancelled in part$/, 'method_cannot_partial'],
  [/ needs a refund account/, 'account_missing'],
  [/^look-ups are answered with nothing that can be used/, 'look_up_unusable'],
  [/^calls of the cancel are answered without a code/, 'cancel_unusable'],
];

const codes = new Map([
  ['no such receipt', 'RC_NOT_FOUND'],
  ['the receipt belongs to another project', 'TOKEN_KEY_INVALID'],
]);
