// What accepting an event would come to, without storing it. By the time it is sent that may have changed.
import { refundIdSchema } from '../domain/ids.ts';
import type { NewRefund, PeekResult } from '../domain/ledger.ts';
import type { LedgerDeps } from './commit.ts';

/** As in accept.lua: what was made with a key that is not here cannot be compared, and is not called another account. */
function knows(mac: string, macs: readonly string[]): boolean {
  const keyOf = (text: string) => text.split(':')[0];
  const isComparable = mac === '' || macs.some((one) => one === '' || keyOf(one) === keyOf(mac));
  return macs.includes(mac) || !isComparable;
}

export async function peek(
  { redis, keys, vaults }: LedgerDeps,
  { refund, content, ownCancelId, account }: NewRefund,
): Promise<PeekResult> {
  const { refundId } = refund;
  const [stored, mac, state] = await redis.hmget(keys.refund(refundId), 'content', 'mac', 'state');
  if (typeof stored === 'string') {
    // An account that was erased is not compared.
    const same =
      stored === content && (typeof mac !== 'string' || knows(mac, (await vaults.known()).macs(account)));
    return same
      ? { kind: 'duplicate', state: state ?? '' }
      : { kind: 'conflict', with: 'content', owner: refundId };
  }
  const owner = await redis.get(keys.cancelId(refund.firstCancelId));
  if (owner !== null && owner !== refundId) {
    return { kind: 'conflict', with: 'cancel_id', owner: refundIdSchema.parse(owner) };
  }
  const named = refundIdSchema.safeParse(ownCancelId);
  if (named.success && named.data !== refundId && (await redis.exists(keys.refund(named.data))) === 1) {
    return { kind: 'conflict', with: 'cancel_id', owner: named.data };
  }
  return { kind: 'new' };
}
