// Replay: a person sends a dead letter back into the queue, as it is or edited, once.
import type { Approval } from '../domain/approval.ts';
import { InvariantError } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Cancel, Refund } from '../domain/refund.ts';
import type { CommitOptions, Transition } from '../domain/transition.ts';
import { confirms, sentWon, takesTwo } from '../policies/approval.ts';
import { type CaseFacts, passedOver, replayRefusal, totalsAfterReplay } from '../policies/replay-rules.ts';
import { moved } from '../policies/transition.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import { keptIfNotDone, replayWish } from './actions.ts';
import { type Approved, askedOf } from './ask-approval.ts';
import { commitReview, openCase } from './open-case.ts';
import type { ReplayRequest, ReviewDeps, ReviewResult } from './ports.ts';
import { replayWithoutAccount } from './without-account.ts';

/** Of a replay among many: the id of these, and what is kept of this one if it is done. */
type AmongMany = NonNullable<CommitOptions['bulk']>;

interface How {
  readonly bulk?: AmongMany;
  readonly approved?: Approved;
}

/** Back into the queue with attempts and deadline anew. The worker looks up before it sends anything. */
export async function replay(
  deps: ReviewDeps,
  id: RefundId,
  asked: ReplayRequest,
  how: How = {},
): Promise<ReviewResult> {
  const request = await replayWithoutAccount(deps, id, asked);
  const wish = replayWish(id, request, how.bulk?.id);
  const result = await replayOnce(deps, { id, request, wish, how });
  // What becomes of an approval is kept as the approver's act.
  return how.approved === undefined ? keptIfNotDone(deps, wish, result) : result;
}

interface Asked {
  readonly id: RefundId;
  readonly request: ReplayRequest;
  readonly wish: ReturnType<typeof replayWish>;
  readonly how: How;
}

async function replayOnce(deps: ReviewDeps, { id, request, wish, how }: Asked): Promise<ReviewResult> {
  const opened = await openCase(deps, id, request.version);
  if (opened.kind === 'unread') return { kind: 'refused', ...replayRefusalOf(opened.refund) };
  if (opened.kind !== 'open') return opened;
  const { facts } = opened;
  const { refund } = facts;
  const { edits, newGeneration, acknowledge } = request;
  const cancel = editedCancel(refund.cancel, edits);
  if (edits.account !== undefined && (await deps.ledger.sealObstacle(deps.now())) !== null)
    return { kind: 'refused', rule: 'no_data_key' };
  const choice = { newGeneration, acknowledge, ...(cancel !== refund.cancel && { cancel }) };
  const acknowledged = passedOver(facts, choice);
  const isConfirmed = acknowledge && acknowledged.every((rule) => confirms(request, rule));
  const refusal = replayRefusal(facts, { ...choice, acknowledge: isConfirmed });
  if (refusal !== null) return { kind: 'refused', ...refusal };
  const second = await secondPerson(deps, { refund, cancel, acknowledged, request, wish, how });
  if (second !== null) return second;

  const { bulk, approved } = how;
  const change = replayed(facts, {
    ...{ ...request, cancel, bulk: bulk !== undefined },
    ...(approved && { approvedBy: approved.by }),
  });
  const options = {
    ...(edits.account !== undefined && { newAccount: edits.account }),
    ...(bulk !== undefined && { bulk }),
  };
  const written = await commitReview(deps, { before: refund, change, wish, approved }, options);
  if (written.kind === 'disturbed') throw new InvariantError('a replay is written by no look-up');
  if (written.kind === 'done') await deps.enqueueJob(change.refund);
  return written;
}

type SecondPersonFacts = Pick<Asked, 'request' | 'wish' | 'how'> & {
  readonly refund: Refund;
  readonly cancel: Cancel;
  readonly acknowledged: Approval['asked']['acknowledged'];
};

/** null: one person is enough, or two have decided. */
async function secondPerson(
  deps: ReviewDeps,
  { refund, cancel, acknowledged, request, wish, how }: SecondPersonFacts,
): Promise<ReviewResult | null> {
  const { thresholdWon } = deps.twoPeople;
  const amountWon = sentWon(refund, cancel);
  if (how.approved !== undefined)
    return how.approved.amountWon === amountWon ? null : { kind: 'refused', rule: 'approval_changed' };
  if (how.bulk !== undefined && thresholdWon !== null && takesTwo(amountWon, thresholdWon))
    return { kind: 'refused', rule: 'approval', thresholdWon };
  const { newGeneration, acknowledge, edits } = request;
  const { account, ...others } = edits;
  const newAccount = account !== undefined;
  const asked = { newGeneration, acknowledge, acknowledged, edits: others, newAccount };
  return askedOf(deps, {
    ...{ request, wish, refund, account, amountWon },
    caseWon: sentWon(refund),
    asked: { act: 'replay', ...asked },
  });
}

type ReplayAsAllowed = Omit<ReplayRequest, 'version' | 'via'> & {
  readonly cancel: Cancel;
  readonly bulk: boolean;
  /** The second person, where it took two. */
  readonly approvedBy?: string;
};

/** Attempts and deadline begin anew. Which replays are allowed is `replayRefusal`'s to say. */
export function replayed(
  facts: CaseFacts,
  { who, reason, cancel, edits, newGeneration, acknowledge, bulk, approvedBy }: ReplayAsAllowed,
): Transition {
  const { refund, now, settings } = facts;
  const edited = cancel !== refund.cancel || edits.account !== undefined || edits.message !== undefined;
  const what = acknowledge ? 'replay, acknowledged' : 'replay';
  const { totalsBefore, marks } = totalsAfterReplay(facts, { acknowledge });
  return {
    ...moved(
      refund,
      'queued',
      { now, who, what, reason, ...(approvedBy !== undefined && { approvedBy }) },
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

/** What is cancelled with these edits; without one, the same object. */
export function editedCancel(cancel: Cancel, edits: ReplayRequest['edits']): Cancel {
  const taxFreeWon = edits.taxFreeWon ?? cancel.taxFreeWon;
  if (edits.full === true) return { kind: 'full', taxFreeWon };
  if (edits.amountWon !== undefined) return { kind: 'partial', amountWon: edits.amountWon, taxFreeWon };
  return edits.taxFreeWon === undefined ? cancel : { ...cancel, taxFreeWon };
}
