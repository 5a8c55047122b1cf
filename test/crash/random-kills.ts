// Many refunds, and workers killed at random moments until all of them have ended: then ledger and payment book are
// laid side by side. The test runs it small, `npm run chaos` as large as one likes.
import { chanceFrom } from '../../simulation/random.ts';
import type { CancelStepInput, ReceiptInput } from '../../simulator/index.ts';
import type { CancellationEventInput } from '../../src/domain/event.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { openStates } from '../../src/domain/states.ts';
import { type Child, forkWorker } from '../support/child.ts';
import type { Place } from '../support/place.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';

export interface KillPlan {
  readonly refunds: number;
  /** After the last one no worker is killed any more, and what is left has to end. */
  readonly kills: number;
  readonly seed: number;
}

export interface KillReport {
  readonly refunds: number;
  readonly kills: number;
  readonly succeeded: number;
  readonly deadLetters: number;
  /** Refunds that have not ended, or succeeded without the money, or were never stored. */
  readonly lost: number;
  /** Refunds for which money went back more than once, or another amount than theirs. */
  readonly doubled: number;
  readonly ledgerWon: number;
  readonly bookWon: number;
  readonly seconds: number;
}

const workers = 3;
/** Calls at Bootpay between two kills: each kill meets a few refunds under way, and most of them get on in between. */
const callsBetween = { least: 2, most: 10 };
/** After the call that was waited for, so that kills fall anywhere and not only into calls. In ms. */
const latestKillMs = 80;
const longestMs = 5 * 60_000;

const env = {
  RETRY_DEADLINE_MS: '3600000',
  WORKER_CONCURRENCY: '4',
  BOOTPAY_TIMEOUT_MS: '2000',
  LOCK_MS: '1000',
};

export async function killAtRandom(place: Place, plan: KillPlan): Promise<KillReport> {
  const chance = chanceFrom(`kills ${plan.seed}`).next;
  const { receipts, events } = orders(plan.refunds, chance);
  const switches = { latencyMs: 40, jitter: 0.9 };
  const { LOCK_MS: _, ...settings } = env;
  const shop = await openShop(place, { scenario: { receipts, switches }, env: settings, worker: false });
  const startedAt = performance.now();
  const kills = await killUntilAllEnded(shop, { events, chance, kills: plan.kills });
  return { ...(await sideBySide(shop, events)), kills, seconds: (performance.now() - startedAt) / 1000 };
}

/** The events come between the kills, so that there is work at each of them. */
async function killUntilAllEnded(
  shop: Shop,
  {
    events,
    chance,
    kills,
  }: { events: readonly CancellationEventInput[]; chance: () => number; kills: number },
): Promise<number> {
  const start = () => forkWorker({ ...environmentOf(shop), ...env });
  const crew = Array.from({ length: workers }, start);
  let met = 0;
  try {
    await Promise.all(crew);
    for (let killed = 0; killed < kills; killed += 1) {
      const share = [killed, killed + 1].map((part) => Math.round((events.length * part) / kills));
      await shop.system.enqueue.enqueueMany(events.slice(...share));
      const more = callsBetween.least + Math.floor(chance() * (callsBetween.most - callsBetween.least + 1));
      await moreCalls(shop, more);
      await passes(chance() * latestKillMs); // a moment that nothing announces
      const victim = Math.floor(chance() * crew.length);
      const child = await crew[victim];
      if (child !== undefined && (await kill(child))) met += 1;
      crew[victim] = start();
    }
    await allEnded(shop);
  } finally {
    await Promise.all(crew.map(async (child) => kill(await child)));
  }
  return met;
}

async function allEnded(shop: Shop): Promise<void> {
  const giveUpAt = performance.now() + longestMs;
  while ((await countOpen(shop)) > 0 && performance.now() < giveUpAt) await moreCalls(shop, 1);
}

/** True: it was alive. */
async function kill({ process, ended }: Child): Promise<boolean> {
  process.kill('SIGKILL');
  return (await ended).signal === 'SIGKILL';
}

/** Or none for a while: all that is left may wait for a time. */
async function moreCalls({ simulator }: Shop, count: number): Promise<void> {
  const enough = simulator.calls.length + count;
  await simulator.waitFor(({ calls }) => calls.length >= enough, { timeoutMs: 500 }).catch(() => undefined);
}

function passes(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function countOpen({ system }: Shop): Promise<number> {
  const { byState } = await system.ledger.counts();
  return openStates.reduce((sum, state) => sum + byState[state], 0);
}

async function sideBySide(
  { system, simulator }: Shop,
  events: readonly CancellationEventInput[],
): Promise<Omit<KillReport, 'kills' | 'seconds'>> {
  const { items } = await system.ledger.list({ limit: events.length + 1 });
  const book = new Map(simulator.book.pages().map((page) => [page.receiptId, page]));
  const moved = (refund: Refund) =>
    book
      .get(refund.receiptId)
      ?.entries.filter(({ cancelId }) => cancelId?.startsWith(refund.firstCancelId)) ?? [];
  const won = (refund: Refund) => moved(refund).reduce((sum, { amount }) => sum + amount, 0);
  const succeeded = items.filter(({ state }) => state === 'succeeded');
  const deadLetters = items.filter(({ state }) => state === 'dead_lettered');
  const wished = (refund: Refund) =>
    refund.cancel.kind === 'partial' ? refund.cancel.amountWon : book.get(refund.receiptId)?.price;
  const paid = succeeded.filter((refund) => moved(refund).length > 0);
  return {
    refunds: events.length,
    succeeded: succeeded.length,
    deadLetters: deadLetters.length,
    lost: events.length - paid.length - deadLetters.length,
    doubled: items.filter((refund) => moved(refund).length > 1 || ![0, wished(refund)].includes(won(refund)))
      .length,
    ledgerWon: items.reduce((sum, { settledWon }) => sum + (settledWon ?? 0), 0),
    bookWon: [...book.values()].reduce((sum, { refundedAmount }) => sum + refundedAmount, 0),
  };
}

/** Full and partial cancels, each fourth one with others on its receipt; refusals that pass, and answers that are lost. */
function orders(count: number, chance: () => number) {
  const receipts: ReceiptInput[] = [];
  const events: CancellationEventInput[] = [];
  while (events.length < count) {
    const id = `r${receipts.length}`;
    const together = chance() < 0.1 ? Math.min(4, count - events.length) : 1;
    const price = 10_000 + receipts.length;
    receipts.push({ id, price, script: { cancel: stepsBy(chance()) } });
    for (let index = 0; index < together; index += 1) {
      const partial = together > 1 || chance() < 0.5;
      const event = { event_id: `e-${events.length}`, order_id: `o-${id}`, receipt_id: id };
      events.push(partial ? { ...event, cancel_price: 1_000 + index } : event);
    }
  }
  return { receipts, events };
}

function stepsBy(chance: number): CancelStepInput[] {
  if (chance < 0.2) return [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' }];
  if (chance < 0.3) return [{ reply: 'reset_after_commit' }];
  if (chance < 0.4) return [{ reply: 'reset_before_commit' }];
  if (chance < 0.45) return [{ reply: 'late_commit', delayMs: 100, how: 'reset' }];
  return [];
}
