// An event becomes a refund: identity, conflicts and the record are settled in one script per event.
import { z } from 'zod';
import { refundIdSchema } from '../domain/ids.ts';
import type { Acceptance, NewRefund } from '../domain/ports.ts';
import { stateSchema } from '../domain/states.ts';
import type { RedisClient } from '../queue/connection.ts';
import type { Keys } from '../queue/names.ts';
import { loadScript } from '../queue/scripts.ts';
import type { AccountVault } from './account-vault.ts';
import { readBody, written } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/accept.lua']);

const answerSchema = z.union([
  z.tuple([z.literal('accepted')]),
  z.tuple([z.literal('duplicate'), z.string(), stateSchema]),
  z.tuple([z.literal('conflict'), z.enum(['content', 'cancel_id']), refundIdSchema]),
]);

/** Stores many at once, in one round trip; answers in the order given. Nothing is rung yet. */
export async function accept(
  { redis, keys, vault }: { readonly redis: RedisClient; readonly keys: Keys; readonly vault: AccountVault },
  batch: readonly NewRefund[],
): Promise<Acceptance[]> {
  const answers = await script.runMany(
    redis,
    batch.map((entry) => ({ keys: keysOf(keys, entry), args: argumentsOf(vault, entry) })),
  );
  return batch.map(({ refund }, index): Acceptance => {
    const parsed = answerSchema.parse(answers[index]);
    switch (parsed[0]) {
      case 'accepted':
        return { kind: 'accepted', refund };
      case 'duplicate':
        return { kind: 'duplicate', refund: readBody(parsed[1]) ?? { ...refund, state: parsed[2] } };
      default:
        return { kind: 'conflict', with: parsed[1], owner: parsed[2] };
    }
  });
}

function keysOf(keys: Keys, { refund, ownCancelId }: NewRefund): string[] {
  return [
    keys.refund(refund.refundId),
    keys.history(refund.refundId),
    keys.cancelId(refund.firstCancelId),
    keys.anyRefund(ownCancelId ?? refund.refundId),
    keys.byState('queued'),
    keys.byReceipt(refund.receiptId),
    keys.byOrder(refund.orderId),
    keys.wakeUps,
    keys.counters,
  ];
}

function argumentsOf(vault: AccountVault, entry: NewRefund): (string | number)[] {
  const { refund, content, ownCancelId, account } = entry;
  const line = { at: refund.acceptedAt, who: refund.source, from: null, reason: null };
  const sealed = account === undefined ? { sealed: '', mac: '' } : vault.seal(account, refund.refundId);
  return [
    refund.refundId,
    refund.acceptedAt,
    content,
    written(refund),
    refund.receiptId,
    sealed.sealed,
    sealed.mac,
    vault.macs(account).join('\n'),
    written({ ...line, what: 'accepted', to: 'queued' }),
    written({ ...line, what: 'conflicting event refused', to: null, reason: content }),
    ownCancelId ?? '',
    refund.deadlineAt,
  ];
}
