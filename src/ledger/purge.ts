// Erases the details of refunds that ended longer ago than records are kept; the worker's retention calls it page by
// page. What is left of a refund is its identity, and how it ended. A record that cannot be read is kept: a newer
// version of this program may have written it.
import { z } from 'zod';
import type { PurgePage, PurgeQuery } from '../domain/ledger.ts';
import { endedStates } from '../domain/states.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { readStored } from './read.ts';
import { readRecord } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/purge.lua']);
const answerSchema = jsonAnswer(
  z.object({
    purged: z.number(),
    stayed: z.number(),
    ended: z.boolean(),
    ids: z.array(z.string()).default([]),
  }),
);

export async function purge(
  redis: RedisClient,
  keys: Keys,
  { state, endedBy, passOver, limit }: PurgeQuery,
): Promise<PurgePage> {
  const others = endedStates.filter((other) => other !== state);
  const indexes = [state, ...others].map(keys.byState);
  const page = {
    ended_by: endedBy,
    pass_over: passOver,
    limit,
    records: keys.anyRefund(''),
    receipts: keys.anyReceipt(''),
    by_receipt: keys.byReceipt(''),
    by_order: keys.byOrder(''),
  };
  const run = async (read?: Readonly<Record<string, string>>) => {
    const answer = await script.run(redis, indexes, [jsonArgument({ ...page, read })]);
    const { ended: end, ids, ...counted } = answerSchema.parse(answer);
    return { page: { ...counted, end }, ids };
  };
  const found = await run();
  if (found.ids.length === 0) return found.page;
  return (await run(await versionsOfRead(redis, keys, found.ids))).page;
}

async function versionsOfRead(
  redis: RedisClient,
  keys: Keys,
  ids: readonly string[],
): Promise<Record<string, string>> {
  const stored = await readStored(redis, keys, ids);
  const read = ids.flatMap((id, place) => {
    const fields = stored[place];
    const isRead = fields !== undefined && typeof readRecord(fields) !== 'string';
    return isRead && fields.version !== null ? [[id, fields.version] as const] : [];
  });
  return Object.fromEntries(read);
}
