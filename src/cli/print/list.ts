// Lists of refunds and of cases: JSON Lines for programs, one table for people.
import type { Refund } from '../../domain/refund.ts';
import { adviceFor } from '../../policies/case-advice.ts';
import { summaryView } from '../../policies/record-view.ts';
import type { Io } from '../io.ts';
import { tableText } from './table.ts';
import { momentText, stateText, wonText } from './words.ts';

export async function printRefunds(
  io: Io,
  refunds: readonly Refund[],
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    for (const refund of refunds) await io.out(JSON.stringify(summaryView(refund)));
    return;
  }
  if (refunds.length === 0) return io.note('No refunds. 환불이 없어요.');
  const columns = [
    ...[{ title: 'refund' }, { title: 'state' }, { title: 'order' }, { title: 'receipt' }],
    ...[
      { title: 'amount', align: 'right' as const },
      { title: 'tries', align: 'right' as const },
    ],
    ...[{ title: 'accepted' }, { title: 'why' }],
  ];
  const rows = refunds.map((refund) => [
    refund.refundId,
    stateText(refund.state, io.colors),
    refund.orderId,
    refund.receiptId,
    wonText(amountOf(refund)),
    String(refund.attempts.length),
    momentText(refund.acceptedAt),
    whyText(refund),
  ]);
  await io.out(tableText(io, columns, rows));
}

/** A case in a list: the summary and what to do. */
function caseView(refund: Refund) {
  const { deadLetter } = refund;
  return {
    ...summaryView(refund),
    dead_lettered_at: deadLetter === null ? null : new Date(deadLetter.at).toISOString(),
    advice: adviceOf(refund),
  };
}

export async function printCases(
  io: Io,
  refunds: readonly Refund[],
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    for (const refund of refunds) await io.out(JSON.stringify(caseView(refund)));
    return;
  }
  if (refunds.length === 0) return io.note('No dead letters. 검토할 건이 없어요.');
  const { colors } = io;
  for (const refund of refunds) {
    const { deadLetter } = refund;
    const severe = deadLetter?.severity === 'critical' ? colors.red : colors.yellow;
    const amount = wonText(refund.cancel.kind === 'full' ? null : refund.cancel.amountWon);
    await io.out(
      `${colors.bold(refund.refundId)}  ${severe(whyText(refund))}  ${refund.orderId}  ${amount}  ${momentText(deadLetter?.at ?? null)}`,
    );
    const advice = adviceOf(refund);
    if (advice !== null) await io.out(`    ${advice.ko}\n    ${colors.dim(advice.en)}`);
  }
  io.note(
    `Shown: ${refunds.length}. Details: refund-worker dead-letters show ID (${refunds.length}건, 자세히: dead-letters show ID)`,
  );
}

/** What went back; else what was asked for. */
function amountOf({ cancel, settledWon }: Refund): number | null {
  return settledWon ?? (cancel.kind === 'full' ? null : cancel.amountWon);
}

function whyText({ deadLetter }: Refund): string {
  if (deadLetter === null) return '';
  const { case: name, code, pgCode } = deadLetter;
  const codes = [code, pgCode].filter((part) => part !== null).join('/');
  return codes === '' ? name : `${name} ${codes}`;
}

function adviceOf({ deadLetter, lastLookUp }: Refund) {
  if (deadLetter === null) return null;
  const { case: name, code, pgCode } = deadLetter;
  const { pg = null, status = null } = lastLookUp?.receipt ?? {};
  return adviceFor({ case: name, code, pgCode, pg, status });
}
