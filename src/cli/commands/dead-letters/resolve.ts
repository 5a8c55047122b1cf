// `dead-letters resolve ID`: a person closes one case.
import { defineCommand } from '../../command.ts';
import { anyText, resolveOutcome } from '../../limits.ts';
import { flag, optional, required } from '../../options.ts';
import { readConfigWithRedis, withSystem } from '../../settings.ts';
import { json, verdict } from '../../shared-options.ts';
import { sayVerdict } from '../../verdict.ts';
import { version } from './replay.ts';
import { caseArgument } from './show.ts';

export const resolve = defineCommand({
  name: 'resolve',
  says: {
    en: 'Close one case; Bootpay is asked first.',
    ko: '한 건을 종결해요. 먼저 부트페이를 조회해요.',
  },
  arguments: { id: caseArgument },
  options: {
    ...verdict,
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
    return withSystem(io, await readConfigWithRedis(io), async ({ deadLetters }) => {
      const request = { who, reason, version: seen, outcome, evidence, acknowledge };
      return sayVerdict(io, { id, reviewed: await deadLetters.resolve(id, request), json: input.json });
    });
  },
});
