// Resolve: a person closes a dead letter. What Bootpay shows by then may make the verdict another one.
import type { RefundId } from '../domain/ids.ts';
import type { Change, ReceiptRow } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { moved, settled, withLookUp } from '../policies/next-record.ts';
import { landedByLastLookUp, landedThroughUs, resolveRefusal } from '../policies/replay-rules.ts';
import { commitReview, openCase } from './open-case.ts';
import type { ResolveRequest, ReviewDeps, Reviewed } from './ports.ts';

/** Closed by a person. A look-up comes first: what Bootpay shows may make the verdict another one. */
export async function resolve(deps: ReviewDeps, id: RefundId, request: ResolveRequest): Promise<Reviewed> {
  const opened = await openCase(deps, id, request.version);
  if (opened.kind !== 'open') return opened;
  const { facts } = opened;
  const receipt = await lookUp(deps, facts.refund);
  if (receipt === null && !request.acknowledge) return noLookUp;
  const refund = receipt === null ? facts.refund : withLookUp(facts.refund, receipt, facts.now);
  const landed = receipt !== null && landedByLastLookUp({ refund, account: facts.account });
  const { outcome, acknowledge, who, reason, evidence } = request;
  const refusal = resolveRefusal({ ...facts, refund }, { outcome, acknowledge, landed });
  if (refusal !== null) return { kind: 'refused', ...refusal };

  const because = { now: facts.now, who, what: `resolve: ${outcome}`, reason };
  const seen =
    receipt === null ? null : { totalWon: receipt.cancelledWon, taxFreeWon: receipt.cancelledTaxFreeWon };
  if (outcome === 'already_refunded' && landedThroughUs({ refund, account: facts.account })) {
    const settledWon = receipt === null ? 0 : grownWon(refund, receipt, facts.account);
    return commitReview(deps, { before: refund, change: { ...settled(refund, settledWon, because), seen } });
  }
  const change: Change = {
    ...moved(refund, 'resolved', because, {
      resolution: { outcome, evidence, reason, who, at: facts.now },
      account: refund.account === 'kept' ? 'erased' : refund.account,
      deadLetter: null,
      lastLookUp: refund.lastLookUp,
    }),
    hold: 'release',
    settledWon: 0,
    seen,
    event: 'refund.resolved',
  };
  return commitReview(deps, { before: refund, change });
}

async function lookUp(deps: ReviewDeps, refund: Refund): Promise<Receipt | null> {
  if (deps.gateway === null) return null;
  if (!(await deps.gate.pass('look_up', { longestMs: 10_000 }))) return null;
  const reply = await deps.gateway.lookUp(refund.receiptId);
  return reply.kind === 'accepted' ? reply.body : null;
}

function grownWon(refund: Refund, receipt: Receipt, account: ReceiptRow): number {
  const ours = refund.baseline === null ? 0 : account.settledWon - refund.baseline.settledWon;
  return receipt.cancelledWon - (refund.baseline?.totalWon ?? 0) - ours;
}

const noLookUp: Reviewed = {
  kind: 'no_look_up',
  text: {
    en: 'Bootpay could not be asked what the receipt shows. Try again, or acknowledge that you decide without it.',
    ko: '부트페이에서 결제 상태를 조회하지 못했어요. 다시 시도하거나, 조회 없이 결정함을 acknowledge로 알려 주세요.',
  },
};
