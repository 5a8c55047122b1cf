// Lists of refunds and of cases: JSON Lines for programs, one table for people.
import type { ListItem } from '../../domain/ledger.ts';
import type { Refund } from '../../domain/refund.ts';
import { adviceFor } from '../../review/case-advice.ts';
import { unreadText } from '../../review/case-text.ts';
import { caseLineView, listedView } from '../../review/record-view.ts';
import type { Io } from '../io.ts';
import { tableText } from './table.ts';
import { anyStateText, momentText, wonText } from './words.ts';

export async function printRefunds(
  io: Io,
  refunds: readonly ListItem[],
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    for (const refund of refunds) await io.out(JSON.stringify(listedView(refund)));
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
    anyStateText(refund.state, io.colors),
    refund.orderId ?? notKnown,
    refund.receiptId ?? notKnown,
    'unread' in refund ? notKnown : wonText(amountOf(refund)),
    'unread' in refund ? notKnown : String(refund.attempts.length),
    'unread' in refund ? notKnown : momentText(refund.acceptedAt),
    whyText(refund),
  ]);
  await io.out(tableText(io, columns, rows));
}

/** In place of what an unreadable record does not show. */
const notKnown = '?';

export async function printCases(
  io: Io,
  refunds: readonly ListItem[],
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    for (const refund of refunds)
      await io.out(JSON.stringify({ ...caseLineView(refund), advice: adviceOf(refund) }));
    return;
  }
  if (refunds.length === 0) return io.note('No dead letters. 검토할 건이 없어요.');
  const { colors } = io;
  for (const refund of refunds) {
    const { deadLetter } = refund;
    const severe = deadLetter?.severity === 'critical' ? colors.red : colors.yellow;
    const amount = 'unread' in refund ? notKnown : wonText(askedWon(refund));
    await io.out(
      `${colors.bold(refund.refundId)}  ${severe(whyText(refund))}  ${refund.orderId ?? notKnown}  ${amount}  ${momentText(deadLetter?.at ?? null)}`,
    );
    const advice = adviceOf(refund);
    if (advice !== null) await io.out(`    ${advice.ko}\n    ${colors.dim(advice.en)}`);
  }
  io.note(
    `Shown: ${refunds.length}. Details: refund-worker dead-letters show ID (${refunds.length}건, 자세히: dead-letters show ID)`,
  );
}

/** The amount refunded; before that, the amount requested. */
function amountOf(refund: Refund): number | null {
  return refund.settledWon ?? askedWon(refund);
}

function askedWon({ cancel }: Refund): number | null {
  return cancel.kind === 'full' ? null : cancel.amountWon;
}

function whyText(refund: ListItem): string {
  const { deadLetter } = refund;
  const unread = 'unread' in refund ? [unreadWords[refund.unread]] : [];
  if (deadLetter === null) return unread.join('');
  const { case: name, code, pgCode } = deadLetter;
  const rule = 'rule' in deadLetter ? deadLetter.rule : null;
  const codes = [code ?? rule, pgCode].filter((part) => part != null).join('/');
  return [name, ...(codes === '' ? [] : [codes]), ...unread].join(' ');
}

const unreadWords = {
  newer: '(newer version 새 버전의 기록)',
  unreadable: '(unreadable 읽을 수 없음)',
} as const;

function adviceOf(refund: ListItem) {
  if ('unread' in refund) return unreadText(refund);
  const { deadLetter, lastLookUp } = refund;
  if (deadLetter === null) return null;
  const { case: name, code, rule = null, cause = null, pgCode } = deadLetter;
  const { pg = null, status = null } = lastLookUp?.receipt ?? {};
  return adviceFor({ case: name, code, rule, cause, pgCode, pg, status });
}
