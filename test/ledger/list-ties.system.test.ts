// Lists of refunds that were accepted in one millisecond, while some of them move on: none that stays is passed over.
import { expect, test } from 'vitest';
import { fixedDataKeys } from '../../src/domain/data-keys.ts';
import { cancellationEventSchema } from '../../src/domain/event.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { afterFirst } from '../support/meddle.ts';
import { useRedis } from '../support/redis.ts';

const redis = useRedis();

test('a page that is read on because many have the time of the cursor leaves none out', async () => {
  const [client, keys] = [redis.connect(), keysFor(redis.prefix)];
  const open = (from: typeof client) =>
    createLedger({ redis: from, prefix: redis.prefix, dataKeys: fixedDataKeys([]) });
  const events = Array.from({ length: 120 }, (_, at) =>
    cancellationEventSchema.parse({ event_id: `e-${at}`, order_id: `o-${at}`, receipt_id: `r-${at}` }),
  );
  await open(client).accept(events.map((event) => newRefund(event, 1_000, 1_000_000)));
  const query = { state: 'queued', limit: 60 } as const;
  const first = await open(client).list(query);
  // Those of the first page move on, between two reads of the second.
  const gone = first.all.map(({ refundId }) => refundId);
  const busy = afterFirst(client, 'zrevrangebyscore', () => client.zrem(keys.byState('queued'), ...gone));
  const second = await open(busy).list({ ...query, cursor: first.nextCursor ?? undefined });
  expect(new Set([...gone, ...second.all.map(({ refundId }) => refundId)]).size).toBe(120);
});
