// One refund on a terminal: its fields, its case with advice, its attempts and its history.
import type { RefundId } from '../../domain/ids.ts';
import type { State } from '../../domain/states.ts';
import { purgedText } from '../../review/read-record.ts';
import type { RecordView, UnreadView } from '../../review/record-view.ts';
import type { ExitCode } from '../command.ts';
import type { Io } from '../io.ts';
import { pairsText, shortId, tableText } from './table.ts';
import { anyStateText, stateText, timeText, wonText } from './words.ts';

type Attempts = RecordView['attempts'];

export function recordText(io: Io, record: RecordView): string {
  return [
    headText(io, record),
    record.dead_letter === null ? null : caseText(io, record.dead_letter),
    record.attempts.length === 0 ? null : attemptsText(io, record.attempts),
    historyText(io, record.history),
    notesText(io, record.notes ?? []),
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

export function notePurged(io: Io, id: RefundId, state: State): ExitCode {
  const { ko, en } = purgedText(state);
  io.note(`${id}: ${ko}\n${en}`);
  return 1;
}

export function noteNotFound(io: Io, id: RefundId): ExitCode {
  io.note(`There is no refund ${id} under this REDIS_PREFIX. (이 환불을 찾을 수 없어요.)`);
  return 1;
}

export function unreadRecordText(io: Io, record: UnreadView): string {
  const { colors } = io;
  const { note, dead_letter: dead } = record;
  const head = pairsText(io, [
    ['refund', colors.bold(record.refund_id)],
    ['state', `${anyStateText(record.state, colors)}  (version ${record.version})`],
    ['order', record.order_id],
    ['receipt', record.receipt_id],
    ...(dead === null ? [] : whyPairs(io, dead)),
    ['note', `${note.ko}\n${note.en}`],
    ['actions', dead?.actions.join(', ') || null],
    ['behind it', dead?.waiting_behind.join(', ') || null],
  ]);
  const notes = notesText(io, record.notes ?? []);
  return [head, historyText(io, record.history), ...(notes === null ? [] : [notes])].join('\n\n');
}

function headText(io: Io, record: RecordView): string {
  const { colors } = io;
  const { resolution, customer_notice: notice } = record;
  return pairsText(io, [
    ['refund', colors.bold(record.refund_id)],
    ['state', `${stateText(record.state, colors)}  (version ${record.version})`],
    ['event', `${record.source} / ${record.event_id}`],
    ['order', record.order_id],
    ['receipt', record.receipt_id],
    ['amount', wonText(record.cancel_price)],
    ['tax-free', record.cancel_tax_free === null ? null : wonText(record.cancel_tax_free)],
    ['refunded', record.refunded === null ? null : wonText(record.refunded)],
    ['cancel_id', `${record.cancel_id}  (generation ${record.generation})`],
    ['message', record.cancel_message],
    ['account', record.refund_account === 'none' ? null : record.refund_account],
    ['accepted', timeText(record.accepted_at)],
    ['refund by', `${timeText(record.refund_by)}  (전자상거래법 제18조)`],
    ['waits for', record.waiting_for === null ? null : waitingText(record.waiting_for)],
    ['next wake-up', record.next_wake_up === null ? null : timeText(record.next_wake_up)],
    ['tell customer', notice === null ? null : noticeText(notice)],
    [
      'resolved',
      resolution === null ? null : `${resolution.outcome} by ${resolution.who}: ${resolution.reason}`,
    ],
    ['sent by hand', resolution?.amount == null ? null : wonText(resolution.amount)],
    ['evidence', resolution?.evidence ?? null],
    ['assigned to', record.assigned_to ?? null],
    ['looking at it', record.watching?.join(', ') || null],
  ]);
}

/** null: none. A hand-over says to whom. */
function notesText(io: Io, notes: NonNullable<RecordView['notes']>): string | null {
  if (notes.length === 0) return null;
  const columns = [
    { title: 'noted', wraps: true },
    { title: 'by', wraps: true },
    { title: 'note', wraps: true },
  ] as const;
  const rows = notes.map(({ at, who, what, to, text }) => [
    timeText(at),
    what === 'hand_over' ? `${who} → ${to ?? '-'}` : who,
    text ?? '',
  ]);
  return tableText(io, columns, rows);
}

function waitingText({ until, text }: NonNullable<RecordView['waiting_for']>): string {
  const when = until === null ? '' : ` (${timeText(until)})`;
  return `${text.ko}, ${text.en}${when}`;
}

function noticeText(notice: NonNullable<RecordView['customer_notice']>): string {
  const word = notice.required ? 'yes, by the merchant 가맹점 안내 필요' : 'not needed 안내 불필요';
  return `${word} (${notice.why})`;
}

function caseText(io: Io, dead: NonNullable<RecordView['dead_letter']>): string {
  const seen = dead.look_up;
  return pairsText(io, [
    ...whyPairs(io, dead),
    ['code', [dead.code, dead.pg_error_code].filter((code) => code !== null).join(' / PG ') || null],
    ['rule', dead.rule],
    ['cause', dead.cause],
    ['said', dead.message],
    ['to do', `${dead.to_do.ko}\n${dead.to_do.en}`],
    ['advice', `${dead.advice.ko}\n${dead.advice.en}`],
    ['suggested', dead.suggested === null ? null : `${dead.suggested.ko} ${dead.suggested.en}`],
    [
      'look-up',
      seen === null
        ? null
        : `${wonText(seen.cancelled_price)} of ${wonText(seen.price)} went back, status ${seen.status} (${timeText(seen.at)})`,
    ],
    ['actions', dead.actions.join(', ') || null],
    ['behind it', dead.waiting_behind.join(', ') || null],
  ]);
}

/** In words first; the names are what filters take. */
function whyPairs(
  { colors }: Io,
  dead: Pick<NonNullable<UnreadView['dead_letter']>, 'why' | 'case' | 'severity' | 'at'>,
): [string, string][] {
  return [
    ['why', colors.red(`${dead.why.ko}\n${dead.why.en}`)],
    ['case', colors.dim(`${dead.case} (${dead.severity})`)],
    ['since', timeText(dead.at)],
  ];
}

function attemptsText(io: Io, attempts: Attempts): string {
  const columns = [
    { title: 'try', align: 'right' },
    { title: 'sent', wraps: true },
    { title: 'amount', align: 'right' },
    { title: 'cancel_id', leastWidth: 110 },
    { title: 'reply', wraps: true },
    { title: 'code or cause', wraps: true },
    { title: 'PG' },
    { title: 'used', leastWidth: 100 },
  ] as const;
  const rows = attempts.map((attempt) => [
    attempt.folded === 0 ? String(attempt.number) : `${attempt.number} (×${attempt.folded + 1})`,
    timeText(attempt.sent_at),
    wonText(attempt.cancel_price),
    shortId(io, attempt.cancel_id, false),
    attempt.reply ?? 'under way',
    attempt.error_code ?? attempt.cause ?? '',
    attempt.pg_error_code ?? '',
    attempt.used ? 'yes' : 'no',
  ]);
  return tableText(io, columns, rows);
}

function historyText(
  io: Io,
  history: readonly {
    at: string;
    who: string;
    what: string;
    from: string | null;
    to: string | null;
    reason: string | null;
    times: number;
  }[],
): string {
  const columns = [
    { title: 'when', wraps: true },
    { title: 'who', wraps: true },
    { title: 'what', wraps: true },
    { title: 'state', wraps: true },
    { title: 'why', wraps: true },
  ] as const;
  const rows = history.map(({ at, who, what, from, to, reason, times }) => [
    timeText(at),
    who,
    times === 1 ? what : `${what} (×${times})`,
    to === null ? '' : from === null || from === to ? to : `${from} → ${to}`,
    reason ?? '',
  ]);
  return tableText(io, columns, rows);
}
