// Lists of refunds and of cases: JSON Lines for programs, one table for people.
import type { CaseSort, CaseTotals } from '../../domain/case-query.ts';
import type { ListItem } from '../../domain/ledger.ts';
import type { Refund } from '../../domain/refund.ts';
import { askedWon, leftWon, sumOf } from '../../policies/amounts.ts';
import type { OnCase } from '../../review/beside.ts';
import { listedWords } from '../../review/case-text.ts';
import type { CaseCount } from '../../review/ports.ts';
import type { ListedView } from '../../review/read-record.ts';
import { caseLineView, isoOrNull } from '../../review/record-view.ts';
import type { Io } from '../io.ts';
import { indented, shortId, tableText, wrapped } from './table.ts';
import { anyStateText, dayText, momentText, numberText, wonText } from './words.ts';

export async function printRefunds(
  io: Io,
  refunds: readonly ListItem[],
  {
    views,
    json,
    wide,
  }: {
    /** Of the same refunds, in the same order. */
    readonly views: readonly ListedView[];
    readonly json: boolean;
    readonly wide: boolean;
  },
): Promise<void> {
  if (json) {
    for (const line of views) await io.out(JSON.stringify(line));
    return;
  }
  if (refunds.length === 0) return io.note('No refunds. 환불이 없어요.');
  const columns = [
    { title: 'refund' },
    { title: 'state', wraps: true },
    { title: 'order' },
    { title: 'receipt', leastWidth: 110 },
    { title: 'amount', align: 'right' },
    { title: 'tries', align: 'right', leastWidth: 100 },
    { title: 'accepted', wraps: true, leastWidth: 90 },
    { title: 'why', wraps: true },
  ] as const;
  const id = (text: string | null) => (text === null ? notKnown : shortId(io, text, wide));
  const rows = refunds.map((refund, place) => [
    id(refund.refundId),
    anyStateText(refund.state, io.colors),
    id(refund.orderId),
    id(refund.receiptId),
    'unread' in refund ? notKnown : wonText(amountOf(refund)),
    'unread' in refund ? notKnown : String(refund.attempts.length),
    'unread' in refund ? notKnown : momentText(refund.acceptedAt),
    whyText(refund) || waitingWords(views[place]),
  ]);
  await io.out(tableText(io, columns, rows));
}

function waitingWords(view: ListedView | undefined): string {
  const found = view?.waiting_for ?? null;
  return found === null ? '' : `${found.text.ko} ${found.text.en}`;
}

/** In place of what an unreadable record does not show. */
const notKnown = '?';

export async function printCases(
  io: Io,
  {
    cases,
    on,
    totals,
    sort,
  }: {
    readonly cases: readonly ListItem[];
    /** In the order of the cases. */
    readonly on: readonly OnCase[];
    /** Of all cases of the filter, those that are not shown included. */
    readonly totals: CaseTotals;
    readonly sort: CaseSort;
  },
  { json }: { readonly json: boolean },
): Promise<void> {
  if (json) {
    for (const [place, refund] of cases.entries())
      await io.out(
        JSON.stringify({ ...caseLineView(refund, on[place]), advice: listedWords(refund)?.advice ?? null }),
      );
    return;
  }
  if (cases.length === 0) return io.note('No dead letters. 검토할 건이 없어요.');
  const { firstRefundBy } = totals;
  const { count, won, uncounted } = sumOf(totals.sums);
  const due = firstRefundBy === null ? '' : `, the first due ${dayText(firstRefundBy)} 가장 이른 기한`;
  await io.out(io.colors.bold(`${numberText(count)} cases 건, ${wonText(won)}${due}`));
  if (uncounted > 0) await io.out(`${numberText(uncounted)} of them of unknown amount 금액을 모르는 건`);
  for (const [place, refund] of cases.entries()) await io.out(caseText(io, refund, on[place]));
  io.note(
    `Shown: ${numberText(cases.length)} of ${numberText(count)}, ${sortWords[sort]}.\nDetails 자세히: refund-worker dead-letters show ID`,
  );
}

const sortWords: Readonly<Record<CaseSort, string>> = {
  due: 'by refund_by. 법정 기한 순',
  amount: 'by amount. 금액 순',
  age: 'by age. 오래 기다린 순',
};

/** The biggest group first. */
export async function printGroups(
  io: Io,
  groups: readonly CaseCount[],
  { by, json }: { readonly by: string; readonly json: boolean },
): Promise<void> {
  if (json) {
    for (const { key, count, critical, oldestAt } of groups)
      await io.out(JSON.stringify({ key, count, critical, oldest: isoOrNull(oldestAt) }));
    return;
  }
  if (groups.length === 0) return io.note('No dead letters. 검토할 건이 없어요.');
  const columns = [
    { title: by, wraps: true },
    { title: 'cases', align: 'right' },
    { title: 'critical', align: 'right' },
    { title: 'oldest', wraps: true },
  ] as const;
  const rows = groups.map(({ key, count, critical, oldestAt }) => [
    key ?? '-',
    numberText(count),
    numberText(critical),
    momentText(oldestAt),
  ]);
  await io.out(tableText(io, columns, rows));
}

function caseText(io: Io, refund: ListItem, on: OnCase | undefined): string {
  const { colors } = io;
  const { deadLetter } = refund;
  const words = listedWords(refund);
  const severe = deadLetter?.severity === 'critical' ? colors.red : colors.yellow;
  const isRead = !('unread' in refund);
  const due = isRead ? `refund by ${dayText(refund.refundBy)}` : notKnown;
  const why = words === null ? '' : `${words.why.ko} · ${words.why.en}`;
  const lines = [
    ...(on?.assignedTo == null ? [] : [`담당 assigned to ${on.assignedTo}`]),
    `order ${refund.orderId ?? notKnown}, since ${momentText(deadLetter?.at ?? null)}  ${colors.dim(namesText(refund))}`,
    ...(words === null ? [] : [words.advice.ko, colors.dim(words.advice.en)]),
  ];
  const head = `${colors.bold(refund.refundId)}  ${isRead ? wonText(leftWon(refund)) : notKnown}  ${due}`;
  return [head, ...[severe(why), ...lines].map((line) => paragraph(io, line))].join('\n');
}

function paragraph(io: Io, text: string): string {
  return io.isTerminal ? wrapped(io, text, { width: io.width, indent: 4 }) : indented(text, 4);
}

/** The amount refunded; before that, the amount requested. */
function amountOf(refund: Refund): number | null {
  return refund.settledWon ?? askedWon(refund);
}

/** In words first. */
function whyText(refund: ListItem): string {
  const words = listedWords(refund);
  return words === null ? '' : `${words.why.ko} · ${words.why.en} · ${namesText(refund)}`;
}

/** What a filter takes, and what the developers know it by. */
function namesText(refund: ListItem): string {
  const { deadLetter } = refund;
  const unread = 'unread' in refund ? [unreadWords[refund.unread]] : [];
  if (deadLetter === null) return unread.join('');
  const { case: name, code, pgCode } = deadLetter;
  const rule = 'rule' in deadLetter ? deadLetter.rule : null;
  const codes = [code ?? rule, pgCode].filter((part) => part != null).join(' / ');
  return [name, ...(codes === '' ? [] : [codes]), ...unread].join(' ');
}

const unreadWords = {
  newer: 'newer version',
  unreadable: 'unreadable',
} as const;
