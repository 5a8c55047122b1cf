// The demo's last page: one table with every event, then the payment book's totals beside ours.
import { assertNever } from '../../domain/errors.ts';
import type { Attempt, Refund } from '../../domain/refund.ts';
import { errorRow } from '../../policies/error-table.ts';
import type { Io } from '../io.ts';
import { tableText } from '../print/table.ts';
import { paint } from '../print/words.ts';
import type { End } from './ends.ts';
import type { Totals } from './totals.ts';

export interface Row extends End {
  readonly differences: readonly string[];
  /** The refund as it was before the demo's replay. */
  readonly replayed: boolean;
}

/** Wide enough for both languages in one line. */
const wideColumns = 150;

export function tableOf(io: Io, rows: readonly Row[]): string {
  const between = io.width >= wideColumns ? ' · ' : '\n';
  const columns = [
    { title: '#', align: 'right' as const },
    { title: '취소 건 What' },
    { title: '수단 Method' },
    { title: '금액 Won', align: 'right' as const },
    { title: '시도 Tries', align: 'right' as const },
    { title: '결과 End' },
    { title: '이유 Why' },
    { title: '' },
  ];
  const cells = rows.map((row) => {
    const { expectation, refund, differences } = row;
    const { ko, en } = expectation.title;
    const own = row.result === 'accepted' ? refund : null;
    return [
      String(expectation.line),
      `${ko}${between}${io.colors.dim(en)}`,
      own?.lastLookUp?.receipt.method ?? '-',
      own === null ? '-' : wonOf(own),
      own === null ? '-' : String(own.attempts.length),
      endOf(io, row),
      whyOf(row),
      differences.length === 0 ? io.colors.green('✓') : io.colors.red('✗'),
    ];
  });
  return tableText(io, columns, cells);
}

export function totalsOf(io: Io, totals: Totals): string {
  const { bookWon, bookRefunds, oursWon, oursRefunds } = totals;
  const same = totals.differences.length === 0;
  const verdict = same
    ? io.colors.green('same 일치: nobody was paid twice, nobody was forgotten')
    : io.colors.red(`different 불일치\n${totals.differences.join('\n')}`);
  const columns = [
    { title: '합계 Totals' },
    { title: '환불 Refunds', align: 'right' as const },
    { title: '금액 Won', align: 'right' as const },
  ];
  const table = tableText(io, columns, [
    ['PG 장부 payment book', String(bookRefunds), bookWon.toLocaleString('en-US')],
    ['우리 원장 our ledger', String(oursRefunds), oursWon.toLocaleString('en-US')],
  ]);
  return `${table}\n${verdict}`;
}

/** What went back; else what was asked for, a full cancel being the whole price. */
function wonOf({ settledWon, cancel, lastLookUp }: Refund): string {
  const asked = cancel.kind === 'partial' ? cancel.amountWon : (lastLookUp?.receipt.priceWon ?? null);
  const won = settledWon ?? asked;
  return won === null ? '전액 full' : won.toLocaleString('en-US');
}

function endOf({ colors }: Io, { result, refund }: End): string {
  switch (result) {
    case 'accepted':
      if (refund === null) return colors.red('lost');
      return paint(refund.state, colors)(refund.state === 'dead_lettered' ? 'dead letter' : refund.state);
    case 'duplicate':
      return colors.cyan('duplicate');
    case 'conflict':
    case 'refused':
    case 'missing':
      return colors.yellow(result);
    default:
      return assertNever(result);
  }
}

function whyOf({ result, refund, replayed, expectation }: Row): string {
  if (result === 'duplicate') return 'the refund is there already; nothing new';
  if (result === 'conflict') return 'other content under the same event_id';
  if (result === 'refused') return 'named and stopped at the door';
  if (refund === null) return '';
  const { deadLetter } = refund;
  if (replayed) return `replayed by ${expectation.replay?.as ?? '?'}: ${storyOf(refund)}`;
  if (deadLetter === null) return storyOf(refund);
  const code = deadLetter.code === null ? '' : `${numbered(deadLetter.code)} `;
  const pg = deadLetter.pgCode === null ? '' : `(PG ${deadLetter.pgCode}) `;
  return `${code}${pg}${deadLetter.case}`;
}

/** What each attempt came to, in order, and the look-up where it had the last word. */
function storyOf({ attempts, state }: Refund): string {
  const told = attempts.map(saidBy);
  const last = attempts.at(-1)?.outcome;
  const byLookUp = state === 'succeeded' && last?.reply !== 'accepted';
  return [...told, ...(byLookUp ? ['look-up: landed'] : [])].join(' → ');
}

function saidBy({ outcome }: Attempt): string {
  switch (outcome?.reply) {
    case undefined:
      return 'under way';
    case 'refused':
      return String(errorRow(outcome?.code ?? '')?.number ?? outcome?.code ?? 'refused');
    case 'throttled':
      return '429';
    case 'no_answer':
      return 'no answer';
    case 'not_sent':
      return 'not sent';
    case 'unreadable':
      return `unreadable ${outcome?.httpStatus ?? ''}`.trim();
    default:
      return outcome?.reply ?? '';
  }
}

function numbered(code: string): string {
  const number = errorRow(code)?.number ?? null;
  return number === null ? code : `${number} ${code}`;
}
