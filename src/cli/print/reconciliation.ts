// The report of a reconciliation: a count for each finding, then its meaning and the receipts concerned.
import type { Comparison } from '../../reconcile/compare.ts';
import type { ReconcileItem } from '../../reconcile/reconcile.ts';
import { isoOrNull } from '../../review/record-view.ts';
import type { Io } from '../io.ts';
import { type Finding, findings, meanings } from './findings.ts';
import { indented, tableText, wrapped } from './table.ts';
import { momentText, numberText } from './words.ts';

type ReportItem = Extract<ReconcileItem, { kind: 'receipt' | 'unreadable' }>;

/** What the report keeps of a run of any length: counts, and the first receipts of each finding. */
export interface Tally {
  add(found: ReportItem): void;
  readonly counts: ReadonlyMap<Finding, number>;
  readonly examples: ReadonlyMap<Finding, readonly ReportItem[]>;
  /** ms; from then on another run can confirm what was seen `below`. null: nothing was. */
  lookAgainAt(): number | null;
}

const mostExamples = 20;

export function createTally(): Tally {
  const counts = new Map<Finding, number>();
  const examples = new Map<Finding, ReportItem[]>();
  let again: number | null = null;
  return {
    counts,
    examples,
    lookAgainAt: () => again,
    add(found) {
      const finding = findingOf(found);
      counts.set(finding, (counts.get(finding) ?? 0) + 1);
      const shown = examples.get(finding) ?? [];
      if (shown.length < mostExamples) shown.push(found);
      examples.set(finding, shown);
      const at = found.kind === 'receipt' ? found.lookAgainAt : null;
      if (at !== null) again = Math.max(again ?? 0, at);
    },
  };
}

/** One JSON line; every line has the same fields. */
export function reconciledView(found: ReportItem) {
  const { receiptId, settledWon, cancelledWon, refundIds, lookAgainAt, why } = detailsOf(found);
  return {
    receipt_id: receiptId,
    verdict: findingOf(found),
    settled: settledWon,
    cancelled_price: cancelledWon,
    refund_ids: refundIds,
    look_again_at: isoOrNull(lookAgainAt),
    reason: why,
  };
}

/** The counts on one line, for standard error. */
export function countsText({ counts }: Tally): string {
  const counted = findings.flatMap((finding) => {
    const count = counts.get(finding);
    return count === undefined ? [] : [`${finding} ${numberText(count)}`];
  });
  return counted.join(', ');
}

export function againText(at: number): string {
  return `To be sure, run it again from ${momentText(at)} on.\n확실히 하려면 이 시각 이후에 다시 실행해 주세요.`;
}

export function reportText(io: Io, tally: Tally): string {
  const groups = findings.flatMap((finding) => {
    const examples = tally.examples.get(finding);
    return examples === undefined || meanings[finding].advice === null ? [] : [groupText(io, tally, finding)];
  });
  return [countsTable(io, tally), ...groups].join('\n\n');
}

function countsTable(io: Io, { counts }: Tally): string {
  const rows = findings.flatMap((finding) => {
    const count = counts.get(finding);
    if (count === undefined) return [];
    const { name } = meanings[finding];
    return [[numberText(count), paint(io, finding)(finding), name.en, name.ko]];
  });
  const titles = [{ title: 'found', align: 'right' as const }, { title: 'verdict' }, { title: 'meaning' }];
  return tableText(io, [...titles, { title: '뜻' }], rows);
}

function groupText(io: Io, { counts, examples }: Tally, finding: Finding): string {
  const { advice } = meanings[finding];
  const lines = { width: io.width, indent: 2 };
  const shown = examples.get(finding) ?? [];
  const more = (counts.get(finding) ?? 0) - shown.length;
  return [
    paint(io, finding)(finding),
    advice === null ? [] : [wrapped(io, advice.ko, lines), io.colors.dim(wrapped(io, advice.en, lines)), ''],
    indented(receiptsTable(io, finding, shown), 2),
    more === 0
      ? []
      : `  … and ${numberText(more)} more; --json lists all. 외 ${numberText(more)}건, 전체는 --json.`,
  ]
    .flat()
    .join('\n');
}

const abouts: Partial<Record<Finding, string>> = { below: '재실행 again from', no_look_up: 'why' };

function receiptsTable(io: Io, finding: Finding, found: readonly ReportItem[]): string {
  if (finding === 'unreadable')
    return tableText(
      io,
      [{ title: 'refund' }],
      found.map((one) => [aboutText(one)]),
    );
  const right = { align: 'right' as const };
  const about = { title: abouts[finding] ?? 'refund' };
  const rows = found.map((one) => {
    const { receiptId, settledWon, cancelledWon } = detailsOf(one);
    return [receiptId ?? '-', wonText(settledWon), wonText(cancelledWon), aboutText(one)];
  });
  const amounts = [
    { title: 'settled', ...right },
    { title: 'Bootpay', ...right },
  ];
  const hasAbout = rows.some(([, , , text]) => text !== '');
  const all = [{ title: 'receipt' }, ...amounts, ...(hasAbout ? [about] : [])];
  return tableText(io, all, hasAbout ? rows : rows.map((row) => row.slice(0, 3)));
}

function aboutText(found: ReportItem): string {
  const { refundIds, lookAgainAt, why } = detailsOf(found);
  if (lookAgainAt !== null) return momentText(lookAgainAt);
  if (why !== null) return why;
  // Settled on the receipt, but the record was purged: no case could be opened.
  if (findingOf(found) === 'drift' && refundIds.length === 0) return 'no record 기록 없음';
  return refundIds.join('\n');
}

function findingOf(found: ReportItem): Finding {
  return found.kind === 'unreadable' ? 'unreadable' : found.verdict;
}

type Details = Omit<Comparison, 'verdict' | 'receiptId' | 'settledWon' | 'refundIds'> & {
  readonly receiptId: string | null;
  readonly settledWon: number | null;
  readonly refundIds: readonly string[];
};

function detailsOf(found: ReportItem): Details {
  if (found.kind === 'receipt') return found;
  const nothing = { receiptId: null, settledWon: null, cancelledWon: null, lookAgainAt: null, why: null };
  return { ...nothing, refundIds: [found.refundId] };
}

function paint({ colors }: Io, finding: Finding): (text: string) => string {
  if (meanings[finding].urgent) return finding === 'below' ? colors.yellow : colors.red;
  return finding === 'agrees' || finding === 'outside_before' ? colors.green : colors.cyan;
}

/** Without 원: two amounts, two ids and a frame of blanks fit 80 columns so. */
function wonText(won: number | null): string {
  return won === null ? '-' : numberText(won);
}
