// Work that one process of many does, and hints that come at most once in a while: also after Redis' clock was ahead.

import { describe, expect, it } from 'vitest';
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const hour = 3_600_000;

describe('a claim', () => {
  const redis = useRedis();
  const ledgerOf = () =>
    createLedger({ redis: redis.connect(), prefix: redis.prefix, dataKeys: fixedDataKeys([]) });

  it('is one process’ for as long as it asked for', async () => {
    const ledger = ledgerOf();
    expect(await Promise.all([1, 2, 3].map(() => ledger.claim('sweep', 60_000)))).toEqual([
      true,
      false,
      false,
    ]);
    await redis.connect().pexpire(keysFor(redis.prefix).claim('sweep'), 1);
    await expect.poll(() => ledger.claim('sweep', 60_000)).toBe(true);
  });

  it('is kept by its owner, and ended by no other', async () => {
    const ledger = ledgerOf();
    expect(await ledger.claim('send', 60_000, 'a')).toBe(true);
    expect(await ledger.claim('send', 60_000, 'b')).toBe(false);
    const client = redis.connect();
    await client.pexpire(keysFor(redis.prefix).claim('send'), 1_000);
    expect(await ledger.claim('send', 60_000, 'a')).toBe(true);
    expect(await client.pttl(keysFor(redis.prefix).claim('send'))).toBeGreaterThan(1_000);
    await ledger.release('send', 'b');
    expect(await ledger.claim('send', 60_000, 'b')).toBe(false);
    await ledger.release('send', 'a');
    expect(await ledger.claim('send', 60_000, 'b')).toBe(true);
  });

  it.each([
    ['an hour', hour],
    ['for ever', null],
  ] as const)('that a clock which was ahead left behind (%s) is taken over, once', async (_what, leftMs) => {
    const client = redis.connect();
    await client.set(keysFor(redis.prefix).claim('sweep'), '1');
    if (leftMs !== null) await client.pexpire(keysFor(redis.prefix).claim('sweep'), leftMs);
    const ledger = ledgerOf();
    expect(await ledger.claim('sweep', 60_000)).toBe(true);
    expect(await ledger.claim('sweep', 60_000)).toBe(false);
    expect(await client.pttl(keysFor(redis.prefix).claim('sweep'))).toBeLessThanOrEqual(60_000);
  });

  it('a hint that was taken by a clock an hour ahead does not silence the next one', async () => {
    const env = { LOOK_UP_SCHEDULE_MS: '600000', SETTLE_WINDOW_MS: '600000', BOOTPAY_TIMEOUT_MS: '100' };
    const script = { cancel: [{ reply: 'hang_before_commit' } as const] };
    const shop = await openShop(redis, { scenario: { receipts: [{ id: 'r1', price: 1_000, script }] }, env });
    const { refund_id } = await shop.send({ receipt_id: 'r1' });
    const { refundId, receiptId } = await shop.until(refund_id, 'unknown');
    const { ledger, clock } = shop.system;
    await redis.connect().hset(keysFor(redis.prefix).refund(refundId), 'hinted', clock.now() + hour);
    expect(await ledger.hint(receiptIdSchema.parse(receiptId), clock.now())).toHaveLength(1);
    expect(await ledger.hint(receiptIdSchema.parse(receiptId), clock.now())).toHaveLength(0);
  });
});
