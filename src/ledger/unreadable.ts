// The two moves of a record that cannot be read: it becomes a case, and a person closes it. Its body is never written.
import { z } from 'zod';
import type { RefundId } from '../domain/ids.ts';
import { isOpen, type State, stateSchema } from '../domain/states.ts';
import type { MarkedUnreadable, UnreadableVerdict, UnreadRefund } from '../domain/unread.ts';
import { unreadableEvent } from '../policies/outcome-event.ts';
import { releasesReceipt, unreadableCase, verdictReason } from '../policies/unread.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonArgument, loadScript } from '../redis/scripts.ts';
import { actionText, newAct } from './actions.ts';
import { usedApproval } from './approvals.ts';
import { fieldsOf } from './book.ts';
import { unknownPlace } from './case-places.ts';
import type { LedgerDeps } from './commit.ts';
import { momentOf } from './day-counts.ts';
import { readStored } from './read.ts';
import { asciiJson, historyLine, readRecord } from './stored.ts';
import { readUnread } from './unread.ts';

const cases = './scripts/cases.lua';
const counts = './scripts/counts.lua';
const actions = './scripts/actions.lua';
const markUnreadableScript = loadScript(import.meta.url, [cases, counts, './scripts/mark-unreadable.lua']);
const closeScript = loadScript(import.meta.url, [
  './scripts/receipt-version.lua',
  cases,
  counts,
  actions,
  './scripts/book.lua',
  './scripts/approvals.lua',
  './scripts/close-unreadable.lua',
]);
/** The next waiter, '' none; null: the record has moved on. */
const answerSchema = z.string().nullable();

export async function markUnreadable(
  deps: LedgerDeps,
  id: RefundId,
  now: number,
): Promise<MarkedUnreadable | null> {
  const { redis, keys } = deps;
  const [stored] = await readStored(redis, keys, [id]);
  if (stored === undefined || stored.state === null || readRecord(stored) !== 'unreadable') return null;
  const { body, state, version } = stored;
  const refund = await readUnread(redis, keys, { refundId: id, unread: 'unreadable' });
  const from = stateSchema.parse(state);
  if (refund === null || refund.state !== from) return null;
  if (from === 'dead_lettered') return { refund, nextWaiter: null };
  if (!isOpen(from)) return null;
  const after = poisoned(refund, now);
  const scriptKeys = [
    ...[keys.refund(id), keys.history(id)],
    ...receiptKeys(keys, refund),
    ...[keys.wakeUps, keys.events, keys.byState(from), keys.byState('dead_lettered')],
  ];
  const step = {
    refund_id: id,
    version: version ?? '',
    state: from,
    next_version: after.version,
    lock: releasesReceipt(refund) ? 'release' : 'keep',
    now,
    cases: keys.cases,
    place: unknownPlace(now),
    ...{ days: keys.days, moment: momentOf(now), counts: { dead_lettered: 1 } },
  };
  const event = asciiJson(unreadableEvent('refund.dead_lettered', after, { at: now }));
  const texts = [comparable(body), unreadableLine(from, now), event];
  const answer = await markUnreadableScript.run(redis, scriptKeys, [jsonArgument(step), ...texts]);
  return moved(after, answer);
}

export async function closeUnreadable(
  { redis, keys }: LedgerDeps,
  refund: UnreadRefund,
  verdict: UnreadableVerdict,
): Promise<MarkedUnreadable | null> {
  const { refundId: id, version, deadLetter } = refund;
  const after = { ...refund, state: 'resolved', version: version + 1, deadLetter: null };
  const scriptKeys = [
    ...[keys.refund(id), keys.history(id)],
    ...receiptKeys(keys, refund),
    ...[keys.events, keys.byState('dead_lettered'), keys.byState('resolved'), keys.actions],
  ];
  const step = {
    refund_id: id,
    version,
    marks: verdict.marks ? 1 : 0,
    drifts: deadLetter?.case === 'drift' ? 1 : 0,
    now: verdict.at,
    act: newAct(),
    cases: keys.cases,
    approval:
      verdict.approved === undefined
        ? undefined
        : usedApproval(keys, { refundId: id, id: verdict.approved.id }),
    ...{ days: keys.days, moment: momentOf(verdict.at), counts: { resolved: 1 } },
    books: keys.books,
    book: fieldsOf({
      ...{ refund: id, version: after.version, at: verdict.at },
      ...{ from: refund.state, to: after.state, won: 0, by_hand: verdict.amountWon },
    }),
  };
  const resolution = { outcome: verdict.outcome, amount: verdict.amountWon };
  const event = asciiJson(unreadableEvent('refund.resolved', after, { at: verdict.at, resolution }));
  const answer = await closeScript.run(redis, scriptKeys, [
    jsonArgument(step),
    verdictLine(verdict),
    event,
    actionText(verdict.action),
  ]);
  return moved(after, answer);
}

/** Bytes that are no UTF-8 were replaced when they were read: they cannot be compared with what is stored. */
function comparable(body: string | null): string {
  return body?.includes('\uFFFD') === true ? '*' : (body ?? '');
}

/** A receipt that is not known has no row, no lock and no waiting jobs. */
function receiptKeys(keys: Keys, { receiptId }: UnreadRefund): string[] {
  return [keys.anyReceipt(receiptId ?? ''), `${keys.anyReceipt(receiptId ?? '')}:waiting`];
}

function poisoned(refund: UnreadRefund, at: number): UnreadRefund {
  const deadLetter = { ...unreadableCase, at };
  return { ...refund, state: 'dead_lettered', version: refund.version + 1, deadLetter };
}

function moved(refund: UnreadRefund, answer: unknown): MarkedUnreadable | null {
  const nextWaiter = answerSchema.parse(answer);
  return nextWaiter === null ? null : { refund, nextWaiter: nextWaiter || null };
}

function unreadableLine(from: State, at: number): string {
  const reason = 'poison: the record cannot be read';
  return historyLine({ at, who: 'worker', what: 'dead_letter', from, to: 'dead_lettered', reason });
}

function verdictLine({ at, who, outcome, approved, ...said }: UnreadableVerdict): string {
  const what = `resolve: ${outcome}, acknowledged, the record cannot be read`;
  const line = { at, who, what, from: 'dead_lettered', to: 'resolved', reason: verdictReason(said) } as const;
  return historyLine({ ...line, ...(approved && { approvedBy: approved.by }) });
}
