// Acts that a second person has to approve, one for a case at a time. They are used up by the write that they allow
// (commit.lua, close-unreadable.lua), and forgotten by themselves a day after they end. A refund account in one is sealed.
import { z } from 'zod';
import { type Approval, approvalSchema } from '../domain/approval.ts';
import { mostNotes } from '../domain/beside.ts';
import type { RefundAccount } from '../domain/event.ts';
import { type RefundId, refundIdSchema } from '../domain/ids.ts';
import type { ApprovalRequest, AskResult, SentBack } from '../domain/ledger.ts';
import { parseJson } from '../domain/problem.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonArgument, loadScript } from '../redis/scripts.ts';
import { actionText } from './actions.ts';
import { answersOf } from './answers.ts';
import type { LedgerDeps } from './commit.ts';
import { asciiJson } from './stored.ts';
import { openKnown } from './vaults.ts';

const actions = './scripts/actions.lua';
const askScript = loadScript(import.meta.url, [actions, './scripts/ask-approval.lua']);
const sendBackScript = loadScript(import.meta.url, [
  './scripts/approvals.lua',
  actions,
  './scripts/send-back.lua',
]);

const shownOverMs = 24 * 60 * 60 * 1000;
/** Notes that people write end earlier: what became of an approval still finds its place. */
const mostLines = 3 * mostNotes;

export async function askApproval(
  { redis, keys, vaults }: LedgerDeps,
  { approval, account, note, action }: ApprovalRequest,
): Promise<AskResult> {
  const { refundId, id, version, at, until } = approval;
  const sealed = account === undefined ? '' : (await vaults.toSeal(at)).seal(account, refundId);
  const keep = until - at + shownOverMs;
  const ask = { refund_id: refundId, id, version, at, until, keep, most: mostLines };
  const scriptKeys = [
    ...[keys.refund(refundId), keys.approval(refundId), keys.approvals],
    ...[keys.notes(refundId), keys.actions],
  ];
  const texts = [jsonArgument(ask), asciiJson(approval), sealed, asciiJson(note), actionText(action)];
  const answer = z.string().parse(await askScript.run(redis, scriptKeys, texts));
  if (answer === 'done' || answer === 'moved') return { kind: answer };
  return { kind: 'open', approval: approvalSchema.parse(parseJson(answer)) };
}

/** null: none is kept. */
export async function readApproval({ redis, keys }: LedgerDeps, id: RefundId): Promise<Approval | null> {
  return readStored(await redis.hget(keys.approval(id), 'approval'));
}

/** All that are kept, those that are over or whose case moved among them; the latest first. */
export async function readApprovals({ redis, keys }: LedgerDeps): Promise<Approval[]> {
  const ids = await redis.zrevrange(keys.approvals, 0, -1);
  if (ids.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hget(keys.approval(refundIdSchema.parse(id)), 'approval');
  const found = (await answersOf(pipeline)).map((text) => readStored(z.string().nullable().parse(text)));
  const forgotten = ids.filter((_, place) => found[place] === null);
  if (forgotten.length > 0) await redis.zrem(keys.approvals, ...forgotten);
  return found.filter((approval) => approval !== null);
}

/** null: none was given with it, or the key to it is not here. */
export async function approvalAccount(
  { redis, keys, vaults }: LedgerDeps,
  id: RefundId,
): Promise<RefundAccount | null> {
  return openKnown(vaults, await redis.hget(keys.approval(id), 'account'), id);
}

/** False: it does not stand any more, and nothing was done. */
export async function sendBack(
  { redis, keys }: LedgerDeps,
  { approval, note, action }: SentBack,
): Promise<boolean> {
  const { refundId } = approval;
  const ask = {
    approval: usedApproval(keys, approval),
    refund_id: refundId,
    now: action.at,
    most: mostLines,
  };
  const scriptKeys = [keys.notes(refundId), keys.actions];
  const texts = [jsonArgument(ask), asciiJson(note), actionText(action)];
  return (await sendBackScript.run(redis, scriptKeys, texts)) === 1;
}

/** As approvals.lua takes it. */
export function usedApproval(keys: Keys, { refundId, id }: Pick<Approval, 'refundId' | 'id'>) {
  return { key: keys.approval(refundId), index: keys.approvals, id };
}

function readStored(text: string | null): Approval | null {
  return approvalSchema.safeParse(parseJson(text ?? '')).data ?? null;
}
