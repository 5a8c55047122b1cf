// `reconcile`: compares what our ledger settled with Bootpay's total, receipt by receipt. Never cancels anything.
import type { System } from '../../compose.ts';
import { type Config, requireCredentials } from '../../config/config.ts';
import { InvariantError } from '../../domain/errors.ts';
import {
  mostConsecutiveFailures,
  type ReconcileItem,
  type ReconcileRequest,
} from '../../reconcile/reconcile.ts';
import { defineCommand, type ExitCode, interruptible } from '../command.ts';
import type { Io } from '../io.ts';
import { momentOf, share, since } from '../limits.ts';
import { json, optional } from '../options.ts';
import { meanings } from '../print/findings.ts';
import {
  againText,
  countsText,
  createTally,
  reconciledView,
  reportText,
  type Tally,
} from '../print/reconciliation.ts';
import { createProgress } from '../progress.ts';
import { readConfigWithRedis, withSystemOf } from '../settings.ts';

export const reconcile = defineCommand({
  name: 'reconcile',
  description: {
    en: 'Compare what we settled with what Bootpay shows. Cancels nothing.',
    ko: '우리 원장과 부트페이의 취소 금액을 비교해요. 취소는 하지 않아요.',
  },
  options: {
    since: optional(
      '--since <time>',
      {
        en: 'Only receipts with a refund accepted since then: a time, a day, or 2d.',
        ko: '그 이후 접수된 환불이 있는 결제만: 시각, 날짜 또는 2d.',
      },
      since,
    ),
    sample: optional(
      '--sample <share>',
      {
        en: 'Only this share of the receipts, drawn anew in each run.',
        ko: '무작위로 이 비율의 결제만. 실행할 때마다 다시 뽑아요.',
      },
      share,
    ),
    json,
  },
  examples: ['reconcile --since 7d', 'reconcile --since 30d --sample 0.1 --json'],
  notes: [
    {
      en: 'Less than we settled makes a dead letter (drift) only when seen twice, a settle window apart: run it regularly, such as every night with --since 7d. A sample hardly meets a receipt twice.',
      ko: '정산액보다 적게 보이면 확정 대기 시간을 두고 두 번 확인되었을 때만 데드 레터(drift)가 돼요. 매일 밤 --since 7d처럼 정기적으로 실행해 주세요. --sample은 같은 결제를 다시 볼 일이 드물어요.',
    },
    {
      en: 'It works in the background: one look-up at a time, each through the same rate limiter as refunds, with no precedence over them. A refund may wait a turn for it (0.1 s at 10 calls per second).',
      ko: '환불과 같은 호출 한도를 쓰지만 한 번에 한 건만 조회하고 환불보다 우선하지 않아요. 환불은 길어야 한 차례(초당 10회면 0.1초)쯤 기다려요.',
    },
    {
      en: 'Exit codes: 0 all agree (or a refund is under way); 1 somebody has to look: drift, below, outside, unpaid_landed, went_down, reversed, no_look_up, unreadable, or it gave up; 2 wrong usage; 130 stopped by Ctrl-C.',
      ko: '종료 코드: 0 모두 일치(진행 중인 건 포함), 1 사람이 확인할 것이 있거나 도중에 포기함, 2 잘못된 사용법이나 설정, 130 Ctrl-C로 중단.',
    },
  ],
  async run(io, input) {
    const config = withCredentials(await readConfigWithRedis(io));
    return withSystemOf(io, config, (system) =>
      interruptible((signal) => {
        const request = { since: momentOf(input.since, system.clock.now()), sample: input.sample };
        return compareAll(io, system, { request, json: input.json, signal });
      }),
    );
  },
});

interface Work {
  readonly request: ReconcileRequest;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** However it ends, what was found by then is printed. */
async function compareAll(io: Io, system: System, work: Work): Promise<ExitCode> {
  const results = system.reconcile(work.request, work.signal);
  if (results === null) throw new InvariantError('credentials were checked and are gone');
  const total = await system.countToReconcile(work.request);
  // A line that is overwritten would garble JSON lines on the same terminal.
  const live = io.notesAreWatched && !(work.json && io.isTerminal);
  const progress = createProgress(io, { total, what: 'refunds 환불', now: system.clock.now, live });
  const tally = createTally();
  let ending: Extract<ReconcileItem, { kind: 'gave_up' }> | null = null;
  try {
    progress.show(0);
    let unanswered = 0;
    for await (const item of results) {
      if (item.kind === 'gave_up') ending = item;
      else {
        tally.add(item);
        if (work.json) await io.out(JSON.stringify(reconciledView(item)));
        unanswered = item.kind === 'receipt' && item.verdict === 'no_look_up' ? unanswered + 1 : 0;
      }
      progress.show(item.walked, unanswered > 1 ? `no answer ${unanswered}` : '');
    }
  } finally {
    progress.end();
    if (work.signal.aborted) io.note('Stopped; what was found so far. 중단했어요. 여기까지의 결과예요.');
    await report(io, tally, work);
  }
  if (ending !== null) io.note(gaveUpText(ending, total));
  return ending !== null || needsAttention(tally) ? 1 : 0;
}

async function report(io: Io, tally: Tally, { json: asJson, signal }: Work): Promise<void> {
  if (tally.counts.size === 0) {
    if (!signal.aborted) io.note('Nothing was compared. 비교한 환불이 없어요.');
    return;
  }
  if (asJson) io.note(countsText(tally));
  else await io.out(reportText(io, tally));
  const again = tally.lookAgainAt();
  if (again !== null) io.note(`${asJson ? '' : '\n'}${againText(again)}`);
}

function needsAttention({ counts }: Tally): boolean {
  return [...counts.keys()].some((finding) => meanings[finding].urgent);
}

function gaveUpText({ why, walked }: Extract<ReconcileItem, { kind: 'gave_up' }>, total: number): string {
  const where = `${walked} of ${total} refunds 환불`;
  return why === 'credentials'
    ? `Bootpay refuses our credentials: gave up at ${where}. Check them with refund-worker doctor. (부트페이가 인증 정보를 거부해서 멈췄어요. refund-worker doctor로 확인해 주세요.)`
    : `Bootpay cannot be asked (${mostConsecutiveFailures} receipts in a row): gave up at ${where}. The rest was not compared; run it again later. (부트페이를 ${mostConsecutiveFailures}번 연속 조회하지 못해 멈췄어요. 나머지는 비교하지 않았으니 나중에 다시 실행해 주세요.)`;
}

function withCredentials(config: Config): Config {
  requireCredentials(config);
  return config;
}
