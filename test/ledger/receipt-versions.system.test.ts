// A version of a receipt is never given twice: not even by a Redis that lost the write which gave it.
import { expect, it } from 'vitest';
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import { receiptIdSchema } from '../../src/domain/ids.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { receiptWith } from '../policies/receipts.ts';
import { useRedis } from '../support/redis.ts';

const redis = useRedis();
const id = receiptIdSchema.parse('r-1');
const begunAt = 1_764_500_000_000;

type Write = (ledger: Ledger, at: { readonly version: number; readonly now: number }) => Promise<unknown>;
const writes: readonly (readonly [string, Write])[] = [
  [
    'a total that falls',
    (ledger, { version, now }) => ledger.lowerHighest(id, { totalWon: 500, version, now }),
  ],
  [
    'a look of a person that shows more',
    (ledger, { now }) =>
      ledger.noteLook({ at: now, receipt: receiptWith({ receiptId: id, cancelledWon: 1_500 }) }, null),
  ],
];

it.each(writes)('%s gives no version that a lost write had given', async (_what, write) => {
  const client = redis.connect();
  const key = keysFor(redis.prefix).receipt(id);
  const ledger = createLedger({ redis: client, prefix: redis.prefix, dataKeys: fixedDataKeys([]) });
  await client.hset(key, { highest: '1000', version: '7' });
  await write(ledger, { version: 7, now: begunAt });
  const given = (await ledger.readReceipt(id)).version;
  expect(given).toBeGreaterThan(7);
  await client.hset(key, { highest: '1000', version: '7' });
  await write(ledger, { version: 7, now: begunAt + 1 });
  expect((await ledger.readReceipt(id)).version).toBeGreaterThan(given);
});
