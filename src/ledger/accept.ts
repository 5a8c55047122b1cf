// Events become refunds: one script checks identity and conflicts and writes the records, for some events at a time.
import { z } from 'zod';
import { chunks } from '../domain/chunks.ts';
import { InvariantError } from '../domain/errors.ts';
import { refundIdSchema } from '../domain/ids.ts';
import type { Acceptance, NewRefund } from '../domain/ledger.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { type AccountVault, noKeys } from './account-vault.ts';
import type { LedgerDeps } from './commit.ts';
import { momentOf } from './day-counts.ts';
import { bodyOf, historyLine, readBody } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/counts.lua', './scripts/accept.lua']);

/** Events that one script call takes: a millisecond or two in which Redis does nothing else. */
const eventsPerScript = 50;

const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted') }),
  z.object({
    kind: z.literal('duplicate'),
    body: z.string(),
    state: z.string(),
    job_id: z.string().nullable().default(null),
  }),
  z.object({ kind: z.literal('conflict'), with: z.enum(['content', 'cancel_id']), owner: refundIdSchema }),
]);
const answersSchema = jsonAnswer(z.array(answerSchema));

/** Stores many at once; answers in the order given. No job is enqueued yet. */
export async function accept(
  { redis, keys, vaults }: LedgerDeps,
  batch: readonly NewRefund[],
): Promise<Acceptance[]> {
  // Events without an account need no key, and none is made for them.
  const sealsAny = batch.find(({ account }) => account !== undefined);
  const vault = sealsAny === undefined ? noKeys : await vaults.toSeal(sealsAny.refund.acceptedAt);
  const shared = [keys.byState('queued'), keys.wakeUps, keys.counters];
  // All are on their way before the first is answered.
  const answers = await Promise.all(
    chunks(batch, eventsPerScript).map(async (events) => {
      const scriptKeys = [...shared, ...events.flatMap((event) => keysOf(keys, event))];
      const texts = events.flatMap((event) => textsOf(vault, event));
      const json = jsonArgument({ days: keys.days, events: events.map((event) => fieldsOf(vault, event)) });
      return answersSchema.parse(await script.run(redis, scriptKeys, [json, ...texts]));
    }),
  );
  const inOrder = answers.flat();
  return batch.map((event, index) => acceptanceOf(event, inOrder[index]));
}

function acceptanceOf({ refund }: NewRefund, answer: z.infer<typeof answerSchema> | undefined): Acceptance {
  if (answer === undefined) throw new InvariantError('an event without an answer');
  if (answer.kind === 'conflict') return answer;
  if (answer.kind === 'accepted') return { kind: 'accepted', refund, state: refund.state, jobId: null };
  const stored = readBody(answer.body);
  const known = typeof stored === 'string' ? refund : stored;
  return { kind: 'duplicate', refund: known, state: answer.state, jobId: answer.job_id };
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

function fieldsOf(vault: AccountVault, { refund, ownCancelId, account }: NewRefund) {
  return {
    refund_id: refund.refundId,
    receipt_id: refund.receiptId,
    now: String(refund.acceptedAt),
    deadline: String(refund.deadlineAt),
    moment: momentOf(refund.acceptedAt),
    own_cancel_id: ownCancelId ?? undefined,
    macs: vault.macs(account),
  };
}

function textsOf(vault: AccountVault, { refund, content, account }: NewRefund): string[] {
  const { refundId, acceptedAt: at, source } = refund;
  return [
    content,
    bodyOf(refund),
    historyLine({ at, who: source, what: 'accepted', from: null, to: 'queued', reason: null }),
    account === undefined ? '' : vault.seal(account, refundId),
  ];
}
