// Resolve: a person closes a dead letter. What Bootpay shows by then may make the verdict another one.
import type { RefundId } from '../domain/ids.ts';
import type { Change, ReceiptRow } from '../domain/ports.ts';
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { moved, settled, totalOf, withLookUp } from '../policies/next-record.ts';
import { landedByLastLookUp, landedThroughUs, resolveRefusal } from '../policies/replay-rules.ts';
import { commitReview, openCase } from './open-case.ts';
import type { ResolveRequest, ReviewDeps, Reviewed } from './ports.ts';

/** Closed by a person. A look-up comes first: what Bootpay shows may make the verdict another one. */
export async function resolve(deps: ReviewDeps, id: RefundId, request: ResolveRequest): Promise<Reviewed> {
  const opened = await openCase(deps, id, request.version);
  if (opened.kind !== 'open') return opened;
  const { facts } = opened;
  const { outcome, acknowledge, who, reason, evidence } = request;
  const receipt = await lookUp(deps, facts.refund, facts.account);
  if (receipt === null && !acknowledge) return noLookUp;
  const { settledWon } = facts.account;
  const refund =
    receipt === null ? facts.refund : withLookUp(facts.refund, receipt, { at: facts.now, settledWon });
  const landed = landedByLastLookUp({ refund, account: facts.account });
  const refusal = resolveRefusal({ ...facts, refund }, { outcome, acknowledge, landed });
  if (refusal !== null) return { kind: 'refused', ...refusal };

  const because = { now: facts.now, who, what: `resolve: ${outcome}`, reason };
  // Money that went back is counted whatever the verdict: it must not pass for another refund's.
  const grewWon = landed ? grownWon(refund) : 0;
  const seen = receipt === null ? null : totalOf(receipt);
  if (outcome === 'already_refunded' && landedThroughUs({ refund, account: facts.account })) {
    return commitReview(deps, { before: refund, change: { ...settled(refund, grewWon, because), seen } });
  }
  const change: Change = {
    ...moved(refund, 'resolved', because, {
      resolution: { outcome, evidence, reason, who, at: facts.now },
      account: refund.account === 'kept' ? 'erased' : refund.account,
      deadLetter: null,
      settledWon: landed ? grewWon : null,
    }),
    hold: 'release',
    settledWon: grewWon,
    seen,
    event: 'refund.resolved',
  };
  return commitReview(deps, { before: refund, change });
}

/** null: not answered, or another refund worked on the receipt meanwhile, so that its totals cannot be told apart. */
async function lookUp(deps: ReviewDeps, refund: Refund, before: ReceiptRow): Promise<Receipt | null> {
  const free = before.holder === null || before.holder === refund.refundId;
  if (deps.gateway === null || !free) return null;
  if (!(await deps.gate.pass('look_up', { longestMs: 10_000, eager: true }))) return null;
  const reply = await deps.gateway.lookUp(refund.receiptId);
  const after = await deps.ledger.readReceipt(refund.receiptId);
  const alone = after.fence === before.fence && after.settledWon === before.settledWon;
  return reply.kind === 'accepted' && alone ? reply.body : null;
}

function grownWon({ baseline, lastLookUp }: Refund): number {
  if (baseline === null || lastLookUp === null) return 0;
  const { receipt, settledWon } = lastLookUp;
  return receipt.cancelledWon - baseline.totalWon - (settledWon - baseline.settledWon);
}

const noLookUp: Reviewed = {
  kind: 'no_look_up',
  text: {
    en: 'Bootpay could not be asked what the receipt shows, or another refund of this receipt is under way. Try again, or acknowledge that you decide without it.',
    ko: '부트페이에서 결제 상태를 조회하지 못했거나, 같은 결제의 다른 환불이 진행 중이에요. 다시 시도하거나, 조회 없이 결정함을 acknowledge로 알려 주세요.',
  },
};
