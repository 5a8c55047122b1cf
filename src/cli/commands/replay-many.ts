// `dead-letters replay-many`: many cases at once, by filter or as previewed, at a rate; Ctrl-C stops it after the cases in hand.
import type { System } from '../../compose.ts';
import { oneOf, wholeNumber } from '../../config/limits.ts';
import type { Actor } from '../../domain/action.ts';
import type { BulkFilter } from '../../domain/bulk.ts';
import { ConfigError } from '../../domain/errors.ts';
import { paymentMethods } from '../../domain/reply.ts';
import { bulkStateWords } from '../../policies/bulk-words.ts';
import type { BulkStarted } from '../../review/bulk-ports.ts';
import { followBulk } from '../../review/follow-bulk.ts';
import { defineCommand, type ExitCode, interruptible } from '../command.ts';
import type { Io } from '../io.ts';
import { anyText, bulkId, code, deadLetterCase, duration, orderId, won } from '../limits.ts';
import { flag, json, optional, type ValuesOf } from '../options.ts';
import { printCases } from '../print/bulk.ts';
import { withSystem } from '../settings.ts';

const defaultPerMinute = 60;

/** Shared with `list`. */
export const filterOptions = {
  case: optional('--case <case>', { en: 'Only this kind of case.', ko: '이 종류만.' }, deadLetterCase),
  code: optional('--code <code>', { en: 'Only with this Bootpay code.', ko: '이 부트페이 코드만.' }, code),
  pgCode: optional(
    '--pg-code <code>',
    { en: 'Only with this code of the PG.', ko: '이 PG 코드만.' },
    anyText(100),
  ),
  method: optional(
    '--method <method>',
    { en: 'Only paid like this.', ko: '이 결제 수단만.' },
    oneOf(paymentMethods),
  ),
  min: optional('--min <won>', { en: 'Only of this amount or more.', ko: '이 금액 이상만.' }, won),
  max: optional('--max <won>', { en: 'Only of this amount or less.', ko: '이 금액 이하만.' }, won),
  text: optional(
    '--text <text>',
    {
      en: 'Only if the order begins so, or is the refund or receipt with this id.',
      ko: '주문번호가 이렇게 시작하거나, 환불 ID·영수증 ID가 이 값인 건만.',
    },
    anyText(128),
  ),
  orderId: optional('--order-id <id>', { en: 'Only of this order.', ko: '이 주문의 건만.' }, orderId),
  olderThan: optional(
    '--older-than <time>',
    { en: 'Only cases that have waited at least so long, such as 30m.', ko: '이만큼 기다린 건만 (예: 30m).' },
    duration,
  ),
};

export function filterOf(input: ValuesOf<typeof filterOptions>): BulkFilter {
  const { case: kind, code, pgCode, method, min, max, text, orderId, olderThan } = input;
  return {
    case: kind,
    code,
    pgCode,
    method,
    minWon: min,
    maxWon: max,
    text,
    orderId,
    olderThanMs: olderThan,
  };
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
  preview: optional(
    '--preview <id>',
    { en: 'Start exactly what a dry run showed.', ko: '--dry-run으로 미리 본 그대로 시작해요.' },
    bulkId,
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
    en: 'Try many cases again; those that a person has to check are skipped.',
    ko: '여러 건을 한꺼번에 다시 시도해요. 직접 확인이 필요한 건은 건너뛰어요.',
  },
  options,
  examples: [
    'dead-letters replay-many --code RC_CANCEL_SERVER_ERROR --dry-run',
    'dead-letters replay-many --preview rp_0123456789abcdef01234567 --as 김민지 --reason "PG 장애 복구"',
    'dead-letters replay-many --case retries_exhausted --older-than 1h --as 김민지 --reason "PG 장애 복구"',
  ],
  notes: [
    {
      en: 'The list of cases is made once; cases that come up later are not taken. Ctrl-C stops it after the cases in hand. When this process is killed, a running server or worker goes on.',
      ko: '대상은 시작할 때 한 번 정해지고, 나중에 생긴 건은 포함하지 않아요. Ctrl-C를 누르면 처리 중인 건까지만 하고 멈춰요. 강제로 종료되면 실행 중인 서버나 작업자가 이어서 해요.',
    },
  ],
  async run(io, input) {
    const { who, reason } = signed(input);
    return withSystem(io, (system) =>
      interruptible((signal) => {
        const by = { who, via: 'cli' as const };
        return input.dryRun
          ? preview(io, system, { by, input }, signal)
          : start(io, system, { by, reason, input }, signal);
      }),
    );
  },
});

type Input = ValuesOf<typeof options>;

/** A dry run changes nothing, so it needs no name and no reason. */
function signed(input: Input) {
  const { as: who = null, reason = null, dryRun, preview: previewed } = input;
  const missing = Object.entries({ '--reason': reason, '--as': who }).flatMap(([name, value]) =>
    value === null && !dryRun ? [`${name}: expected some text (비어 있지 않은 글 필요), got nothing`] : [],
  );
  const isFiltered = Object.values(filterOf(input)).some((part) => part !== undefined);
  const mixed =
    previewed !== undefined && (dryRun || isFiltered)
      ? ['--preview: expected no filter and no --dry-run beside it (조건이나 --dry-run 없이 단독으로 사용)']
      : [];
  if (missing.length + mixed.length > 0) throw new ConfigError([...missing, ...mixed]);
  return { who: who ?? 'dry run', reason: reason ?? 'dry run' };
}

async function preview(
  io: Io,
  system: System,
  { by, input }: { readonly by: Actor; readonly input: Input },
  signal: AbortSignal,
): Promise<ExitCode> {
  const id = await system.bulks.preview(by, filterOf(input));
  const results = await followHere(io, system, { id, by, kind: 'preview', json: input.json }, signal);
  if (results.size === 0) io.note('No case fits. 해당하는 건이 없어요.');
  else if (!signal.aborted)
    io.note(
      `To start exactly these (이대로 시작): dead-letters replay-many --preview ${id} --as … --reason …`,
    );
  return 0;
}

async function start(
  io: Io,
  system: System,
  { by, reason, input }: { readonly by: Actor; readonly reason: string; readonly input: Input },
  signal: AbortSignal,
): Promise<ExitCode> {
  const { perMinute = defaultPerMinute, preview: previewed } = input;
  const subject = previewed === undefined ? { filter: filterOf(input) } : { preview: previewed };
  const started = await system.bulks.start({ ...by, ...subject, reason, perMinute });
  if (started.kind !== 'started') return notStarted(io, started);
  const { id } = started;
  io.note(`${id}`);
  const results = await followHere(io, system, { id, by, kind: 'result', json: input.json }, signal);
  if (results.size === 0 && !signal.aborted) io.note('No case fits. 해당하는 건이 없어요.');
  return ['refused', 'moved', 'failed'].some((result) => results.has(result)) ? 1 : 0;
}

interface Here {
  readonly id: string;
  readonly by: Actor;
  readonly kind: 'preview' | 'result';
  readonly json: boolean;
}

/** Works on it in this process and prints what comes of it; answers which results there were. An interrupt stops it. */
async function followHere(
  io: Io,
  { bulks, clock }: System,
  { id, by, kind, json: asJson }: Here,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const work = bulks.work(id);
  const stop = () => void bulks.stop(id, by).catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    // Until it has stopped, so that the cases in hand are told as well.
    return await printCases(io, followBulk({ bulks, sleep: clock.sleep }, { id, kind }), { json: asJson });
  } finally {
    signal.removeEventListener('abort', stop);
    await work.stop();
    if (signal.aborted) io.note('Stopped; the rest is left as it was. 멈췄어요. 나머지는 그대로예요.');
  }
}

function notStarted(io: Io, started: Exclude<BulkStarted, { kind: 'started' }>): ExitCode {
  if (started.kind === 'busy') {
    const { id = '?', start: other } = started.running ?? {};
    io.note(
      `${id} runs, started by ${other?.who ?? '?'}; one at a time. Stop or follow it: dead-letters bulk ${id}`,
    );
    io.note(`${other?.who ?? '?'} 님이 시작한 ${id} 작업이 진행 중이에요. 한 번에 하나만 할 수 있어요.`);
  } else if (started.kind === 'moved') {
    const { en, ko } = bulkStateWords[started.bulk.state];
    io.note(`${started.bulk.id} is no preview that can be started: ${en}. 시작할 수 없어요: ${ko}.`);
  } else io.note('There is no such preview. 그런 미리 보기가 없어요.');
  return 1;
}
