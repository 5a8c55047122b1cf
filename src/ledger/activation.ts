// The worker's two steps on a record: begin an activation, commit what was decided. Both are one script.
import { z } from 'zod';
import { assertNever } from '../domain/errors.ts';
import type { BeginRequest, BeginResult, Change, CommitOptions, CommitResult } from '../domain/ports.ts';
import { stateSchema } from '../domain/states.ts';
import { outcomeEvent } from '../policies/outcome-event.ts';
import { permitFrom } from '../rate-limiter/rate-limiter.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';
import type { AccountVault } from './account-vault.ts';
import { bodyOf, historyLine, readRecord, written } from './stored.ts';

export interface LedgerDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly vault: AccountVault;
  /** Microseconds between two calls at Bootpay. */
  readonly callIntervalUs: number;
}

const base = import.meta.url;
const rateLimiter = '../rate-limiter/scripts/permit.lua';
const beginScript = loadScript(base, [rateLimiter, './scripts/begin.lua']);
const giveBackScript = loadScript(base, ['./scripts/give-back.lua']);
const commitScript = loadScript(base, [
  rateLimiter,
  './scripts/cases.lua',
  './scripts/history.lua',
  './scripts/commit.lua',
]);

const holderSchema = z.enum(['person', 'credentials']);
const permitFields = [z.enum(['go', 'wait']), z.coerce.number(), z.coerce.number()] as const;
/** State, version, whether the hold was taken just now, the job before, the counts before and now. */
const recordFields = [z.string(), z.string(), z.string(), z.string(), z.string(), z.string()] as const;
const beginSchema = z.union([
  // First, because a union tries one after another.
  z.tuple([
    z.literal('go'),
    z.string(),
    z.coerce.number(),
    z.string(),
    z.coerce.number(),
    z.coerce.number(),
    z.coerce.number(),
    z.coerce.number(),
    z.coerce.number(),
    ...permitFields,
    ...recordFields,
  ]),
  z.tuple([z.enum(['missing', 'foreign'])]),
  z.tuple([z.literal('closed'), z.string(), stateSchema, z.string()]),
  z.tuple([z.literal('early'), z.coerce.number()]),
  z.tuple([z.literal('lane'), holderSchema]),
  z.tuple([z.literal('held'), z.string(), z.coerce.number(), z.string(), z.string(), z.string()]),
]);

export async function begin(
  { redis, keys, callIntervalUs }: LedgerDeps,
  request: BeginRequest,
): Promise<BeginResult> {
  const { refundId, receiptId, jobId, now } = request;
  const answer = beginSchema.parse(
    await beginScript.run(
      redis,
      [
        keys.refund(refundId),
        keys.receipt(receiptId),
        keys.waiting(receiptId),
        keys.rateLimiter,
        keys.lane,
        keys.wakeUps,
      ],
      [refundId, receiptId, now, jobId, now, callIntervalUs],
    ),
  );
  switch (answer[0]) {
    case 'missing':
    case 'foreign':
      return { kind: answer[0] };
    case 'closed':
      return closed(answer);
    case 'early':
      return { kind: 'early', at: answer[1] };
    case 'lane':
      return { kind: 'lane_held', by: answer[1] };
    case 'held':
      return receiptHeld(answer);
    case 'go':
      return activation({ redis, keys }, request, answer);
    default:
      return assertNever(answer[0]);
  }
}

type Answer<Kind> = Extract<z.infer<typeof beginSchema>, readonly [Kind, ...unknown[]]>;

function closed([, body, state, version]: Answer<'closed'>): BeginResult {
  const refund = readRecord({ body, state, version });
  return { kind: 'closed', refund: typeof refund === 'string' ? null : refund, state };
}

/** A record that is not read waits for nothing: what becomes of it does not depend on the receipt. */
function receiptHeld([, , waits, body, state, version]: Answer<'held'>): BeginResult {
  const refund = readRecord({ body, state, version });
  if (refund === 'newer') return { kind: 'newer', nextWaiter: null };
  return refund === 'unreadable' ? { kind: refund } : { kind: 'receipt_held', waits, refund };
}

async function activation(
  deps: Pick<LedgerDeps, 'redis' | 'keys'>,
  request: BeginRequest,
  answer: Answer<'go'>,
): Promise<BeginResult> {
  const [, body, activations, sealed, highestWon, settledWon, marks, openDrifts, receiptVersion] = answer;
  const [, , , , , , , , , go, us, consecutiveFailures, state, version] = answer;
  const refund = readRecord({ body, state, version });
  if (refund === 'newer') return { kind: refund, nextWaiter: await giveBack(deps, request, answer) };
  if (refund === 'unreadable') return { kind: refund };
  return {
    kind: 'go',
    refund,
    account: { highestWon, settledWon, marks, openDrifts, version: receiptVersion },
    sealedAccount: sealed === '' ? null : sealed,
    jobId: request.jobId,
    activations,
    permit: permitFrom(go, us),
    consecutiveFailures,
  };
}

async function giveBack(
  { redis, keys }: Pick<LedgerDeps, 'redis' | 'keys'>,
  { refundId, receiptId }: BeginRequest,
  answer: Answer<'go'>,
): Promise<string | null> {
  const [tookLock, jobBefore, countsBefore, counts] = answer.slice(14);
  const next = await giveBackScript.run(
    redis,
    [keys.refund(refundId), keys.receipt(receiptId), keys.waiting(receiptId)],
    [refundId, jobBefore, countsBefore, counts, tookLock].map(String),
  );
  return z.string().parse(next) || null;
}

const commitSchema = z.union([
  z.tuple([z.literal('done'), z.string(), z.string(), z.coerce.number()]),
  z.tuple([z.literal('moved'), z.coerce.number(), z.string()]),
  z.tuple([z.literal('disturbed')]),
  z.tuple([z.literal('wait'), z.coerce.number()]),
  z.tuple([z.literal('lane'), holderSchema]),
]);

export async function commit(
  deps: LedgerDeps,
  change: Change,
  options: CommitOptions,
): Promise<CommitResult> {
  const args = argumentsOf(deps, change, options);
  const answer = commitSchema.parse(await commitScript.run(deps.redis, keysOf(deps.keys, change), args));
  switch (answer[0]) {
    case 'done':
      return {
        kind: 'done',
        nextWaiter: answer[1] === '' ? null : answer[1],
        permit: answer[2] === '' ? null : permitFrom('go', Number(answer[2])),
        receiptVersion: answer[3],
      };
    case 'moved':
      return { kind: 'moved', version: answer[1], state: answer[2] };
    case 'disturbed':
      return { kind: 'disturbed' };
    case 'wait':
      return { kind: 'wait', waitMs: answer[1] / 1000 };
    case 'lane':
      return { kind: 'lane_held', by: answer[1] };
    default:
      return assertNever(answer[0]);
  }
}

function keysOf(keys: Keys, { refund, from }: Change): string[] {
  return [
    keys.refund(refund.refundId),
    keys.history(refund.refundId),
    keys.receipt(refund.receiptId),
    keys.waiting(refund.receiptId),
    keys.byState(from),
    keys.byState(refund.state),
    keys.wakeUps,
    keys.events,
    keys.rateLimiter,
    keys.lane,
  ];
}

function argumentsOf(deps: LedgerDeps, change: Change, options: CommitOptions): (string | number)[] {
  const { refund, seen, event } = change;
  const { lookedAt, withPermit, jobId, newAccount } = options;
  const isCase = refund.state === 'dead_lettered';
  const sealed = newAccount === undefined ? null : deps.vault.seal(newAccount, refund.refundId);
  return [
    refund.refundId,
    change.comparedVersion,
    lookedAt?.receiptVersion ?? '',
    refund.state,
    bodyOf(refund),
    refund.nextWakeUpAt ?? '',
    change.lock,
    change.settledWon,
    seen?.totalWon ?? '',
    historyLine(change.history),
    event === null ? '' : written(outcomeEvent(event, refund, change.history.at)),
    sealed ?? (refund.account === 'erased' ? 'erase' : ''),
    refund.deadlineAt,
    withPermit === true ? 'cancel' : '',
    deps.callIntervalUs,
    refund.acceptedAt,
    jobId ?? '',
    refund.receiptId,
    refund.version,
    deps.keys.cases,
    isCase && refund.deadLetter !== null ? written(refund.deadLetter) : '',
    change.history.at,
    lookedAt?.lock ?? '',
    change.marks === true ? 1 : 0,
    change.openDrifts ?? 0,
    change.lowersHighest === true ? 'lower' : '',
    change.folds === true ? 'fold' : '',
    change.from,
    refund.attempts.at(-1)?.sentAt ?? '',
  ];
}
