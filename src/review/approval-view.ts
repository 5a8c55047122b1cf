// An approval as the outside interface shows it. No account, ever.
import type { Approval } from '../domain/approval.ts';
import type { KeptApproval } from './approvals.ts';
import { iso, isoOrNull } from './record-view.ts';

export function approvalView({ asked, ...approval }: Approval) {
  const { refundId, orderId, version, who, via, reason, at, until, amountWon, caseWon } = approval;
  return {
    approval_id: approval.id,
    refund_id: refundId,
    order_id: orderId,
    version,
    act: asked.act,
    amount: amountWon,
    case_amount: caseWon,
    ...(asked.act === 'replay' ? replayView(asked) : resolveView(asked)),
    acknowledge: asked.acknowledge,
    acknowledged: asked.acknowledged,
    asked_by: who,
    via,
    reason,
    asked_at: iso(at),
    ends_at: iso(until),
  };
}

export function keptApprovalView({ approval, standing }: KeptApproval) {
  const moved = standing.kind === 'moved' ? standing : { by: null, at: null };
  return {
    ...approvalView(approval),
    standing: standing.kind,
    moved_by: moved.by,
    moved_at: isoOrNull(moved.at),
  };
}

function replayView({ edits, newGeneration, newAccount }: Extract<Approval['asked'], { act: 'replay' }>) {
  return {
    edits: {
      cancel_price: edits.amountWon,
      full: edits.full,
      cancel_tax_free: edits.taxFreeWon,
      cancel_message: edits.message,
      refund: newAccount ? 'replaced' : undefined,
    },
    new_generation: newGeneration,
  };
}

function resolveView({ outcome, amountWon, evidence }: Extract<Approval['asked'], { act: 'resolve' }>) {
  return { outcome, returned: amountWon ?? null, evidence };
}
