// The first step of an activation: takes the receipt's lock and reads what the worker needs.
import { z } from 'zod';
import { assertNever } from '../domain/errors.ts';
import type { BeginRequest, BeginResult } from '../domain/ledger.ts';
import { stateSchema } from '../domain/states.ts';
import { longestReceiptWaitMs, personHoldCheckMs } from '../policies/retry-schedule.ts';
import { hostsDifferMs } from '../policies/steady-clock.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import type { LedgerDeps } from './commit.ts';
import { readRecord } from './stored.ts';

const beginScript = loadScript(import.meta.url, ['./scripts/begin.lua']);
const giveBackScript = loadScript(import.meta.url, ['./scripts/give-back.lua']);

/** As stored: a newer version may have states of its own. */
const recordFields = { state: z.string(), version: z.number() };
const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['missing', 'foreign']) }),
  z.object({ kind: z.literal('closed'), state: stateSchema, version: z.number() }),
  z.object({ kind: z.literal('early'), at: z.number() }),
  z.object({ kind: z.literal('lane_held'), by: z.enum(['person', 'credentials']) }),
  z.object({ kind: z.literal('receipt_held'), waits: z.number(), ...recordFields }),
  z.object({
    kind: z.literal('go'),
    ...recordFields,
    activations: z.number(),
    highest: z.number(),
    settled: z.number(),
    marks: z.number(),
    drifts: z.number(),
    receipt_version: z.number(),
    took: z.object({ lock: z.boolean(), job: z.string(), counts: z.string(), counts_now: z.string() }),
  }),
]);
type Go = Extract<z.infer<typeof answerSchema>, { kind: 'go' }>;
/** The answer, and from the record: body, account. */
const replySchema = z.tuple([jsonAnswer(answerSchema), z.string(), z.string()]);

export async function begin(deps: LedgerDeps, request: BeginRequest): Promise<BeginResult> {
  const { redis, keys } = deps;
  const { refundId, receiptId, jobId, now } = request;
  const scriptKeys = [
    keys.refund(refundId),
    keys.receipt(receiptId),
    keys.waiting(receiptId),
    keys.lane,
    keys.wakeUps,
  ];
  const job = {
    refund_id: refundId,
    receipt_id: receiptId,
    job_id: jobId,
    now,
    longest_receipt_wait: longestReceiptWaitMs,
    longest_lane_wait: personHoldCheckMs,
    hosts_differ: hostsDifferMs,
  };
  const reply = await beginScript.run(redis, scriptKeys, [jsonArgument(job)]);
  const [answer, body, account] = replySchema.parse(reply);
  const read = ({ state, version }: { state: string; version: number }) =>
    readRecord({ body, state, version: String(version) });
  switch (answer.kind) {
    case 'missing':
    case 'foreign':
    case 'early':
    case 'lane_held':
      return answer;
    case 'closed': {
      const refund = read(answer);
      return { kind: 'closed', refund: typeof refund === 'string' ? null : refund, state: answer.state };
    }
    case 'receipt_held': {
      const refund = read(answer);
      // A record that cannot be read does not wait: what becomes of it does not depend on the receipt.
      if (refund === 'newer') return { kind: refund, nextWaiter: null };
      return refund === 'unreadable' ? { kind: refund } : { kind: answer.kind, waits: answer.waits, refund };
    }
    case 'go': {
      const refund = read(answer);
      if (refund === 'newer') return { kind: refund, nextWaiter: await giveBack(deps, request, answer) };
      if (refund === 'unreadable') return { kind: refund };
      const { activations, highest, settled, marks, drifts, receipt_version: version } = answer;
      return {
        kind: 'go',
        refund,
        account: { highestWon: highest, settledWon: settled, marks, openDrifts: drifts, version },
        sealedAccount: account === '' ? null : account,
        seen: null,
        about: null,
        jobId,
        activations,
      };
    }
    default:
      return assertNever(answer);
  }
}

async function giveBack(
  { redis, keys }: LedgerDeps,
  { refundId, receiptId }: BeginRequest,
  { took }: Go,
): Promise<string | null> {
  const next = await giveBackScript.run(
    redis,
    [keys.refund(refundId), keys.receipt(receiptId), keys.waiting(receiptId)],
    [jsonArgument({ refund_id: refundId, ...took })],
  );
  return z.string().parse(next) || null;
}
