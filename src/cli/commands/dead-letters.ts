// `dead-letters`: listing, showing, replaying and resolving cases. Replaying many has a file of its own.
import { oneOf, wholeNumber } from '../../config/limits.ts';
import { problemOf } from '../../config/values.ts';
import { caseSorts } from '../../domain/case-query.ts';
import { ConfigError } from '../../domain/errors.ts';
import { accountExpectations, type RefundAccount, refundAccountSchema } from '../../domain/event.ts';
import { groupings } from '../../review/ports.ts';
import { defineCommand, defineGroup } from '../command.ts';
import { anyText, cancelMessage, groupName, resolveOutcome, won } from '../limits.ts';
import { byPerson, caseArgument, flag, json, optional, required } from '../options.ts';
import { readPages } from '../pages.ts';
import { provenIfNeeded } from '../prove.ts';
import { withSystem } from '../settings.ts';
import { approvals } from './approvals.ts';
import { assign, note } from './beside.ts';
import { bulk } from './bulk.ts';
import { limit } from './list.ts';
import { filterOf, filterOptions, replayMany } from './replay-many.ts';
import { showRefund } from './status.ts';

const version = optional(
  '--version <n>',
  { en: 'Act only if the case still has this version.', ko: '이 버전일 때만 처리해요.' },
  wholeNumber(1, 1_000_000_000),
);

const list = defineCommand({
  name: 'list',
  description: { en: 'List the cases with what to do.', ko: '검토할 건과 조치 방법을 보여줘요.' },
  options: {
    ...filterOptions,
    groupBy: optional(
      '--group-by <field>',
      {
        en: 'Count the cases by case, code, pg_error_code, severity, order_id or receipt_id.',
        ko: 'case, code, pg_error_code, severity, order_id, receipt_id별로 건수를 세요.',
      },
      groupName,
    ),
    assigned: optional(
      '--assigned <name>',
      { en: 'Only those of this person.', ko: '이 사람이 맡은 건만.' },
      anyText(60),
    ),
    sort: optional(
      '--sort <order>',
      {
        en: 'By refund_by (due), amount or age; due when absent.',
        ko: '법정 기한(due), 금액(amount), 기다린 시간(age) 순. 생략하면 due.',
      },
      oneOf(caseSorts),
    ),
    limit,
    json,
  },
  examples: [
    'dead-letters list --code RC_CANCEL_PRICE_OVER',
    'dead-letters list --group-by code',
    'dead-letters list --older-than 2h --json',
  ],
  async run(io, input) {
    const { printCases, printGroups } = await import('../print/list.ts');
    const filter = { ...filterOf(input), assignedTo: input.assigned };
    return withSystem(io, async ({ deadLetters, caseBeside }) => {
      if (input.groupBy === undefined) {
        const { sort = 'due', limit: most = 100 } = input;
        const cases = await readPages(most, async (page) => {
          const { items: read, nextCursor } = await deadLetters.list({ filter, sort, ...page });
          return { read, nextCursor };
        });
        const on = await caseBeside.onCases(cases);
        await printCases(io, { cases, on, totals: await deadLetters.totals(filter), sort }, input);
      } else {
        const groups = await deadLetters.group({ filter, by: groupings[input.groupBy] });
        await printGroups(io, groups, { by: input.groupBy, json: input.json });
      }
      return 0;
    });
  },
});

const show = defineCommand({
  name: 'show',
  description: { en: 'Show one case.', ko: '한 건을 자세히 보여줘요.' },
  arguments: { id: caseArgument },
  options: { json },
  examples: ['dead-letters show rf_abcdefghijklmnopqrstuvwxyz'],
  async run(io, input) {
    return withSystem(io, (system) => showRefund(io, system, input));
  },
});

const replay = defineCommand({
  name: 'replay',
  description: {
    en: 'Try one case again; the worker looks up before it sends anything.',
    ko: '한 건을 다시 시도해요. 작업자가 먼저 조회한 뒤에 보내요.',
  },
  arguments: { id: caseArgument },
  options: {
    ...byPerson,
    amount: optional('--amount <won>', { en: 'Cancel this amount instead.', ko: '취소 금액을 바꿔요.' }, won),
    taxFree: optional(
      '--tax-free <won>',
      { en: 'Of the amount, so much is tax-free.', ko: '취소 금액 중 면세 금액을 바꿔요.' },
      wholeNumber(0, 1_000_000_000_000),
    ),
    message: optional(
      '--message <text>',
      { en: 'The reason that Bootpay is told, instead.', ko: '부트페이에 보내는 사유를 바꿔요.' },
      cancelMessage,
    ),
    bankCode: optional(
      '--bank-code <code>',
      { en: 'Refund account: bank.', ko: '환불 계좌의 은행 코드.' },
      anyText(10),
    ),
    bankAccount: optional(
      '--bank-account <number>',
      { en: 'Refund account: number.', ko: '환불 계좌 번호.' },
      anyText(60),
    ),
    bankUsername: optional(
      '--bank-username <name>',
      { en: 'Refund account: holder.', ko: '환불 계좌의 예금주.' },
      anyText(200),
    ),
    full: flag('--full', { en: 'Cancel whatever is left instead.', ko: '남은 금액 전부 취소로 바꿔요.' }),
    newGeneration: flag('--new-generation', {
      en: 'Use a new cancel number (cancel_id).',
      ko: '새 취소 번호(cancel_id)를 써요.',
    }),
    acknowledge: flag('--acknowledge', {
      en: 'Confirm that you checked: nothing was paid yet.',
      ko: '확인했어요: 아직 환불되지 않았음을 직접 확인했어요.',
    }),
    version,
    json,
  },
  examples: [
    'dead-letters replay rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "남은 금액만 환불" --amount 30000 --tax-free 0',
    'dead-letters replay rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "전액으로 합의" --full',
    'dead-letters replay rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "계좌 확인" --bank-code 088 --bank-account 110-123-456789 --bank-username 홍길동',
  ],
  async run(io, input) {
    const { id, amount, taxFree, full, version: seen, as: who, reason, newGeneration, acknowledge } = input;
    if (full && amount !== undefined)
      throw new ConfigError(['--full, --amount: expected one of them (둘 중 하나만 필요), got both']);
    const account = accountOf(input);
    const { printReviewResult } = await import('../print/review-result.ts');
    return withSystem(io, async ({ deadLetters, config: { operators } }) => {
      const edits = {
        ...(account !== undefined && { account }),
        ...(input.message !== undefined && { message: input.message }),
        ...(amount !== undefined && { amountWon: amount }),
        ...(taxFree !== undefined && { taxFreeWon: taxFree }),
        ...(full && { full }),
      };
      const how = { newGeneration, acknowledge, edits };
      const request = { who, via: 'cli' as const, reason, version: seen ?? null, ...how };
      const reviewed = await provenIfNeeded(io, { who, operators }, (proven) =>
        deadLetters.replay(id, { ...request, proven }),
      );
      return printReviewResult(io, reviewed, input);
    });
  },
});

/** All three parts or none. @throws ConfigError that names the wrong ones, and echoes nothing. */
function accountOf(input: {
  readonly bankCode: string | undefined;
  readonly bankAccount: string | undefined;
  readonly bankUsername: string | undefined;
}): RefundAccount | undefined {
  const { bankCode: bank_code, bankAccount: bank_account, bankUsername: bank_username } = input;
  const given = { bank_code, bank_account, bank_username };
  if (Object.values(given).every((part) => part === undefined)) return undefined;
  const parsed = refundAccountSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path }) => path[0]));
  throw new ConfigError(
    Object.entries(accountExpectations).flatMap(([part, expected]) =>
      wrong.has(part)
        ? [problemOf(`--${part.replace('_', '-')}`, expected, 'another value (hidden) or nothing')]
        : [],
    ),
  );
}

const resolve = defineCommand({
  name: 'resolve',
  description: {
    en: 'Close one case; Bootpay is asked first.',
    ko: '한 건을 종결해요. 먼저 부트페이를 조회해요.',
  },
  arguments: { id: caseArgument },
  options: {
    ...byPerson,
    outcome: required(
      '--outcome <outcome>',
      {
        en: 'refunded_by_hand ("refunded by hand"), already_refunded ("already refunded") or not_to_be_refunded ("not to be refunded").',
        ko: 'refunded_by_hand(직접 환불했어요), already_refunded(이미 환불됐어요), not_to_be_refunded(환불하지 않아요) 중 하나.',
      },
      resolveOutcome,
    ),
    amount: optional(
      '--amount <won>',
      {
        en: 'What you sent, with refunded_by_hand.',
        ko: '직접 보낸 금액 (refunded_by_hand일 때).',
      },
      won,
    ),
    evidence: optional(
      '--evidence <text>',
      { en: 'What proves it, such as a transfer number.', ko: '근거 (예: 이체 번호).' },
      anyText(2_000),
    ),
    acknowledge: flag('--acknowledge', {
      en: 'Confirm that you checked: you know what the look-up shows, and decide all the same.',
      ko: '확인했어요: 조회 결과를 알고 있으며 그래도 종결해요.',
    }),
    version,
    json,
  },
  examples: [
    'dead-letters resolve rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "취소 기간 경과" --outcome refunded_by_hand --amount 30000 --evidence "국민은행 이체 1029"',
  ],
  async run(io, input) {
    const { id, as: who, reason, version, outcome, amount, evidence = null, acknowledge } = input;
    if (amount !== undefined && outcome !== 'refunded_by_hand')
      throw new ConfigError(['--amount: expected only with --outcome refunded_by_hand (직접 환불했을 때만)']);
    const { printReviewResult } = await import('../print/review-result.ts');
    return withSystem(io, async ({ deadLetters, config: { operators } }) => {
      const what = { outcome, amountWon: amount, evidence, acknowledge };
      const request = { who, via: 'cli' as const, reason, version: version ?? null, ...what };
      const reviewed = await provenIfNeeded(io, { who, operators }, (proven) =>
        deadLetters.resolve(id, { ...request, proven }),
      );
      return printReviewResult(io, reviewed, input);
    });
  },
});

export const deadLetters = defineGroup({
  name: 'dead-letters',
  description: {
    en: 'Review refunds that wait for a person.',
    ko: '사람의 판단을 기다리는 환불을 검토해요.',
  },
  examples: ['dead-letters list', 'dead-letters show rf_abcdefghijklmnopqrstuvwxyz'],
  commands: [list, show, replay, resolve, replayMany, bulk, note, assign, approvals],
});
