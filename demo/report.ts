// The demo's last page: one table with every event, then the payment book's totals beside ours.
import type { Io } from '../src/cli/io.ts';
import { tableText } from '../src/cli/print/table.ts';
import { paint } from '../src/cli/print/words.ts';
import { assertNever } from '../src/domain/errors.ts';
import type { Attempt, Refund } from '../src/domain/refund.ts';
import { errorRow } from '../src/policies/error-table.ts';
import type { End } from './ends.ts';
import type { Totals } from './totals.ts';

export interface Row extends End {
  readonly differences: readonly string[];
  /** The refund as it was before the demo's replay. */
  readonly replayed: boolean;
}

/** Wide enough for both languages in one line. */
const wideColumns = 156;
/** On a terminal, so that a row of the wide table stays one line. */
const longestWhy = 44;
/** What the other columns take where the two languages stand in two lines. */
const narrowRest = 84;

export function tableOf(io: Io, rows: readonly Row[]): string {
  const between = io.width >= wideColumns ? ' · ' : '\n';
  const columns = [
    { title: '' },
    { title: '#', align: 'right' },
    { title: '취소 건\nWhat', wraps: true },
    { title: '수단\nMethod', leastWidth: 100 },
    { title: '금액\nWon', align: 'right' },
    { title: '시도\nTries', align: 'right', leastWidth: 90 },
    { title: '결과\nEnd', wraps: true },
    { title: '이유\nWhy', wraps: true },
  ] as const;
  const cells = rows.map((row) => {
    const { expectation, refund, differences } = row;
    const { ko, en } = expectation.title;
    const own = row.result === 'accepted' ? refund : null;
    return [
      differences.length === 0 ? io.colors.green('✓') : io.colors.red('✗'),
      String(expectation.line),
      `${ko}${between}${io.colors.dim(en)}`,
      own?.lastLookUp?.receipt.method ?? '-',
      own === null ? '-' : wonOf(own),
      own === null ? '-' : String(own.attempts.length),
      endOf(io, row),
      fitted(io, whyOf(row)),
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

function whyOf({ result, refund, replayed, expectation, lastReason }: Row): string {
  if (result === 'duplicate') return 'the refund is there already; nothing new';
  if (result === 'conflict') return 'other content under the same event_id';
  if (result === 'refused') return 'named and refused when it came in';
  if (refund === null) return '';
  const { deadLetter } = refund;
  if (replayed) return `replayed by ${expectation.replay?.as ?? '?'}: ${storyOf(refund)}`;
  if (deadLetter === null) return storyOf(refund);
  const code = deadLetter.code === null ? deadLetter.case : numbered(deadLetter.code);
  switch (deadLetter.case) {
    case 'policy_refused':
      // The history says it in words.
      return `policy: ${lastReason?.replace(/^policy_refused: (status \d+: )?/, '') ?? code}`;
    case 'retries_exhausted':
      return `${code}, ${refund.attemptsUsed} attempts`;
    default:
      return deadLetter.pgCode === null ? code : `${code}, PG ${deadLetter.pgCode}`;
  }
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

/** In a pipe as it is; on a terminal cut, or broken into the lines that a narrow row has anyway. */
function fitted(io: Io, text: string): string {
  if (!io.isTerminal) return text;
  if (io.width >= wideColumns) return text.length > longestWhy ? `${text.slice(0, longestWhy - 1)}…` : text;
  const most = Math.max(20, io.width - narrowRest);
  return (text.match(new RegExp(`.{1,${most}}`, 'gu')) ?? []).join('\n');
}

function numbered(code: string): string {
  const number = errorRow(code)?.number ?? null;
  return number === null ? code : `${number} ${code}`;
}
