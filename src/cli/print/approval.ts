// One approval on a terminal: who asked for what, how much, why, and until when.
import type { keptApprovalView } from '../../review/approval-view.ts';
import type { Io } from '../io.ts';
import { pairsText } from './table.ts';
import { timeText, wonText } from './words.ts';

type View = ReturnType<typeof keptApprovalView>;

export function approvalText(io: Io, item: View): string {
  const { amount, case_amount: before } = item;
  const changed = before === amount ? '' : ` (case: ${before === null ? '?' : wonText(before)})`;
  const account = 'edits' in item && item.edits.refund !== undefined ? ', another refund account' : '';
  return pairsText(io, [
    ['approval', io.colors.bold(item.approval_id)],
    ['refund', item.refund_id],
    ['order', item.order_id],
    ['act', `${item.act}${'outcome' in item ? `: ${item.outcome}` : ''}${account}`],
    ['amount', `${amount === null ? '?' : wonText(amount)}${changed}`],
    ['asked by', `${item.asked_by} (${item.via}), ${timeText(item.asked_at)}`],
    ['why', item.reason],
    [
      'until',
      item.standing === 'open'
        ? timeText(item.ends_at)
        : item.standing === 'over'
          ? 'over 기한이 지남'
          : `no longer: ${item.moved_by ?? '?'} moved the case 건이 바뀜`,
    ],
  ]);
}
