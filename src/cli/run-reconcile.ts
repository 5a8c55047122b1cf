// What `reconcile` does: goes through the receipts, shows how far it is, and prints what it found.
import type { System } from '../compose.ts';
import { requireCredentials } from '../config/config.ts';
import { InvariantError } from '../domain/errors.ts';
import {
  mostConsecutiveFailures,
  type ReconcileItem,
  type ReconcileRequest,
} from '../reconcile/reconcile.ts';
import { type ExitCode, interruptible } from './command.ts';
import type { Io } from './io.ts';
import { momentOf } from './limits.ts';
import { meanings } from './print/findings.ts';
import {
  againText,
  countsText,
  createTally,
  reconciledView,
  reportText,
  type Tally,
} from './print/reconciliation.ts';
import { createProgress } from './progress.ts';
import { readConfigWithRedis, withSystemOf } from './settings.ts';

interface ReconcileInput {
  readonly since: Parameters<typeof momentOf>[0];
  readonly sample: number | undefined;
  readonly json: boolean;
}

export async function runReconcile(io: Io, input: ReconcileInput): Promise<ExitCode> {
  const config = await readConfigWithRedis(io);
  requireCredentials(config);
  return withSystemOf(io, config, (system) =>
    interruptible((signal) => {
      const request = { since: momentOf(input.since, system.clock.now()), sample: input.sample };
      return compareAll(io, system, { request, json: input.json, signal });
    }),
  );
}

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
  const gaveUp = ending !== null;
  const sum = sumOf(tally);
  const complete = !(gaveUp || work.signal.aborted);
  await system.ledger.noteReconciliation({ at: system.clock.now(), ...sum, complete });
  if (ending !== null) io.note(gaveUpText(ending, total));
  return exitCodeOf(gaveUp, sum);
}

function exitCodeOf(gaveUp: boolean, { different }: { readonly different: number }): ExitCode {
  return gaveUp || different > 0 ? 1 : 0;
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

function sumOf({ counts }: Tally) {
  let [compared, different] = [0, 0];
  for (const [finding, count] of counts) {
    compared += count;
    if (meanings[finding].urgent) different += count;
  }
  return { compared, different };
}

function gaveUpText({ why, walked }: Extract<ReconcileItem, { kind: 'gave_up' }>, total: number): string {
  const where = `${walked} of ${total} refunds 환불`;
  return why === 'credentials'
    ? `Bootpay refuses our credentials: gave up at ${where}. Check them with refund-worker doctor. (부트페이가 인증 정보를 거부해서 멈췄어요. refund-worker doctor로 확인해 주세요.)`
    : `Bootpay cannot be asked (${mostConsecutiveFailures} receipts in a row): gave up at ${where}. The rest was not compared; run it again later. (부트페이를 ${mostConsecutiveFailures}번 연속 조회하지 못해 멈췄어요. 나머지는 비교하지 않았으니 나중에 다시 실행해 주세요.)`;
}
