// A million records: any list, any search, one record, a walk of the sweeper, and a reconciliation of all of them.

import type { System } from '../../src/compose.ts';
import { receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import type { ListQuery } from '../../src/domain/ledger.ts';
import type { State } from '../../src/domain/states.ts';
import { refundIdFor } from '../../src/policies/identity.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createRetention } from '../../src/worker/retention.ts';
import { createSweep, sweeperDefaults } from '../../src/worker/sweeper.ts';
import type { Context } from '../context.ts';
import { atMost } from '../goals.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import { msOf, timed } from '../timing.ts';
import { fill, fillCases, openShop, refusals, type Shop } from './shop.ts';

export async function records(context: Context): Promise<Found> {
  const count = context.quick ? 2_000 : 900_000;
  const cases = context.quick ? 300 : 50_000;
  const open = context.quick ? 300 : 50_000;
  await context.clean();
  await context.stub.set({});
  await fillCases(context, cases);
  await fill(context, 'paid', count);
  const contender = context.contender('ours');
  await contender.open(context.place(50));
  await contender.enqueue({ name: 'open', from: 0, count: open });
  await contender.close();

  const shop = await openShop(context);
  const all = count + cases + open;
  context.tell(`records: ${all} are there, asking`);
  const asked = await ask(shop);
  const slowest = Math.max(...asked.map(({ p50Ms }) => p50Ms));
  const walked = await askWalks(shop);
  context.tell('records: sweeping');
  const sweepMs = await msOf(() => sweepAll(shop));
  context.tell('records: reconciling');
  const reconciled = await reconcileAll(shop);
  await shop.close();
  return {
    tables: [
      {
        head: ['question', 'found', 'p50 ms', 'at most ms'],
        rows: [...asked, ...walked].map(({ what, found, p50Ms, maxMs }) => [
          what,
          said(found),
          said(p50Ms),
          said(maxMs),
        ]),
      },
      {
        head: ['upkeep', 'records', 'measured'],
        rows: [
          ['one walk of the sweeper', said(cases + open), `${said(sweepMs)} ms`],
          [
            'reconciliation, rate limiter open',
            said(reconciled.receipts),
            `${said((reconciled.receipts * 1000) / reconciled.ms)} receipts/s`,
          ],
        ],
      },
    ],
    notes: [
      `${all.toLocaleString('en-US')} records: ${said(count)} succeeded, ${said(cases)} dead letters, ${said(open)} queued. Lists of 100, each asked some times over.`,
      'Counted by order or by receipt every case is gone through, and each is a group of its own here: not in the goal.',
    ],
    goals: [
      atMost(50, {
        name: `slowest list or search at ${all.toLocaleString('en-US')} records, p50`,
        measured: slowest,
        unit: 'ms',
      }),
    ],
  };
}

interface Asked {
  readonly what: string;
  readonly found: number;
  readonly p50Ms: number;
  readonly maxMs: number;
}

async function ask({ system }: Shop): Promise<Asked[]> {
  const { ledger, deadLetters } = system;
  const list = (what: string, query: Partial<ListQuery>) => ({
    what,
    ask: async () => (await ledger.list({ limit: 100, ...query })).items.length,
  });
  const cases = (what: string, filter: Parameters<typeof deadLetters.list>[0]['filter']) => ({
    what: `dead letters: ${what}`,
    ask: async () => (await deadLetters.list({ filter, limit: 100 })).items.length,
  });
  const counted = (what: string, query: Parameters<typeof deadLetters.group>[0]) => ({
    what: `dead letters counted: ${what}`,
    ask: async () => (await deadLetters.group(query)).reduce((sum, { count: cases }) => sum + cases, 0),
  });
  const refundId = refundIdSchema.parse(refundIdFor('orders', 'e-paid-0'));
  const middle = await ledger.list({ state: 'succeeded', limit: 500 });
  const questions = [
    list('the newest of all', {}),
    list('succeeded', { state: 'succeeded' }),
    list('succeeded, the page after', { state: 'succeeded', cursor: middle.nextCursor ?? undefined }),
    list('succeeded, from the middle of them on', {
      state: 'succeeded',
      cursor: `${await middleOf(system, 'succeeded')}:rf_${'z'.repeat(26)}`,
    }),
    list('succeeded, since the middle of them', {
      state: 'succeeded',
      since: await middleOf(system, 'succeeded'),
    }),
    list('of all, from the middle on', {
      cursor: `${await middleOf(system, 'succeeded')}:rf_${'z'.repeat(26)}`,
    }),
    list('queued', { state: 'queued' }),
    list('500 of all', { limit: 500 }),
    list('unknown (none)', { state: 'unknown' }),
    list('since now (none)', { since: system.clock.now() }),
    list('one receipt', { receiptId: receiptIdSchema.parse('paid-0') }),
    list('one receipt, in another state', {
      receiptId: receiptIdSchema.parse('paid-0'),
      state: 'dead_lettered',
    }),
    list('one order', { orderId: 'o-paid-0' }),
    list('one order, in another state', { orderId: 'o-paid-0', state: 'dead_lettered' }),
    cases('the newest', {}),
    cases('of the common code', { code: refusals.common }),
    cases('of a code that one in a thousand has', { code: refusals.rare }),
    cases('of a kind that none is of', { case: 'drift' }),
    cases('of a kind and a rare code', { case: 'bootpay_refused', code: refusals.rare }),
    cases('one order', { orderId: `o-no-${refusals.rare}-0` }),
    cases('older than a day (none)', { olderThanMs: 86_400_000 }),
    cases('older than the first tenth of them', { olderThanMs: await ageOfTenth(system) }),
    cases('of a rare code, older than a second', { code: refusals.rare, olderThanMs: 1_000 }),
    counted('by code', { filter: {}, by: 'code' }),
    counted('of one kind, by severity', { filter: { case: 'bootpay_refused' }, by: 'severity' }),
    counted('of a rare code, by kind', { filter: { code: refusals.rare }, by: 'case' }),
    { what: 'one record', ask: async () => ((await ledger.read(refundId)) === null ? 0 : 1) },
    { what: 'counts by state', ask: async () => Object.keys((await ledger.counts()).byState).length },
  ];
  return askEach(questions);
}

/** What no index counts. */
async function askWalks({ system: { deadLetters } }: Shop): Promise<Asked[]> {
  const by = 'orderId';
  return askEach([
    {
      what: 'dead letters counted: by order',
      ask: async () => (await deadLetters.group({ filter: {}, by })).length,
    },
  ]);
}

async function askEach(
  questions: readonly { readonly what: string; readonly ask: () => Promise<number> }[],
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const { what, ask: question } of questions) {
    const { p50Ms, maxMs, result } = await timed(question, 5);
    asked.push({ what, found: result, p50Ms, maxMs });
  }
  return asked;
}

/** When the refund in the middle of those in this state was accepted, ms. */
async function middleOf(system: System, state: State): Promise<number> {
  const index = keysFor(system.config.redis.prefix).byState(state);
  const rank = Math.floor((await system.redis.zcard(index)) / 2);
  return Number((await system.redis.zrange(index, String(rank), String(rank), 'WITHSCORES'))[1] ?? 0);
}

/** How long ago the first tenth of the cases had become dead letters, ms: the last that a walk from the newest meets. */
async function ageOfTenth(system: System): Promise<number> {
  const index = keysFor(system.config.redis.prefix).byState('dead_lettered');
  const rank = Math.floor((await system.redis.zcard(index)) / 10);
  return (
    system.clock.now() -
    Number((await system.redis.zrange(index, String(rank), String(rank), 'WITHSCORES'))[1] ?? 0)
  );
}

/** The worker that filled the ledger has swept a moment ago: its claim would make this walk none. */
async function sweepAll({ system }: Shop): Promise<void> {
  const { ledger, clock, log, refundQueue, lane } = system;
  await system.redis.del(keysFor(system.config.redis.prefix).claim('sweep'));
  const sweep = createSweep(
    {
      ledger,
      clock,
      log,
      noteNewer: () => undefined,
      settings: system.config.policy,
      revive: refundQueue.revive,
      wakeWaiter: refundQueue.wake,
      openCase: refundQueue.openCase,
      openUnreadableJob: refundQueue.openUnreadableJob,
      ensureRunning: lane.ensureRunning,
      purgeOld: createRetention({ ledger, clock, log }, system.config.records),
    },
    // Everything is due, so that every open record is looked at.
    { ...sweeperDefaults, overdueMs: 0 },
  );
  const mended = await sweep();
  if (mended !== 0) throw new Error(`a walk over whole records mended ${mended}`);
}

async function reconcileAll({ system }: Shop): Promise<{ receipts: number; ms: number }> {
  let receipts = 0;
  const ms = await msOf(async () => {
    const compared = system.reconcile({});
    if (compared === null) throw new Error('no credentials');
    for await (const told of compared) {
      const verdict = told.kind === 'receipt' ? told.verdict : told.kind;
      if (verdict !== 'agrees') throw new Error(`a receipt that was paid once is said to be ${verdict}`);
      receipts += 1;
    }
  });
  return { receipts, ms };
}
