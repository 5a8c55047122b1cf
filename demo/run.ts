// The demo's run: sends the sample events, watches them to their ends, replays one dead letter and compares the totals.
import { createReadStream } from 'node:fs';
import { answerLines, type LineResult } from '../src/cli/enqueue-lines.ts';
import type { Io } from '../src/cli/io.ts';
import { refundIdSchema } from '../src/domain/ids.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { EnqueueResult } from '../src/producer/enqueue.ts';
import { differences, type End, endDifferences } from './ends.ts';
import { untilNothingIsOpen } from './follow.ts';
import { createProgress } from './progress.ts';
import type { Row } from './report.ts';
import type { Expectation, Samples } from './samples.ts';
import type { Shop } from './shop.ts';
import { compareTotals, mostWithin, type Totals, unpermitted } from './totals.ts';

export interface Outcome {
  readonly rows: readonly Row[];
  readonly totals: Totals;
  /**
   * `busiestSecond`: permits, by the times at which they were given. When calls arrive says more about how busy this
   * machine is: it runs both sides.
   */
  readonly calls: { readonly total: number; readonly busiestSecond: number };
  readonly seconds: number;
  readonly ok: boolean;
}

/** `print` gets each line. */
export async function runStory(
  io: Io,
  shop: Shop,
  { samples, print }: { readonly samples: Samples; readonly print: (line: string) => void },
): Promise<Outcome> {
  const startedAt = performance.now();
  const results = await sendAll(shop, samples);
  print(`${results.length} events sent. 이벤트 ${results.length}건 접수.`);
  const progress = createProgress(io, print);
  await untilNothingIsOpen(shop, progress, startedAt);
  progress.end();

  const before = await endsOf(shop, samples, results);
  const replayed = await replayOne(shop, before, print);
  if (replayed !== null) {
    await untilNothingIsOpen(shop, progress, startedAt);
    progress.end();
  }
  const rows = await Promise.all(
    before.map(async (end): Promise<Row> => {
      const found = differences(end);
      if (end !== replayed || end.refund === null) return { ...end, differences: found, replayed: false };
      const stored = await shop.system.ledger.read(end.refund.refundId);
      const refund = stored?.refund ?? null;
      const after = refund === null ? ['lost after the replay'] : replayDifferences(end.expectation, refund);
      return { ...end, refund, differences: [...found, ...after], replayed: true };
    }),
  );
  return outcomeOf(shop, rows, (performance.now() - startedAt) / 1_000);
}

async function sendAll({ system }: Shop, { eventsFile }: Samples): Promise<LineResult<EnqueueResult>[]> {
  const results: LineResult<EnqueueResult>[] = [];
  for await (const result of answerLines(createReadStream(eventsFile), system.enqueue.enqueueMany))
    results.push(result);
  return results;
}

/** One end per line that was expected or that came. */
async function endsOf(
  shop: Shop,
  { expectations }: Samples,
  results: readonly LineResult<EnqueueResult>[],
): Promise<End[]> {
  const unexpected = results
    .filter(({ line }) => !expectations.some((expectation) => expectation.line === line))
    .map(({ line }): Expectation => {
      const title = { ko: '예상에 없는 줄', en: 'not in the expectations' };
      return { line, title, expect: { result: 'refused' } };
    });
  return Promise.all(
    [...expectations, ...unexpected].map(async (expectation) => {
      const found = results.find(({ line }) => line === expectation.line);
      const id = found?.result === 'accepted' ? found.refund_id : null;
      const stored = id === null ? null : await shop.system.ledger.read(refundIdSchema.parse(id));
      const { refund = null, history = [] } = stored ?? {};
      const lastReason = history.findLast(({ to }) => to !== null)?.reason ?? null;
      return { expectation, result: found?.result ?? 'missing', refund, lastReason };
    }),
  );
}

/** What a reviewer would do: correct the amount, say why, and send it back into the queue. */
async function replayOne(
  { system }: Shop,
  ends: readonly End[],
  print: (line: string) => void,
): Promise<End | null> {
  const end = ends.find(({ expectation, refund }) => expectation.replay !== undefined && refund?.deadLetter);
  const { refund, expectation } = end ?? {};
  if (end === undefined || refund == null || expectation?.replay === undefined) return null;
  const { as: who, reason, cancel_price: amountWon } = expectation.replay;
  const edited = amountWon === undefined ? '' : ` --amount ${amountWon}`;
  print(`$ refund-worker dead-letters replay ${refund.refundId} --as ${who} --reason "${reason}"${edited}`);
  const reviewed = await system.deadLetters.replay(refund.refundId, {
    ...{ who, via: 'cli', reason, version: refund.version, newGeneration: false, acknowledge: false },
    edits: { ...(amountWon !== undefined && { amountWon }) },
  });
  if (reviewed.kind !== 'done') print(`The replay was not accepted: ${reviewed.kind}`);
  return end;
}

function replayDifferences({ replay }: Expectation, refund: Refund): string[] {
  return replay === undefined
    ? []
    : endDifferences(replay.expect, refund).map((difference) => `after the replay ${difference}`);
}

function outcomeOf({ simulator, permits }: Shop, rows: readonly Row[], seconds: number): Outcome {
  const refunds = rows.flatMap(({ refund }) => refund ?? []);
  const compared = compareTotals(simulator.book.pages(), refunds);
  const total = simulator.calls.length;
  const differences = [...compared.differences, ...unpermitted(total, permits.length)];
  const totals = { ...compared, differences };
  const calls = { total, busiestSecond: mostWithin(1_000, permits) };
  const ok = totals.differences.length === 0 && rows.every((row) => row.differences.length === 0);
  return { rows, totals, calls, seconds, ok };
}
