// Every text that a clerk may read, in desk, commands and answers: both languages, and no word of the API.
import { describe, expect, test } from 'vitest';
import { meanings } from '../../src/cli/print/findings.ts';
import type { Text } from '../../src/domain/problem.ts';
import { caseRules, deadLetterCases } from '../../src/domain/refund.ts';
import { stateSchema } from '../../src/domain/states.ts';
import { wordsFor } from '../../src/policies/case-advice.ts';
import { type CaseWords, noCode } from '../../src/policies/case-words.ts';
import { errorTable } from '../../src/policies/error-table.ts';
import { bootpayNames, methodPolicies } from '../../src/policies/method-policies.ts';
import { pgErrorTable } from '../../src/policies/pg-error-table.ts';
import { stateWords } from '../../src/policies/state-words.ts';
import { type WaitingFor, waitingForText } from '../../src/policies/waiting-for.ts';
import { movedText, refusalText, unreadWords } from '../../src/review/case-text.ts';
import type { ReviewRefusal } from '../../src/review/ports.ts';
import { purgedText } from '../../src/review/read-record.ts';
import { receiptWith } from '../policies/receipts.ts';
import { unread } from '../policies/unread.ts';

/** Of fields, actions and variables; a code of Bootpay's may be quoted. */
const names = /[a-z]+_[a-z_]+|\b(?!RC_)[A-Z]+_[A-Z_]+/;
const words =
  /\b(acknowledg\w*|resolv\w*|replay\w*|generations?|lane|dead letters?|null|true|false|undefined)\b|재처리|데드 ?레터/i;

/** Of this rule the cause is the id of a key, chosen by whoever made it. */
const keyMissing = { case: 'deadline_passed', rule: 'data_key_missing', cause: 'local-1' } as const;
const otherRules = caseRules.filter((rule) => rule !== keyMissing.rule);

const cases: readonly CaseWords[] = deadLetterCases.flatMap((name) =>
  [null, ...otherRules].flatMap((rule) =>
    [null, 'X9', ...errorTable.map((row) => row.name)].flatMap((code) => [
      wordsFor({ case: name, rule, code, pgCode: null, pg: null, status: 5 }),
      wordsFor({
        case: name,
        rule,
        code,
        pgCode: '4711',
        pg: 'kcp',
        cause: 'incomplete: cancelled_price is text',
      }),
      wordsFor({ case: name, rule, code, pgCode: null, pg: null, cause: 'unreadable_code' }),
    ]),
  ),
);
const unreadable = [unread(), unread({ sent: true }), unread({ unread: 'newer' })].map(unreadWords);

const shown = receiptWith();
const refusals: Readonly<Record<ReviewRefusal['rule'], readonly ReviewRefusal[]>> = {
  settle_window: [{ rule: 'settle_window', notBefore: 0 }],
  landed: [{ rule: 'landed' }],
  growth: [{ rule: 'growth' }],
  newer_version: [{ rule: 'newer_version' }],
  over_remaining: [{ rule: 'over_remaining', field: 'cancel_price', remainingWon: 6_000 }],
  tax_free_over: [{ rule: 'tax_free_over', field: 'cancel_tax_free', amountWon: 100, taxFreeWon: 250 }],
  new_generation: [{ rule: 'new_generation', shown }],
  acknowledge: [{ rule: 'acknowledge', shown }],
  unreadable: [
    { rule: 'unreadable', resolves: null },
    { rule: 'unreadable', resolves: unread() },
  ],
  no_data_key: [{ rule: 'no_data_key' }],
  no_look_up: [{ rule: 'no_look_up' }],
  stale_look_up: [{ rule: 'stale_look_up', highestWon: 7_000 }],
  approval: [{ rule: 'approval', thresholdWon: 1_000_000 }],
  approval_login: [{ rule: 'approval_login', thresholdWon: 1_000_000 }],
  no_second_person: [{ rule: 'no_second_person', thresholdWon: 1_000_000 }],
  approval_open: [{ rule: 'approval_open', who: 'kim', at: 0 }],
  own_approval: [{ rule: 'own_approval' }],
  not_approver: [{ rule: 'not_approver' }],
  approval_gone: [{ rule: 'approval_gone' }],
  approval_changed: [{ rule: 'approval_changed' }],
  approval_over: [{ rule: 'approval_over', until: 0 }],
};
const kinds: Readonly<Record<WaitingFor['kind'], string | null>> = {
  ...{ worker: null, credentials: null, lane: null, retry: null, look_up: null, answer: null },
  ...{ breaker: null, throttle: null, rate_limit: null, receipt: 'R1', data_key: 'local-1' },
};
const waits = Object.entries(kinds).map(([kind, by]) => ({
  kind: kind as WaitingFor['kind'],
  by,
  until: null,
}));
const rows = [...errorTable, ...pgErrorTable];
const keyWords = wordsFor({ ...keyMissing, code: null, pgCode: null, pg: null });
const said = [...cases, keyWords, ...rows, ...unreadable];
const move = { kind: 'moved', version: 3, by: 'kim', at: 0 } as const;

const short = said.flatMap(({ why, toDo }) => [why, toDo]);
const whole: readonly Text[] = [
  ...said.map(({ advice }) => advice),
  ...rows.map(({ meaning }) => meaning),
  ...Object.values(refusals).flat().map(refusalText),
  ...stateSchema.options.map(purgedText),
  ...stateSchema.options.map((state) => movedText({ ...move, state })),
  ...Object.values(methodPolicies).map(({ notes }) => notes),
  ...Object.values(meanings).flatMap(({ advice }) => (advice === null ? [] : [advice])),
];
const phrases = [...short, ...waits.map(waitingForText), ...Object.values(stateWords)];

describe.each([
  ['short words and phrases', phrases],
  ['sentences', whole],
])('all %s', (_, texts) => {
  const english = [...new Set(texts.map(({ en }) => en))];
  const korean = [...new Set(texts.map(({ ko }) => ko))];

  test('are there in both languages', () => {
    expect(korean.filter((text) => !/[가-힣]/.test(text))).toEqual([]);
    expect(english.filter((text) => !/[a-z]/.test(text) || /[가-힣]/.test(text))).toEqual([]);
  });

  test('speak without the words of the API', () => {
    expect([...korean, ...english].filter((text) => names.test(text) || words.test(text))).toEqual([]);
  });
});

test('a headline is a short clause in polite Korean, and so is no sentence', () => {
  const tooLong = said.filter(({ why }) => why.ko.length > 30 || why.en.length > 50);
  expect(tooLong.map(({ why }) => why)).toEqual([]);
  expect(said.filter(({ why }) => !/요$/u.test(why.ko)).map(({ why }) => why)).toEqual([]);
  expect(short.filter(({ ko, en }) => /\.$/.test(ko + en))).toEqual([]);
});

test.each(otherRules)('the rule %s has words, its own or those of its code', (rule) => {
  const code = Object.entries(bootpayNames).find(([name]) => name === rule)?.[1] ?? null;
  const nothing = { rule, code, pgCode: null, pg: null };
  const told = (['policy_refused', 'bootpay_refused'] as const).map((name) =>
    wordsFor({ ...nothing, case: name }),
  );
  expect(told.some(({ why }) => why !== noCode.why)).toBe(true);
});

test('a key that was missing has words of its own, with its id', () => {
  expect(keyWords.advice.ko).toContain('local-1');
  expect(keyWords.advice.en).toContain('local-1');
});
