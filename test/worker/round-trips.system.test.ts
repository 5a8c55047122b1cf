// Few round trips: what a refund costs Redis from fetch to finish under backlog. Counted at the server.
import { expect, it } from 'vitest';
import { startRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

it('a refund that succeeds at once takes about four round trips to Redis from fetch to finish', async () => {
  const server = await startRedis({ appendfsync: 'no' });
  const ends: (() => Promise<void>)[] = [];
  try {
    const receipts = Array.from({ length: 300 }, (_, index) => ({ id: `r${index}`, price: 1_000 }));
    const place = {
      url: server.url,
      prefix: '{count}',
      onEnd: (end: () => Promise<void>) => void ends.push(end),
    };
    const shop = await openShop(place, {
      scenario: { receipts, switches: { latencyMs: 40, jitter: 0.5 } }, // slower than the gate: nobody waits in it
      worker: false,
    });
    await shop.system.enqueue.enqueueMany(
      receipts.map(({ id }) => ({ event_id: id, order_id: id, receipt_id: id })),
    );
    const { redis, ledger } = shop.system;
    await redis.config('RESETSTAT');
    await shop.startWorker();
    await expect
      .poll(async () => (await ledger.counts()).byState.succeeded, { interval: 200, timeout: 30_000 })
      .toBe(300);
    const stats = await redis.info('commandstats');
    const scripts = [...stats.matchAll(/cmdstat_(?:evalsha|eval):calls=(\d+)/g)];
    const calls = scripts.reduce((sum, [, count]) => sum + Number(count), 0);
    expect(calls / 300).toBeGreaterThan(3);
    // Four, and what a busy machine adds: a permit asked for again, a lock renewed, a look at an empty queue.
    expect(calls / 300).toBeLessThan(5);
  } finally {
    for (const end of ends.reverse()) await end();
    await server.stop();
  }
});
