// Events become refunds: one script checks identity and conflicts and writes the records, for some events at a time.
import { z } from 'zod';
import { chunks } from '../domain/chunks.ts';
import { InvariantError } from '../domain/errors.ts';
import { refundIdSchema } from '../domain/ids.ts';
import type { Acceptance, NewRefund } from '../domain/ledger.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';
import type { AccountVault } from './account-vault.ts';
import { bodyOf, historyLine, readBody } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/accept.lua']);

/** Events that one script call takes: a millisecond or two in which Redis does nothing else. */
const eventsPerScript = 50;

const answersSchema = z.array(
  z.union([
    z.tuple([z.literal('accepted')]),
    z.tuple([z.literal('duplicate'), z.string(), z.string(), z.string()]),
    z.tuple([z.literal('conflict'), z.enum(['content', 'cancel_id']), refundIdSchema]),
  ]),
);

/** Stores many at once, in one round trip; answers in the order given. No job is enqueued yet. */
export async function accept(
  { redis, keys, vault }: { readonly redis: RedisClient; readonly keys: Keys; readonly vault: AccountVault },
  batch: readonly NewRefund[],
): Promise<Acceptance[]> {
  const shared = [keys.byState('queued'), keys.wakeUps, keys.counters];
  const calls = chunks(batch, eventsPerScript).map((entries) => ({
    keys: [...shared, ...entries.flatMap((entry) => keysOf(keys, entry))],
    args: entries.flatMap((entry) => argumentsOf(vault, entry)),
  }));
  const answers = (await script.runMany(redis, calls)).flatMap((some) => answersSchema.parse(some));
  return batch.map(({ refund }, index): Acceptance => {
    const answer = answers[index];
    if (answer === undefined) throw new InvariantError('an event without an answer');
    switch (answer[0]) {
      case 'accepted':
        return { kind: 'accepted', refund, state: refund.state, jobId: null };
      case 'duplicate': {
        const [, body, state, jobId] = answer;
        const stored = readBody(body);
        const known = typeof stored === 'string' ? refund : stored;
        return { kind: 'duplicate', refund: known, state, jobId: jobId === '' ? null : jobId };
      }
      default:
        return { kind: 'conflict', with: answer[1], owner: answer[2] };
    }
  });
}

function keysOf(keys: Keys, { refund, ownCancelId }: NewRefund): string[] {
  return [
    keys.refund(refund.refundId),
    keys.history(refund.refundId),
    keys.cancelId(refund.firstCancelId),
    keys.anyRefund(ownCancelId ?? refund.refundId),
    keys.byReceipt(refund.receiptId),
    keys.byOrder(refund.orderId),
  ];
}

function argumentsOf(vault: AccountVault, { refund, content, ownCancelId, account }: NewRefund): string[] {
  const { refundId, acceptedAt, deadlineAt, receiptId, source } = refund;
  return [
    refundId,
    String(acceptedAt),
    String(deadlineAt),
    content,
    bodyOf(refund),
    receiptId,
    account === undefined ? '' : vault.seal(account, refundId),
    vault.macs(account).join('\n'),
    historyLine({ at: acceptedAt, who: source, what: 'accepted', from: null, to: 'queued', reason: null }),
    ownCancelId ?? '',
  ];
}
