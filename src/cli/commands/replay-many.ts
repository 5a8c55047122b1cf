// `dead-letters replay-many`: many cases at once, by filter, at a rate; Ctrl-C stops it after the case in hand.
import { wholeNumber } from '../../config/limits.ts';
import { ConfigError } from '../../domain/errors.ts';
import type { BulkFilter, BulkResult } from '../../review/ports.ts';
import { defineCommand, type ExitCode, interruptible } from '../command.ts';
import type { Io } from '../io.ts';
import { anyText, code, deadLetterCase, duration, orderId } from '../limits.ts';
import { flag, json, optional, type ValuesOf } from '../options.ts';
import { numberText, wonText } from '../print/words.ts';
import { withSystem } from '../settings.ts';

const defaultPerMinute = 60;

/** Shared with `list`. */
export const filterOptions = {
  case: optional('--case <case>', { en: 'Only this kind of case.', ko: '이 종류만.' }, deadLetterCase),
  code: optional('--code <code>', { en: 'Only with this Bootpay code.', ko: '이 부트페이 코드만.' }, code),
  orderId: optional('--order-id <id>', { en: 'Only of this order.', ko: '이 주문의 건만.' }, orderId),
  olderThan: optional(
    '--older-than <time>',
    { en: 'Only cases that have waited at least so long, such as 30m.', ko: '이만큼 기다린 건만 (예: 30m).' },
    duration,
  ),
};

export function filterOf(input: ValuesOf<typeof filterOptions>): BulkFilter {
  return { case: input.case, code: input.code, orderId: input.orderId, olderThanMs: input.olderThan };
}

const options = {
  ...filterOptions,
  reason: optional(
    '--reason <text>',
    { en: 'Why; recorded (required without --dry-run).', ko: '이유 (--dry-run이 아니면 필수).' },
    anyText(1_000),
  ),
  as: optional(
    '--as <name>',
    {
      en: 'Who you are; recorded (required without --dry-run).',
      ko: '처리하는 사람 (--dry-run이 아니면 필수).',
    },
    anyText(100),
  ),
  dryRun: flag('--dry-run', {
    en: 'Only ask Bootpay and show what would happen (up to 200 cases are asked for).',
    ko: '부트페이에 조회해 결과를 보여주기만 해요 (최대 200건 조회).',
  }),
  perMinute: optional(
    '--per-minute <count>',
    {
      en: `Replays per minute; ${defaultPerMinute} when absent.`,
      ko: `분당 건수. 생략하면 ${defaultPerMinute}.`,
    },
    wholeNumber(1, 60_000),
  ),
  json,
};

export const replayMany = defineCommand({
  name: 'replay-many',
  description: {
    en: 'Replay many cases; those that need an acknowledgement are skipped.',
    ko: '여러 건을 한꺼번에 재처리해요. 직접 확인이 필요한 건은 건너뛰어요.',
  },
  options,
  examples: [
    'dead-letters replay-many --code RC_CANCEL_SERVER_ERROR --dry-run',
    'dead-letters replay-many --case retries_exhausted --older-than 1h --as 김민지 --reason "PG 장애 복구"',
  ],
  async run(io, input) {
    const { dryRun, perMinute = defaultPerMinute } = input;
    const { who, reason } = signed(input);
    return withSystem(io, ({ deadLetters }) =>
      interruptible((signal) => {
        const request = { filter: filterOf(input), who, reason, dryRun, perMinute };
        return printEach(io, deadLetters.replayMany(request, signal), input);
      }),
    );
  },
});

/** A dry run changes nothing, so it needs no name and no reason. */
function signed(input: { reason: string | undefined; as: string | undefined; dryRun: boolean }) {
  const { as: who = null, reason = null, dryRun } = input;
  const problems = Object.entries({ '--reason': reason, '--as': who }).flatMap(([name, value]) =>
    value === null && !dryRun ? [`${name}: expected some text (비어 있지 않은 글 필요), got nothing`] : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return { who: who ?? 'dry run', reason: reason ?? 'dry run' };
}

async function printEach(
  io: Io,
  results: AsyncIterable<BulkResult>,
  { json: asJson }: { readonly json: boolean },
): Promise<ExitCode> {
  const groups = new Map<string, { count: number; won: number | null }>();
  let failed = false;
  for await (const { refundId, result, rule, amountWon } of results) {
    const name = `${words[result]}${rule === null ? '' : ` (${rule})`}`;
    const { count, won } = groups.get(name) ?? { count: 0, won: null };
    groups.set(name, { count: count + 1, won: amountWon === null ? won : (won ?? 0) + amountWon });
    failed ||= result === 'refused' || result === 'moved';
    const line = { refund_id: refundId, result, rule, amount: amountWon };
    const amount = amountWon === null ? '' : `  ${wonText(amountWon)}`;
    await io.out(asJson ? JSON.stringify(line) : `${refundId}  ${name}${amount}`);
  }
  if (groups.size === 0) io.note('No case fits. 해당하는 건이 없어요.');
  for (const [name, { count, won }] of groups) {
    io.note(`${numberText(count)}  ${name}${won === null ? '' : `  ${wonText(won)}`}`);
  }
  return failed ? 1 : 0;
}

const words: Readonly<Record<BulkResult['result'], string>> = {
  replayed: 'replayed 재처리함',
  skipped: 'left to a person 사람이 확인할 건',
  moved: 'changed meanwhile 그 사이 바뀜',
  refused: 'refused 거절됨',
  would_send: 'would be sent 환불 예정',
  already_refunded: 'already refunded 이미 환불됨',
  would_be_refused: 'would be refused 거절될 건',
  needs_person: 'needs a person 사람 확인 필요',
  not_asked: 'not asked 조회하지 않음',
};
