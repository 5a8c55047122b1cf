// `dead-letters replay ID`: a person sends one case back into the queue, as it is or edited.
import { wholeNumber } from '../../../config/limits.ts';
import { ConfigError } from '../../../domain/errors.ts';
import { defineCommand } from '../../command.ts';
import { won } from '../../limits.ts';
import { flag, optional } from '../../options.ts';
import { readConfigWithRedis, withSystem } from '../../settings.ts';
import { json, verdict } from '../../shared-options.ts';
import { sayVerdict } from '../../verdict.ts';
import { caseArgument } from './show.ts';

export const version = optional(
  '--version <n>',
  {
    en: 'Act only if the case still has this version.',
    ko: '이 버전일 때만 처리해요.',
  },
  wholeNumber(1, 1_000_000_000),
);

export const replay = defineCommand({
  name: 'replay',
  says: {
    en: 'Try one case again; the worker looks up before it sends anything.',
    ko: '한 건을 다시 시도해요. 작업자가 먼저 조회한 뒤에 보내요.',
  },
  arguments: { id: caseArgument },
  options: {
    ...verdict,
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
    return withSystem(io, await readConfigWithRedis(io), async ({ deadLetters }) => {
      const edits = {
        ...(amount !== undefined && { amountWon: amount }),
        ...(taxFree !== undefined && { taxFreeWon: taxFree }),
        ...(full && { full }),
      };
      const how = { newGeneration, acknowledge, edits };
      const reviewed = await deadLetters.replay(id, { who, reason, version: seen ?? null, ...how });
      return sayVerdict(io, { id, reviewed, json: input.json });
    });
  },
});
