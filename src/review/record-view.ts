// A record as the outside interface shows it: snake_case, ISO times, advice filled in. No account, ever.
import { assignedTo, type Beside, type Note } from '../domain/beside.ts';
import type { PolicySettings } from '../domain/decision.ts';
import type { ListItem, ReceiptRow } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { Attempt, HistoryEntry, Refund } from '../domain/refund.ts';
import { isEnded } from '../domain/states.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import { leftWon } from '../policies/amounts.ts';
import { caseWords } from '../policies/case-advice.ts';
import { wordsView } from '../policies/case-words.ts';
import { customerNews } from '../policies/customer-text.ts';
import { cancelIdFor } from '../policies/identity.ts';
import { actionsFor, landedByLastLookUp } from '../policies/replay-rules.ts';
import { unreadActions, unreadableCase } from '../policies/unread.ts';
import { type Obstacles, waitingFor, waitingForText } from '../policies/waiting-for.ts';
import { nobody, type OnCase } from './beside.ts';
import { listedWords, unreadText, unreadWords } from './case-text.ts';
import type { ReviewRefusal } from './ports.ts';

export interface ViewContext {
  readonly row: ReceiptRow;
  readonly now: number;
  readonly jumpedAt: number | null;
  readonly settings: PolicySettings;
  readonly obstacles: Obstacles;
  readonly beside: Beside;
}

export type RecordView = ReturnType<typeof recordView>;

/** The record of `GET /v1/refunds/{refund_id}`. */
export function recordView(refund: Refund, history: readonly HistoryEntry[], context: ViewContext | null) {
  return {
    ...summaryView(refund),
    waiting_for: context === null ? null : waitingView(refund, { ...context, holder: context.row.holder }),
    cancel_tax_free: refund.cancel.taxFreeWon,
    cancel_username: refund.username,
    cancel_message: refund.message,
    refund_account: refund.account,
    revision: refund.revision,
    attempts: refund.attempts.map(attemptView),
    history: history.map(historyView),
    dead_letter: context === null ? null : deadLetterView(refund, context),
    resolution: resolutionView(refund),
    look_up: lookUpView(refund),
    receipt: context === null ? null : receiptView(context.row),
    customer_notice: noticeView(refund, history),
    ...(context !== null && besideView(refund, context.beside)),
  };
}

/** What people keep beside it; of an answer to an act it is left out. */
function besideView(
  refund: { readonly state: string; readonly version: number },
  { notes, assigned, watching }: Beside,
) {
  const mine = assignedTo(refund, assigned);
  return {
    assigned_to: mine?.to ?? null,
    watching: watching.map(({ who }) => who),
    notes: notes.map(noteView),
  };
}

function noteView({ at, ...same }: Note) {
  return { at: iso(at), ...same };
}

/** null: it waits for nothing of ours. */
export function waitingView(refund: Refund, facts: Parameters<typeof waitingFor>[1]) {
  const found = waitingFor(refund, facts);
  if (found === null) return null;
  return { kind: found.kind, until: isoOrNull(found.until), by: found.by, text: waitingForText(found) };
}

/** One line of a list. */
export function summaryView(refund: Refund) {
  return {
    refund_id: refund.refundId,
    cancel_id: cancelIdFor(refund.firstCancelId, refund.generation),
    generation: refund.generation,
    state: refund.state,
    version: refund.version,
    source: refund.source,
    event_id: refund.eventId,
    order_id: refund.orderId,
    receipt_id: refund.receiptId,
    cancel_price: refund.cancel.kind === 'full' ? null : refund.cancel.amountWon,
    refunded: refund.settledWon,
    occurred_at: iso(refund.occurredAt),
    accepted_at: iso(refund.acceptedAt),
    refund_by: iso(refund.refundBy),
    deadline: iso(refund.deadlineAt),
    next_wake_up: isoOrNull(refund.nextWakeUpAt),
    attempts_made: refund.attempts.length,
    case: refund.deadLetter?.case ?? null,
    code: refund.deadLetter?.code ?? null,
    rule: refund.deadLetter?.rule ?? null,
    pg_error_code: refund.deadLetter?.pgCode ?? null,
    severity: refund.deadLetter?.severity ?? null,
  };
}

/** One line of a list, whether the record can be read or not. */
export function listedView(listed: ListItem) {
  return 'unread' in listed ? unreadSummaryView(listed) : summaryView(listed);
}

/** One line of a list of cases. */
export function caseLineView(listed: ListItem, on: OnCase = nobody) {
  const at = listed.deadLetter?.at ?? null;
  const words = listedWords(listed);
  const amount = 'unread' in listed ? {} : { amount: leftWon(listed) };
  return {
    ...listedView(listed),
    ...amount,
    dead_lettered_at: isoOrNull(at),
    assigned_to: on.assignedTo,
    watching: on.watching,
    why: words?.why ?? null,
    to_do: words?.toDo ?? null,
  };
}

/** What is not known is left out: null would say something. */
function unreadSummaryView({ unread, deadLetter, ...refund }: UnreadRefund) {
  return {
    refund_id: refund.refundId,
    state: refund.state,
    version: refund.version,
    order_id: refund.orderId,
    receipt_id: refund.receiptId,
    case: deadLetter?.case ?? null,
    code: deadLetter?.code ?? null,
    pg_error_code: deadLetter?.pgCode ?? null,
    severity: deadLetter?.severity ?? null,
    ...(unread === 'newer' ? { newer_version: true } : { unreadable: true }),
  };
}

export type UnreadView = ReturnType<typeof unreadView>;

/** A record that cannot be read: what is left to say about it. */
export function unreadView(
  refund: UnreadRefund,
  history: readonly HistoryEntry[],
  row: Pick<ReceiptRow, 'holder' | 'waiting'> | null,
  beside: Beside | null = null,
) {
  return {
    ...unreadSummaryView(refund),
    note: unreadText(refund),
    history: history.map(historyView),
    dead_letter: unreadCaseView(refund, row),
    ...(beside !== null && besideView(refund, beside)),
  };
}

/** An open record that cannot be read is as good as a case: the next process that meets it makes it one. */
function unreadCaseView(refund: UnreadRefund, row: Pick<ReceiptRow, 'holder' | 'waiting'> | null) {
  const willBeCase = refund.unread === 'unreadable' && !isEnded(refund.state);
  const deadLetter = refund.deadLetter ?? (willBeCase ? unreadableCase : null);
  if (deadLetter === null) return null;
  return {
    case: deadLetter.case,
    code: deadLetter.code,
    pg_error_code: deadLetter.pgCode,
    severity: deadLetter.severity,
    at: isoOrNull(deadLetter.at),
    ...wordsView(unreadWords(refund)),
    actions: unreadActions(refund),
    waiting_behind: row?.holder === refund.refundId ? row.waiting : [],
  };
}

function deadLetterView(refund: Refund, context: ViewContext) {
  const { deadLetter, lastLookUp } = refund;
  if (deadLetter === null) return null;
  const { case: name, code, pgCode, severity, rule = null, cause = null, message = null } = deadLetter;
  const { row: account, now, jumpedAt, settings } = context;
  const facts = { refund, account, now, jumpedAt, settings };
  const landed = landedByLastLookUp(facts);
  return {
    case: name,
    code,
    rule,
    cause,
    pg_error_code: pgCode,
    message,
    severity,
    at: iso(deadLetter.at),
    ...wordsView(caseWords(deadLetter, lastLookUp)),
    suggested: landed ? landedText : null,
    look_up: lookUpView(refund),
    actions: actionsFor(facts),
    waiting_behind: deadLetter.keepsLock ? context.row.waiting : [],
  };
}

const landedText: Text = {
  en: 'The last look-up shows that this refund went through.',
  ko: '마지막 조회 결과 이 환불은 처리된 것으로 보여요.',
};

function lookUpView({ lastLookUp }: Refund) {
  if (lastLookUp === null) return null;
  const { receipt, at } = lastLookUp;
  return {
    at: iso(at),
    price: receipt.priceWon,
    cancelled_price: receipt.cancelledWon,
    cancelled_tax_free: receipt.cancelledTaxFreeWon,
    status: receipt.status,
    method: receipt.method,
    pg: receipt.pg,
    purchased_at: isoOrNull(receipt.purchasedAt),
  };
}

/** `expected` and `text` are there while the refund counts as succeeded. */
function noticeView(refund: Refund, history: readonly HistoryEntry[]) {
  if (refund.customerNotice === null) return null;
  const succeeded = history.findLast(({ to }) => to === 'succeeded');
  const news = succeeded === undefined ? null : customerNews(refund, succeeded.at);
  return { ...refund.customerNotice, expected: news?.expected ?? null, text: news?.text ?? null };
}

/** `amount`: what a person sent, where they said it. */
function resolutionView({ resolution }: Refund) {
  if (resolution === null) return null;
  const { outcome, amountWon = null, evidence, reason, who, at } = resolution;
  return { outcome, amount: amountWon, evidence, reason, who, at: iso(at) };
}

/** What the last look-up showed for people. */
function receiptView({ about }: Pick<ReceiptRow, 'about'>) {
  if (about === null) return null;
  return {
    order_name: about.orderName,
    card_company: about.cardCompany,
    card_number: about.cardNumber,
    receipt_url: about.receiptUrl,
  };
}

function attemptView(attempt: Attempt) {
  const { outcome, cancel } = attempt;
  return {
    number: attempt.number,
    folded: attempt.folded,
    revision: attempt.revision,
    generation: attempt.generation,
    cancel_id: attempt.cancelId,
    cancel_price: cancel.kind === 'full' ? null : cancel.amountWon,
    sent_at: iso(attempt.sentAt),
    answered_at: outcome === null ? null : iso(outcome.at),
    reply: outcome?.reply ?? null,
    error_code: outcome?.code ?? null,
    cause: outcome?.cause ?? null,
    pg_error_code: outcome?.pgCode ?? null,
    http_status: outcome?.httpStatus ?? null,
    message: outcome?.message ?? null,
    used: outcome?.used ?? false,
    t0: attempt.totalsBefore.totalWon,
  };
}

/** `times` and `first_at`: what happened again and again has one line, at its latest time. */
function historyView({ at, times = 1, since = at, approvedBy, ...entry }: HistoryEntry) {
  return { at: iso(at), ...entry, approved_by: approvedBy ?? null, times, first_at: iso(since) };
}

export function isoOrNull(at: number | null | undefined): string | null {
  return at == null ? null : iso(at);
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** A refusal as machines read it; `refusalText` has the words for people. */
export function refusalView(refusal: ReviewRefusal) {
  return {
    rule: refusal.rule,
    field: 'field' in refusal ? refusal.field : null,
    not_before: isoOrNull('notBefore' in refusal ? refusal.notBefore : null),
  };
}
