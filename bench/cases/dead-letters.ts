// A mountain of dead letters: how it came, how it is listed and filtered, a dry run over it, and its replay.

import type { BulkFilter } from '../../src/domain/bulk.ts';
import type { BulkStarted } from '../../src/review/bulk-ports.ts';
import { followBulk } from '../../src/review/follow-bulk.ts';
import type { Context } from '../context.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import { msOf, timed } from '../timing.ts';
import { fillCases, openShop, refusals, type Shop } from './shop.ts';

export async function deadLetters(context: Context): Promise<Found> {
  const count = context.quick ? 1_000 : 100_000;
  await context.clean();
  await context.stub.set({});
  const filledMs = await msOf(() => fillCases(context, count));
  const shop = await openShop(context);
  const questions: readonly (readonly [string, BulkFilter])[] = [
    ['the newest 100', {}],
    ['100 of the common code', { code: refusals.common }],
    ['100 of a code that one case in a thousand has', { code: refusals.rare }],
    ['100 of a kind that no case is of', { case: 'drift' }],
    ['one order', { orderId: `o-no-${refusals.common}-0` }],
  ];
  const rows: string[][] = [['became dead letters', '', `${said((count * 1000) / filledMs)}/s`]];
  for (const [what, filter] of questions) {
    const { p50Ms, maxMs, result } = await timed(
      () => shop.system.deadLetters.list({ filter, limit: 100 }),
      5,
    );
    rows.push([`list: ${what}`, said(result.items.length), `${said(p50Ms)} ms, at most ${said(maxMs)} ms`]);
  }
  const dry = await replayAll(shop, true);
  rows.push(['dry run over all', said(dry.cases), `${said((dry.cases * 1000) / dry.ms)}/s`]);
  await context.stub.set({ forgiving: true });
  const replayed = await replayAll(shop, false);
  rows.push(['replayed, all', said(replayed.cases), `${said((replayed.cases * 1000) / replayed.ms)}/s`]);
  if (replayed.cases !== count) throw new Error(`${replayed.cases} of ${count} cases were replayed`);
  const workedMs = await workOff(context, shop, count);
  rows.push(['and paid by the worker', said(count), `${said((count * 1000) / workedMs)}/s`]);
  await shop.close();
  return {
    tables: [{ head: ['what', 'cases', 'measured'], rows }],
    notes: ['Replays are as fast as the code goes: `per_minute` is set so high that it never waits.'],
    goals: [],
  };
}

async function replayAll({ system }: Shop, isDry: boolean): Promise<{ cases: number; ms: number }> {
  const { bulks, clock } = system;
  const by = { who: 'benchmark', via: 'cli' as const };
  const work = bulks.work();
  let cases = 0;
  const ms = await msOf(async () => {
    const start = { ...by, filter: {}, reason: 'benchmark', perMinute: 60_000_000 };
    const id = isDry ? await bulks.preview(by, {}) : startedId(await bulks.start(start));
    const kind = isDry ? ('preview' as const) : ('result' as const);
    for await (const { verdict } of followBulk({ bulks, sleep: clock.sleep }, { id, kind })) {
      if (!isDry && verdict.result !== 'replayed') throw new Error(`a case was ${verdict.result}`);
      cases += 1;
    }
  });
  await work.stop();
  return { cases, ms };
}

function startedId(started: BulkStarted): string {
  if (started.kind !== 'started') throw new Error(`not started: ${started.kind}`);
  return started.id;
}

async function workOff(context: Context, { system }: Shop, count: number): Promise<number> {
  const contender = context.contender('ours');
  await contender.open(context.place(50));
  const drained = await contender.drain(count);
  await contender.close();
  const { byState } = await system.ledger.counts();
  if (byState.succeeded !== count) throw new Error(`${byState.succeeded} of ${count} replays succeeded`);
  return drained.ms;
}
