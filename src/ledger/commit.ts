// The one write of a step: the next record and everything that changes with it, or nothing.
import { z } from 'zod';
import type { CommitOptions, CommitResult, Transition } from '../domain/transition.ts';
import { outcomeEvent } from '../policies/outcome-event.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { aboutText } from './about.ts';
import { actionText, newAct } from './actions.ts';
import { usedApproval } from './approvals.ts';
import { entryFields } from './book.ts';
import { notedVerdict } from './bulks.ts';
import { placeOf } from './case-places.ts';
import { countsOf, momentOf } from './day-counts.ts';
import { asciiJson, bodyOf, historyLine } from './stored.ts';
import type { Vaults } from './vaults.ts';

export interface LedgerDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly vaults: Vaults;
}

const script = loadScript(import.meta.url, [
  './scripts/receipt-version.lua',
  './scripts/cases.lua',
  './scripts/history.lua',
  './scripts/counts.lua',
  './scripts/actions.lua',
  './scripts/book.lua',
  './scripts/approvals.lua',
  './scripts/bulk-results.lua',
  './scripts/commit.lua',
]);

const answerSchema = jsonAnswer(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('done'), next_waiter: z.string(), receipt_version: z.number() }),
    z.object({ kind: z.literal('moved'), version: z.number(), state: z.string() }),
    z.object({ kind: z.literal('disturbed') }),
    z.object({ kind: z.literal('lane_held'), by: z.enum(['person', 'credentials']) }),
  ]),
);

export async function commit(
  deps: LedgerDeps,
  transition: Transition,
  options: CommitOptions,
): Promise<CommitResult> {
  const { refund, event, history } = transition;
  const { newAccount } = options;
  const vault = newAccount === undefined ? null : await deps.vaults.toSeal(history.at);
  const sealed = newAccount === undefined ? undefined : vault?.seal(newAccount, refund.refundId);
  const reply = await script.run(deps.redis, keysOf(deps.keys, transition), [
    jsonArgument(stepOf(deps.keys, transition, options)),
    bodyOf(refund),
    historyLine(history),
    event === null ? '' : asciiJson(outcomeEvent(event, refund, history.at)),
    sealed ?? (refund.account === 'erased' ? 'erase' : ''),
    options.action === undefined ? '' : actionText(options.action),
  ]);
  const answer = answerSchema.parse(reply);
  if (answer.kind !== 'done') return answer;
  const { next_waiter: nextWaiter, receipt_version: receiptVersion } = answer;
  return { kind: 'done', nextWaiter: nextWaiter === '' ? null : nextWaiter, receiptVersion };
}

function keysOf(keys: Keys, { refund, from }: Transition): string[] {
  return [
    keys.refund(refund.refundId),
    keys.history(refund.refundId),
    keys.receipt(refund.receiptId),
    keys.waiting(refund.receiptId),
    keys.byState(from),
    keys.byState(refund.state),
    keys.wakeUps,
    keys.events,
    keys.answered,
    keys.lane,
    keys.actions,
  ];
}

/** As commit.lua reads it; what is absent is left out. */
function stepOf(
  keys: Keys,
  transition: Transition,
  { lookedAt, jobId, about, approval, bulk, action }: CommitOptions,
) {
  const { refund } = transition;
  const sentAt = refund.attempts.at(-1)?.sentAt;
  const isCase = refund.state === 'dead_lettered';
  return {
    refund_id: refund.refundId,
    receipt_id: refund.receiptId,
    job_id: jobId,
    version: transition.comparedVersion,
    next_version: refund.version,
    state_before: transition.from,
    state: refund.state,
    attempt: sentAt === undefined ? undefined : String(sentAt),
    wake: refund.nextWakeUpAt ?? undefined,
    deadline: refund.deadlineAt,
    now: transition.history.at,
    accepted_at: refund.acceptedAt,
    receipt_version: lookedAt?.receiptVersion,
    lock_of: lookedAt?.lock,
    lock: transition.lock,
    settled: transition.settledWon,
    marks: transition.marks === true ? 1 : 0,
    drifts: transition.openDrifts ?? 0,
    seen: transition.seen?.totalWon,
    lowers: transition.lowersHighest,
    about: about == null ? undefined : aboutText(about),
    days: keys.days,
    moment: momentOf(transition.history.at),
    counts: countsOf(transition),
    books: keys.books,
    book: entryFields(transition),
    cases: keys.cases,
    case: (isCase ? refund.deadLetter : null) ?? undefined,
    place: isCase ? placeOf(refund) : undefined,
    folds: transition.folds,
    act: action === undefined ? undefined : newAct(),
    approval:
      approval === undefined ? undefined : usedApproval(keys, { refundId: refund.refundId, id: approval }),
    bulk: bulk === undefined ? undefined : keys.bulk(bulk.id),
    results: bulk === undefined ? undefined : keys.bulkVerdicts(bulk.id, 'results'),
    verdict: bulk === undefined ? undefined : notedVerdict(bulk.verdict),
  };
}
