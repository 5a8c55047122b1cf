// Load on one worker process, for an hour unless asked for less: its memory has to stay flat.

import type { Context } from '../context.ts';
import { atMost } from '../goals.ts';
import { said } from '../numbers.ts';
import type { Found } from '../result.ts';
import { openShop } from './shop.ts';
import { fillEvents } from './soak-feed.ts';

export async function soak(context: Context, minutes = context.quick ? 0.1 : 60): Promise<Found> {
  const everyMs = context.quick ? 1_000 : 60_000;
  await context.clean();
  await context.stub.set({ latencyMs: context.quick ? 20 : 200 });
  const shop = await openShop(context);
  const worker = await context.freshContender('ours');
  await worker.open(context.place(50));
  const feed = fillEvents(shop.system, 1_000);
  await worker.work();
  const rows: string[][] = [];
  const heaps: number[] = [];
  const endsAt = performance.now() + minutes * 60_000;
  while (performance.now() < endsAt) {
    await shop.system.clock.sleep(everyMs);
    const { rss, heapUsed } = await worker.memory();
    const { byState } = await shop.system.ledger.counts();
    heaps.push(rss);
    rows.push([
      said((rows.length + 1) * (everyMs / 60_000)),
      said(byState.succeeded),
      mib(rss),
      mib(heapUsed),
    ]);
    context.tell(`soak: ${rows.at(-1)?.join(' | ')}`);
  }
  await feed.stop();
  await worker.rest();
  await worker.close();
  await worker.stop();
  await shop.close();
  return {
    tables: [{ head: ['minute', 'refunds succeeded', 'RSS MiB', 'heap in use MiB'], rows: thinned(rows) }],
    notes: [
      '50 in hand, a backlog of about 1,000 at all times. Growth compares the last third of the time with the middle third; the first one warms up.',
    ],
    goals: [
      atMost(1.1, {
        name: 'memory of a worker under load, last third of the middle third',
        measured: growth(heaps),
      }),
    ],
  };
}

function mib(bytes: number): string {
  return said(bytes / 2 ** 20);
}

function growth(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  const mean = (part: readonly number[]) => part.reduce((sum, one) => sum + one, 0) / part.length;
  return mean(samples.slice(-third)) / mean(samples.slice(third, 2 * third));
}

/** Twelve lines tell the same as sixty. */
function thinned(rows: readonly string[][]): string[][] {
  const step = Math.max(Math.floor(rows.length / 12), 1);
  return rows.filter((_, index) => (index + 1) % step === 0);
}
