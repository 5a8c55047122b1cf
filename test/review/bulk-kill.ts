// A bulk whose process is killed in the middle, with a real SIGKILL: another goes on, and each case is replayed and paid once.
import { expect } from 'vitest';
import { idOf, kim } from '../support/bulk.ts';
import { forkWorker } from '../support/child.ts';
import { makeCase } from '../support/made-case.ts';
import type { TestRedis } from '../support/redis.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';

const sweeper = { everyMs: 200, overdueMs: 200, lateMs: 60_000, pageSize: 500 };
const interval = 50;

export async function shopWithCases(
  redis: TestRedis,
  count: number,
  options: Parameters<typeof openShop>[1] = {},
): Promise<Shop> {
  const receipts = Array.from({ length: count }, (_, n) => ({ id: `r-${n}`, price: 10_000 }));
  const shop = await openShop(redis, { worker: false, scenario: { receipts }, ...options });
  const acceptedAt = shop.system.clock.now() - 60_000;
  for (let from = 0; from < count; from += 50) {
    const names = receipts.slice(from, from + 50).map(({ id }) => id.slice(2));
    await Promise.all(
      names.map((name) => makeCase(shop, { name, acceptedAt, won: 100 + Number(name), ...refused })),
    );
  }
  return shop;
}

export const refused = { code: 'RC_CANCEL_SERVER_ERROR', severity: 'warning' } as const;

export async function survivesKill(redis: TestRedis, count: number): Promise<void> {
  const patient = { timeout: 60_000 + 60 * count, interval };
  const shop = await shopWithCases(redis, count);
  const { bulks, ledger } = shop.system;
  const child = await forkWorker({ ...environmentOf(shop), SWEEPER: JSON.stringify(sweeper) });
  const id = await idOf(bulks.start({ ...kim, filter: {}, reason: 'PG is back', perMinute: 24_000 }));
  const replayed = async () => (await bulks.read(id))?.results['replayed']?.count ?? 0;
  await expect.poll(replayed, patient).toBeGreaterThan(count / 5);
  child.process.kill('SIGKILL');
  await child.ended;
  const before = await replayed();
  expect(before).toBeLessThan(count);

  await shop.startWorker({ sweeper });
  await expect.poll(async () => (await bulks.read(id))?.state, patient).toBe('done');
  const won = (count * (count - 1)) / 2 + 100 * count;
  expect((await bulks.read(id))?.results).toEqual({ replayed: { count, won, uncounted: 0 } });
  const succeeded = async () => (await ledger.counts()).byState.succeeded;
  await expect.poll(succeeded, patient).toBe(count);

  for (let n = 0; n < count; n += 1)
    expect(shop.simulator.book.of(`r-${n}`)?.entries.map(({ amount }) => amount)).toEqual([100 + n]);
  expect(await replaysIn(shop, id)).toBe(count);
}

/** The acts that are kept with each write. */
async function replaysIn({ system }: Shop, id: string): Promise<number> {
  let found = 0;
  let cursor: string | undefined;
  do {
    const page = await system.ledger.actions({ what: 'replay', answer: 'done', limit: 1_000, cursor });
    found += page.items.filter(({ bulk }) => bulk === id).length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}
