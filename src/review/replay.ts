// Replay: a person sends a dead letter back into the queue, as it is or edited, once.
import { InvariantError } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Cancel } from '../domain/refund.ts';
import type { Transition } from '../domain/transition.ts';
import { type CaseFacts, replayRefusal, totalsAfterReplay } from '../policies/replay-rules.ts';
import { moved } from '../policies/transition.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import { commitReview, openCase } from './open-case.ts';
import type { ReplayRequest, ReviewDeps, ReviewResult } from './ports.ts';

/** Back into the queue with attempts and deadline anew. The worker looks up before it sends anything. */
export async function replay(
  deps: ReviewDeps,
  id: RefundId,
  request: ReplayRequest,
  bulk = false,
): Promise<ReviewResult> {
  const opened = await openCase(deps, id, request.version);
  if (opened.kind === 'unread') return { kind: 'refused', ...replayRefusalOf(opened.refund) };
  if (opened.kind !== 'open') return opened;
  const { facts } = opened;
  const { refund } = facts;
  const { edits, newGeneration, acknowledge } = request;
  const cancel = editedCancel(refund.cancel, edits);
  if (edits.account !== undefined && !deps.ledger.canKeepAccounts)
    return { kind: 'refused', rule: 'no_data_key' };
  const choice = { newGeneration, acknowledge, ...(cancel !== refund.cancel && { cancel }) };
  const refusal = replayRefusal(facts, choice);
  if (refusal !== null) return { kind: 'refused', ...refusal };

  const change = replayed(facts, { ...request, cancel, bulk });
  const newAccount = edits.account === undefined ? {} : { newAccount: edits.account };
  const written = await commitReview(deps, { before: refund, change }, newAccount);
  if (written.kind === 'disturbed') throw new InvariantError('a replay is written by no look-up');
  if (written.kind === 'done') await deps.enqueueJob(change.refund);
  return written;
}

type ReplayAsAllowed = Omit<ReplayRequest, 'version'> & { readonly cancel: Cancel; readonly bulk: boolean };

/** Attempts and deadline begin anew. Which replays are allowed is `replayRefusal`'s to say. */
export function replayed(
  facts: CaseFacts,
  { who, reason, cancel, edits, newGeneration, acknowledge, bulk }: ReplayAsAllowed,
): Transition {
  const { refund, now, settings } = facts;
  const edited = cancel !== refund.cancel || edits.account !== undefined || edits.message !== undefined;
  const what = acknowledge ? 'replay, acknowledged' : 'replay';
  const { totalsBefore, marks } = totalsAfterReplay(facts, { acknowledge });
  return {
    ...moved(
      refund,
      'queued',
      { now, who, what, reason },
      {
        cancel,
        message: edits.message ?? refund.message,
        account: edits.account === undefined ? refund.account : 'kept',
        revision: refund.revision + (edited ? 1 : 0),
        generation: refund.generation + (newGeneration ? 1 : 0),
        totalsBefore,
        attemptsUsed: 0,
        deadlineAt: now + settings.retryDeadlineMs,
        nextWakeUpAt: now,
        acknowledged: acknowledge,
        bulk,
        deadLetter: null,
      },
    ),
    lock: refund.deadLetter?.keepsLock === true ? 'keep' : 'release',
    settledWon: 0,
    seen: null,
    event: 'refund.replayed',
    ...(marks && { marks }),
    ...(refund.deadLetter?.case === 'drift' && { openDrifts: -1 }),
  };
}

function editedCancel(cancel: Cancel, edits: ReplayRequest['edits']): Cancel {
  const taxFreeWon = edits.taxFreeWon ?? cancel.taxFreeWon;
  if (edits.full === true) return { kind: 'full', taxFreeWon };
  if (edits.amountWon !== undefined) return { kind: 'partial', amountWon: edits.amountWon, taxFreeWon };
  return edits.taxFreeWon === undefined ? cancel : { ...cancel, taxFreeWon };
}
