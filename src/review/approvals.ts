// Approvals: what waits for a second person, and what that person does. Approved, the act is done exactly as it was asked
// for, by the same rules and while the case is the same; the step that writes it uses the approval up.
import type { Actor } from '../domain/action.ts';
import { type Approval, partsOfApprovalId } from '../domain/approval.ts';
import { isAtLeast, isSameName } from '../domain/people.ts';
import { isSamePerson } from '../policies/approval.ts';
import { answerOf } from './actions.ts';
import type { Approved } from './ask-approval.ts';
import { movedBy } from './moved-by.ts';
import type { ReviewDeps, ReviewResult } from './ports.ts';
import { replay } from './replay.ts';
import { resolve } from './resolve.ts';
import { accountMask } from './without-account.ts';

/** `moved`: the case is another one by now, who moved it and when. `over`: its day has passed. */
type Standing =
  | { readonly kind: 'open' | 'over' }
  | { readonly kind: 'moved'; readonly by: string | null; readonly at: number | null };

export interface KeptApproval {
  readonly approval: Approval;
  readonly standing: Standing;
}

export type SendBackResult = ReviewResult | { readonly kind: 'sent_back'; readonly approval: Approval };

export interface Approvals {
  /** Those that can be given, and for a day those that cannot any more; the latest first. */
  list(): Promise<readonly KeptApproval[]>;
  /** null: nothing was asked for on this refund, or nothing that still stands. */
  openOn(refundId: Approval['refundId']): Promise<Approval | null>;
  approve(id: string, by: Actor): Promise<ReviewResult>;
  sendBack(id: string, by: Actor, reason: string): Promise<SendBackResult>;
}

export function createApprovals(deps: ReviewDeps): Approvals {
  const { ledger, now } = deps;
  const standingOf = (approval: Approval) => standing(deps, approval);

  async function found(id: string): Promise<Approval | Extract<ReviewResult, { kind: string }>> {
    const parts = partsOfApprovalId(id);
    if (parts === null) return { kind: 'not_found' };
    const approval = await ledger.approval(parts.refundId);
    if (approval?.id === id) return approval;
    const moved = await movedBy(deps, parts.refundId);
    const isSameCase = moved.kind === 'moved' && moved.version === parts.version;
    return isSameCase ? { kind: 'refused', rule: 'approval_gone' } : moved;
  }

  /** What a second person does with an approval that stands; kept, also where it is refused. */
  async function decide(
    id: string,
    { by, what, reason }: { by: Actor; what: 'approve' | 'send_back'; reason: string | null },
    act: (approval: Approval) => Promise<SendBackResult>,
  ): Promise<SendBackResult> {
    const approval = await found(id);
    const result =
      'kind' in approval ? approval : ((await refusal(deps, approval, by.who)) ?? (await act(approval)));
    if (result.kind === 'sent_back') return result; // kept by the step that sent it back
    const answer = result.kind === 'asked' ? null : (answerOf(result) ?? { answer: 'done' as const });
    const { refundId, orderId, version } =
      'kind' in approval ? { ...partsOfApprovalId(id), orderId: null } : approval;
    if (answer === null) return result;
    const about = { refundId: refundId ?? null, orderId, version: version ?? null, approval: id, reason };
    await ledger.recordAction({ at: now(), who: by.who, via: by.via, what, ...about, ...answer });
    return result;
  }

  return {
    async list() {
      const kept = await ledger.approvals();
      return Promise.all(kept.map(async (approval) => ({ approval, standing: await standingOf(approval) })));
    },
    async openOn(refundId) {
      const approval = await ledger.approval(refundId);
      return approval !== null && (await standingOf(approval)).kind === 'open' ? approval : null;
    },
    async approve(id, by) {
      const result = await decide(id, { by, what: 'approve', reason: null }, async (approval) =>
        carriedOut(deps, approval, by.who),
      );
      if (result.kind === 'sent_back') throw new Error('nothing was sent back');
      return result;
    },
    sendBack: (id, by, typed) =>
      decide(id, { by, what: 'send_back', reason: typed }, async (approval) => {
        const { refundId, orderId, version } = approval;
        const { who, via } = by;
        const [at, reason] = [now(), (await accountMask(ledger, refundId))(typed)];
        const isDone = await ledger.sendBack({
          approval,
          note: { at, who, via, what: 'send_back', text: reason, to: null },
          action: {
            ...{ at, who, via, what: 'send_back', refundId, orderId, version, reason },
            ...{ approval: id, answer: 'done' },
          },
        });
        return isDone ? { kind: 'sent_back', approval } : { kind: 'refused', rule: 'approval_gone' };
      }),
  };
}

async function standing(
  { ledger, now }: ReviewDeps,
  { refundId, version, until }: Approval,
): Promise<Standing> {
  const stored = await ledger.read(refundId);
  if (stored?.state === 'dead_lettered' && stored.version === version)
    return { kind: until > now() ? 'open' : 'over' };
  const last = stored?.history.findLast(({ to }) => to !== null);
  return { kind: 'moved', by: last?.who ?? null, at: last?.at ?? null };
}

/** null: this person may decide about it now. */
async function refusal(deps: ReviewDeps, approval: Approval, who: string): Promise<ReviewResult | null> {
  const person = deps.twoPeople.people.find(({ name }) => isSameName(name, who));
  if (person === undefined || !isAtLeast(person.role, 'approver'))
    return { kind: 'refused', rule: 'not_approver' };
  if (isSamePerson(approval.who, who)) return { kind: 'refused', rule: 'own_approval' };
  const { kind } = await standing(deps, approval);
  if (kind === 'moved') return movedBy(deps, approval.refundId);
  return kind === 'over' ? { kind: 'refused', rule: 'approval_over', until: approval.until } : null;
}

async function carriedOut(deps: ReviewDeps, approval: Approval, by: string): Promise<ReviewResult> {
  const { id, refundId, version, amountWon, asked } = approval;
  const { who, via, reason } = approval;
  const approved: Approved = { id, by, amountWon };
  // `asked` says which rules may be passed over: those that its asker confirmed, and no other.
  const request = { who, via, reason, version };
  const result = await (asked.act === 'resolve'
    ? resolve(deps, refundId, { ...request, ...asked }, approved)
    : replayAsAsked(deps, { approval, request: { ...request, ...asked }, approved }));
  // Sent back, or over, while this was under way.
  const isSameCase = result.kind === 'moved' && result.version === version;
  return isSameCase ? { kind: 'refused', rule: 'approval_gone' } : result;
}

async function replayAsAsked(
  deps: ReviewDeps,
  {
    approval,
    request,
    approved,
  }: {
    approval: Approval;
    request: Parameters<typeof replay>[2] & { readonly newAccount: boolean };
    approved: Approved;
  },
): Promise<ReviewResult> {
  const account = request.newAccount ? await deps.ledger.approvalAccount(approval.refundId) : undefined;
  if (account === null) return { kind: 'refused', rule: 'no_data_key' };
  const edits = { ...request.edits, ...(account !== undefined && { account }) };
  return replay(deps, approval.refundId, { ...request, edits }, { approved });
}
