// What the fields beside a body show of a refund whose body cannot be read. Rare, so it may cost a few more round trips.
import { z } from 'zod';
import { orderIdSchema, type RefundId, receiptIdSchema } from '../domain/ids.ts';
import { parseJson } from '../domain/problem.ts';
import type { UnreadCase, UnreadRefund } from '../domain/unread.ts';
import { unreadableCase } from '../policies/unread.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { parseGroupName } from './case-groups.ts';
import { storedVersion } from './stored.ts';

/** null: there is no such record (any more). */
export async function readUnread(
  redis: RedisClient,
  keys: Keys,
  { refundId, unread }: Pick<UnreadRefund, 'refundId' | 'unread'>,
): Promise<UnreadRefund | null> {
  const names = ['state', 'version', 'receipt', 'content', 'group', 'sent'];
  const fields = await redis.hmget(keys.refund(refundId), ...names);
  const [state = null, version = null, receipt = null, content = null, group = null, sent = null] = fields;
  if (state === null) return null;
  return {
    unread,
    refundId,
    receiptId: receiptIdSchema.nullable().catch(null).parse(receipt),
    orderId: orderOf(content),
    state,
    version: storedVersion(version),
    sent: sent !== null,
    deadLetter: state === 'dead_lettered' ? await caseOf(redis, keys, { refundId, group }) : null,
  };
}

/** As `contentOf` in `policies/identity.ts` writes it. */
const contentSchema = z.tuple([orderIdSchema]).rest(z.unknown());

function orderOf(content: string | null): string | null {
  return contentSchema.safeParse(parseJson(content)).data?.[0] ?? null;
}

async function caseOf(
  redis: RedisClient,
  keys: Keys,
  { refundId, group }: { readonly refundId: RefundId; readonly group: string | null },
): Promise<UnreadCase> {
  if (group === null) return unreadableCase;
  const at = await redis.zscore(keys.caseGroup(group), refundId);
  return { ...parseGroupName(group), at: at === null ? null : Number(at) };
}
