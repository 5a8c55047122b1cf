// `dead-letters`: listing, showing, replaying and resolving cases. Replaying many has a file of its own.
import { wholeNumber } from '../../config/limits.ts';
import { ConfigError } from '../../domain/errors.ts';
import { defineCommand, defineGroup } from '../command.ts';
import { anyText, refundId, resolveOutcome, won } from '../limits.ts';
import { argument, byPerson, flag, json, optional, required } from '../options.ts';
import { withSystem } from '../settings.ts';
import { limit } from './list.ts';
import { filterOf, filterOptions, replayMany } from './replay-many.ts';
import { showRefund } from './status.ts';

const caseArgument = argument(
  '<refund_id>',
  { en: 'As dead-letters list shows it.', ko: 'dead-letters list에 나오는 ID.' },
  refundId,
);

const version = optional(
  '--version <n>',
  { en: 'Act only if the case still has this version.', ko: '이 버전일 때만 처리해요.' },
  wholeNumber(1, 1_000_000_000),
);

const list = defineCommand({
  name: 'list',
  description: { en: 'List the cases with what to do.', ko: '검토할 건과 조치 방법을 보여줘요.' },
  options: { ...filterOptions, limit, json },
  examples: ['dead-letters list --code RC_CANCEL_PRICE_OVER', 'dead-letters list --older-than 2h --json'],
  async run(io, input) {
    const { printCases } = await import('../print/list.ts');
    return withSystem(io, async ({ deadLetters }) => {
      const { items } = await deadLetters.list({ filter: filterOf(input), limit: input.limit ?? 100 });
      await printCases(io, items, input);
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
    full: flag('--full', { en: 'Cancel whatever is left instead.', ko: '남은 금액 전부 취소로 바꿔요.' }),
    newGeneration: flag('--new-generation', {
      en: 'Use a new cancel_id.',
      ko: '새 cancel_id를 써요.',
    }),
    acknowledge: flag('--acknowledge', {
      en: 'You have checked that nothing was paid yet.',
      ko: '아직 환불되지 않았음을 직접 확인했어요.',
    }),
    version,
    json,
  },
  examples: [
    'dead-letters replay rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "남은 금액만 환불" --amount 30000 --tax-free 0',
    'dead-letters replay rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "전액으로 합의" --full',
  ],
  async run(io, input) {
    const { id, amount, taxFree, full, version: seen, as: who, reason, newGeneration, acknowledge } = input;
    if (full && amount !== undefined)
      throw new ConfigError(['--full, --amount: expected one of them (둘 중 하나만 필요), got both']);
    const { printReviewResult } = await import('../print/review-result.ts');
    return withSystem(io, async ({ deadLetters }) => {
      const edits = {
        ...(amount !== undefined && { amountWon: amount }),
        ...(taxFree !== undefined && { taxFreeWon: taxFree }),
        ...(full && { full }),
      };
      const how = { newGeneration, acknowledge, edits };
      const reviewed = await deadLetters.replay(id, { who, reason, version: seen ?? null, ...how });
      return printReviewResult(io, reviewed, input);
    });
  },
});

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
        en: 'refunded_by_hand, already_refunded or not_to_be_refunded.',
        ko: '직접 환불, 이미 환불됨, 환불하지 않음 중 하나.',
      },
      resolveOutcome,
    ),
    evidence: optional(
      '--evidence <text>',
      { en: 'What proves it, such as a transfer number.', ko: '근거 (예: 이체 번호).' },
      anyText(2_000),
    ),
    acknowledge: flag('--acknowledge', {
      en: 'You know what the look-up shows, and decide all the same.',
      ko: '조회 결과를 알고 있으며 그래도 종결해요.',
    }),
    version,
    json,
  },
  examples: [
    'dead-letters resolve rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --reason "취소 기간 경과" --outcome refunded_by_hand --evidence "국민은행 이체 1029"',
  ],
  async run(io, input) {
    const { id, as: who, reason, version: seen = null, outcome, evidence = null, acknowledge } = input;
    const { printReviewResult } = await import('../print/review-result.ts');
    return withSystem(io, async ({ deadLetters }) => {
      const request = { who, reason, version: seen, outcome, evidence, acknowledge };
      return printReviewResult(io, await deadLetters.resolve(id, request), input);
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
  commands: [list, show, replay, resolve, replayMany],
});
