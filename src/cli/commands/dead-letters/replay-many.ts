// `dead-letters replay-many`: many cases at once, by filter, at a rate; Ctrl-C stops it after the case in hand.
import { wholeNumber } from '../../../config/limits.ts';
import { ConfigError } from '../../../domain/errors.ts';
import type { BulkResult } from '../../../review/ports.ts';
import { onShutdown } from '../../../shutdown.ts';
import { defineCommand, type ExitCode } from '../../command.ts';
import type { Io } from '../../io.ts';
import { anyText } from '../../limits.ts';
import { flag, optional } from '../../options.ts';
import { readConfigWithRedis, withSystem } from '../../settings.ts';
import { json } from '../../shared-options.ts';
import { filterOf, filterOptions } from './filter.ts';

const interrupted = 130;
const defaultPerMinute = 60;

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
  dryRun: flag('--dry-run', { en: 'Only show what would happen.', ko: '실행하지 않고 보여주기만 해요.' }),
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
  says: {
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
    return withSystem(io, await readConfigWithRedis(io), async ({ deadLetters }) => {
      const stopping = new AbortController();
      const off = onShutdown(async () => stopping.abort(), { exit: () => undefined });
      try {
        const request = { filter: filterOf(input), who, reason, dryRun, perMinute };
        const failed = await sayEach(io, deadLetters.replayMany(request, stopping.signal), input);
        return stopping.signal.aborted ? interrupted : failed;
      } finally {
        off();
      }
    });
  },
});

/** Looking at what would happen acts on nothing, so it needs no name. */
function signed(input: { reason: string | undefined; as: string | undefined; dryRun: boolean }) {
  const { as: who = null, reason = null, dryRun } = input;
  const problems = Object.entries({ '--reason': reason, '--as': who }).flatMap(([name, value]) =>
    value === null && !dryRun ? [`${name}: expected some text (비어 있지 않은 글 필요), got nothing`] : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return { who: who ?? 'dry run', reason: reason ?? 'dry run' };
}

async function sayEach(
  io: Io,
  results: AsyncIterable<BulkResult>,
  { json: asJson }: { readonly json: boolean },
): Promise<ExitCode> {
  const counts: Record<BulkResult['result'], number> = {
    ...{ replayed: 0, would_replay: 0, skipped: 0 },
    ...{ moved: 0, refused: 0 },
  };
  for await (const { refundId, result, rule } of results) {
    counts[result] += 1;
    const line = { refund_id: refundId, result, rule };
    await io.out(
      asJson ? JSON.stringify(line) : `${refundId}  ${result}${rule === null ? '' : `  (${rule})`}`,
    );
  }
  const said = Object.entries(counts).filter(([, count]) => count > 0);
  io.note(
    said.length === 0 ? 'No case fits. 해당하는 건이 없어요.' : said.map((pair) => pair.join(' ')).join(', '),
  );
  return counts.refused + counts.moved > 0 ? 1 : 0;
}
