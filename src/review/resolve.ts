// Resolve: a person closes a dead letter. The look-up that comes first may change how it is closed.
import type { ConfirmableRule } from '../domain/approval.ts';
import type { RefundId } from '../domain/ids.ts';
import type { ReceiptRow } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import type { Transition } from '../domain/transition.ts';
import { closingWon, confirms } from '../policies/approval.ts';
import { isStale } from '../policies/growth.ts';
import {
  contests,
  effectOfResolve,
  landedByLastLookUp,
  type ResolveLookUp,
  resolveRefusal,
} from '../policies/replay-rules.ts';
import { moved, settled, totalOf, withLookUp } from '../policies/transition.ts';
import { keptIfNotDone, resolveWish } from './actions.ts';
import { type Approved, askedOf, askedResolve } from './ask-approval.ts';
import { closeUnreadable } from './close-unreadable.ts';
import { commitReview, openCase } from './open-case.ts';
import type { ResolveRequest, ReviewDeps, ReviewResult } from './ports.ts';
import { resolveWithoutAccount } from './without-account.ts';

/** How often the receipt is looked at anew because another refund worked on it meanwhile. */
const mostLooks = 3;

/** A look-up comes first: where it shows that the money went back, the refund may be settled instead. */
export async function resolve(
  deps: ReviewDeps,
  id: RefundId,
  asked: ResolveRequest,
  approved?: Approved,
): Promise<ReviewResult> {
  const request = await resolveWithoutAccount(deps, id, asked);
  const result = await resolveUndisturbed(deps, { id, request, approved });
  // What becomes of an approval is kept as the approver's act.
  return approved === undefined ? keptIfNotDone(deps, resolveWish(id, request), result) : result;
}

async function resolveUndisturbed(deps: ReviewDeps, verdict: Omit<Verdict, 'lookUp'>): Promise<ReviewResult> {
  for (let look = 1; look <= mostLooks; look += 1) {
    const reviewed = await resolveBy(deps, { ...verdict, lookUp });
    if (reviewed.kind !== 'disturbed') return reviewed;
  }
  const reviewed = await resolveBy(deps, { ...verdict, lookUp: async () => null });
  return reviewed.kind === 'disturbed' ? noLookUp : reviewed;
}

interface Verdict {
  readonly id: RefundId;
  readonly request: ResolveRequest;
  readonly approved: Approved | undefined;
  readonly lookUp: (deps: ReviewDeps, refund: Refund, before: ReceiptRow) => Promise<Looked>;
}

/** null: no answer, or another refund has the receipt. */
type Looked = Receipt | 'stale' | 'disturbed' | null;

async function resolveBy(
  deps: ReviewDeps,
  { id, request, approved, lookUp }: Verdict,
): Promise<ReviewResult | { readonly kind: 'disturbed' }> {
  const opened = await openCase(deps, id, request.version);
  if (opened.kind === 'unread') return closeUnreadable(deps, opened.refund, { request, approved });
  if (opened.kind !== 'open') return opened;
  const { facts } = opened;
  const { account, now } = facts;
  const { outcome } = request;
  const shown = await lookUp(deps, facts.refund, account);
  if (shown === 'disturbed') return { kind: 'disturbed' };
  if (shown === null && !confirms(request, 'no_look_up')) return noLookUp;
  if (shown === 'stale' && !confirms(request, 'stale_look_up')) {
    return { kind: 'refused', rule: 'stale_look_up', highestWon: account.highestWon };
  }
  const receipt = shown === 'stale' ? null : shown;
  const { settledWon, marks } = account;
  const refund =
    receipt === null ? facts.refund : withLookUp(facts.refund, receipt, { at: now, settledWon, marks });
  const landed = landedByLastLookUp({ refund, account });
  const acknowledge = confirms(request, 'landed');
  const refusal = resolveRefusal({ ...facts, refund }, { outcome, acknowledge, landed });
  if (refusal !== null) return { kind: 'refused', ...refusal };
  const wish = resolveWish(id, request);
  if (approved === undefined) {
    const cases = [facts.refund, refund];
    const caseWon = closingWon(cases, null);
    const amountWon = closingWon(cases, request.amountWon ?? null);
    const asked = await askedOf(deps, {
      ...{ request, wish, refund: facts.refund, amountWon, caseWon },
      asked: askedResolve(request, passedOver({ shown, landed, outcome })),
    });
    if (asked !== null) return asked;
  }
  const looked = receipt === null ? null : { receipt, contested: await isContested(deps, refund) };
  const change = closed({ before: facts.refund, refund, account }, { looked, request, approved, now });
  const lookedAt =
    receipt === null ? {} : { lookedAt: { receiptVersion: account.version, lock: 'free' as const } };
  return commitReview(deps, { before: refund, change, wish, approved }, lookedAt);
}

function closed(
  { before, refund, account }: { before: Refund; refund: Refund; account: ReceiptRow },
  {
    looked,
    request,
    approved,
    now,
  }: {
    looked: ResolveLookUp | null;
    request: ResolveRequest;
    approved: Approved | undefined;
    now: number;
  },
): Transition {
  const { outcome, amountWon, evidence, reason, who } = request;
  const because = {
    ...{ now, who, what: `resolve: ${outcome}`, reason },
    ...(approved && { approvedBy: approved.by }),
  };
  const { settledWon, throughUs, marks } = effectOfResolve({ refund: before, account }, looked, outcome);
  const money: Pick<Transition, 'seen' | 'marks' | 'openDrifts'> = {
    seen: looked === null ? null : totalOf(looked.receipt),
    ...(marks && { marks }),
    ...(before.deadLetter?.case === 'drift' && { openDrifts: -1 }),
  };
  if (outcome === 'already_refunded' && throughUs) {
    return { ...settled(refund, settledWon, because), ...money };
  }
  return {
    ...moved(refund, 'resolved', because, {
      resolution: { outcome, ...(amountWon !== undefined && { amountWon }), evidence, reason, who, at: now },
      account: refund.account === 'kept' ? 'erased' : refund.account,
      deadLetter: null,
      settledWon: settledWon === 0 ? null : settledWon,
    }),
    lock: 'release',
    settledWon,
    ...(outcome === 'refunded_by_hand' && amountWon !== undefined && { byHandWon: amountWon }),
    event: 'refund.resolved',
    ...money,
  };
}

/** Rules that a resolve passes over by its acknowledgement. */
function passedOver({
  shown,
  landed,
  outcome,
}: Pick<ResolveRequest, 'outcome'> & { shown: Looked; landed: boolean }): ConfirmableRule[] {
  return [
    ...(shown === null ? (['no_look_up'] as const) : []),
    ...(shown === 'stale' ? (['stale_look_up'] as const) : []),
    ...(landed && outcome !== 'already_refunded' ? (['landed'] as const) : []),
  ];
}

/** Does another refund of the receipt wait for an answer that the same money could be? An unreadable one may. */
async function isContested({ ledger }: ReviewDeps, { refundId, receiptId }: Refund): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await ledger.list({ receiptId, limit: 200, cursor });
    if (page.unreadable.length > 0) return true;
    if (page.items.some((other) => other.refundId !== refundId && contests(other))) return true;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return false;
}

/** Usable: answered, not from the past, and no other refund worked on the receipt meanwhile. */
async function lookUp(deps: ReviewDeps, refund: Refund, before: ReceiptRow): Promise<Looked> {
  const isFree = ({ holder }: ReceiptRow) => holder === null || holder === refund.refundId;
  if (deps.gateway === null || !isFree(before)) return null;
  if (!(await deps.rateLimiter.acquire('look_up', { longestMs: 10_000, priority: 'first' }))) return null;
  const reply = await deps.gateway.lookUp(refund.receiptId);
  if (reply.kind !== 'accepted') return null;
  const after = await deps.ledger.readReceipt(refund.receiptId);
  if (after.version !== before.version || !isFree(after)) return 'disturbed';
  return isStale(reply.body, after) ? 'stale' : reply.body;
}

const noLookUp: ReviewResult = { kind: 'refused', rule: 'no_look_up' };
