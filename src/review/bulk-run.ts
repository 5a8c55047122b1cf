// Makes the list of a bulk, once, and replays its cases at the rate that was asked for. What needs a person is skipped.
import type { Bulk, BulkCase, ListedCase, NumberedVerdict, Verdict } from '../domain/bulk.ts';
import type { CaseFilter } from '../domain/case-query.ts';
import { InvariantError, messageOf } from '../domain/errors.ts';
import type { ListItem } from '../domain/ledger.ts';
import { leftWon } from '../policies/amounts.ts';
import { caseTakesTwo, lowestThreshold } from '../policies/approval.ts';
import { needsAcknowledgement } from '../policies/replay-rules.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import type { BulkDeps } from './bulk-ports.ts';
import { eachOf, paceOf } from './pace.ts';
import type { ReviewResult } from './ports.ts';
import { replay } from './replay.ts';

const listedAtOnce = 500;

/** The most urgent first. Cases that come up while it is made are not on it. */
export async function makeList(
  own: BulkDeps,
  { id, owner }: { readonly id: string; readonly owner: string },
  signal: AbortSignal,
): Promise<void> {
  const bulk = await own.store.read(id);
  if (bulk === null || bulk.list !== null) return;
  const deps = withThreshold(own, bulk);
  const at = deps.now();
  const filter = filterAt(bulk, at);
  const seen = new Set<string>();
  const sum = { count: 0, won: 0, uncounted: 0 };
  let cursor: string | undefined;
  do {
    const page = await deps.ledger.cases({ filter, sort: 'due', limit: listedAtOnce, cursor });
    // A case whose deadline is moved meanwhile is met twice.
    const cases = page.items.filter(({ refundId }) => !seen.has(refundId)).map((item) => listed(deps, item));
    for (const { refundId, amountWon } of cases) {
      seen.add(refundId);
      sum.count += 1;
      sum.won += amountWon ?? 0;
      sum.uncounted += amountWon === null ? 1 : 0;
    }
    await deps.store.gather(id, owner, cases);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && !signal.aborted);
  if (!signal.aborted) await deps.store.freeze(id, owner, { at, ...sum });
}

/** The cases that fit a bulk's filter at a moment. */
export function filterAt({ made }: Pick<Bulk, 'made'>, at: number): CaseFilter {
  const { olderThanMs = 0, ...filter } = made.filter;
  return { ...filter, deadBy: at - olderThanMs };
}

function listed(deps: BulkDeps, item: ListItem): ListedCase {
  const { refundId, version, orderId } = item;
  const amountWon = 'unread' in item ? null : leftWon(item);
  return { refundId, version, orderId, amountWon, rule: personalRule(deps, item) };
}

/** The rule that leaves this case to a person; null: it may be replayed among many. */
function personalRule({ twoPeople }: BulkDeps, item: ListItem): string | null {
  if ('unread' in item) return replayRefusalOf(item).rule;
  if (needsAcknowledgement(item)) return 'acknowledge';
  return caseTakesTwo(item, twoPeople.thresholdWon) ? 'approval' : null;
}

/** The process that works on a bulk may know another threshold than those in which people made and started it. */
function withThreshold(deps: BulkDeps, { made, start }: Bulk): BulkDeps {
  const { twoPeople } = deps;
  const known = [made.thresholdWon, start?.thresholdWon, twoPeople.thresholdWon];
  return { ...deps, twoPeople: { ...twoPeople, thresholdWon: lowestThreshold(known) } };
}

/** @throws where the list is not as long as it was counted: some of its cases would be left out in silence. */
export async function listedFrom(
  { store }: BulkDeps,
  { id, list }: Bulk,
  from: number,
  most: number,
): Promise<readonly BulkCase[]> {
  const rest = (list?.count ?? 0) - from;
  const wanted = Math.min(rest, most);
  const found = await store.cases(id, from, wanted + 1);
  if (found.length !== (wanted === rest ? wanted : wanted + 1))
    throw new InvariantError(`the list of ${id} is not as long as it was counted`);
  return found.slice(0, wanted);
}

/** Each case that has no result yet. */
export async function replayAll(own: BulkDeps, bulk: Bulk, signal: AbortSignal): Promise<void> {
  const deps = withThreshold(own, bulk);
  const pace = paceOf(deps, 60_000 / (bulk.start?.perMinute ?? 1));
  for (let from = 0; from < (bulk.list?.count ?? 0) && !signal.aborted; from += listedAtOnce) {
    const cases = await listedFrom(deps, bulk, from, listedAtOnce);
    const open = cases.filter(({ result }) => result === null);
    const skipped = open.flatMap((one) => skippedBy(one) ?? []);
    await deps.store.note(bulk.id, 'results', skipped);
    const rest = open.filter((one) => skippedBy(one) === null);
    await eachOf(rest, deps.replaysAtOnce, async (one) => {
      if (await pace(signal)) await replayListed(deps, bulk, one);
    });
  }
}

/** What a preview found to be refused, or to be a person's, is left alone; what had moved by then has moved. */
function skippedBy({ number, rule, preview, amountWon }: BulkCase): NumberedVerdict | null {
  if (rule !== null) return { number, result: 'skipped', rule, amountWon };
  if (preview?.result === 'moved') return { number, result: 'moved', rule: null, amountWon };
  const isLeft = preview?.result === 'needs_person' || preview?.result === 'would_be_refused';
  return isLeft ? { number, result: 'skipped', rule: preview.rule, amountWon } : null;
}

/** As it was when the list was made, or not at all. What is done is noted with the write that does it. */
async function replayListed(deps: BulkDeps, bulk: Bulk, one: BulkCase): Promise<void> {
  const { number, refundId, version } = one;
  const { who = '', via = 'cli', reason = '' } = bulk.start ?? {};
  const amountWon = one.preview?.amountWon ?? one.amountWon;
  const wish = { who, via, reason, version, newGeneration: false, acknowledge: false, edits: {} };
  const replayed = { number, result: 'replayed', rule: null, amountWon };
  const found = await replay(deps, refundId, wish, { bulk: { id: bulk.id, verdict: replayed } }).catch(
    (error: unknown) => {
      if (deps.isRedisFault(error)) throw error;
      deps.warn({ bulk_id: bulk.id, refund_id: refundId, error: messageOf(error) }, 'bulk_case_failed');
      return null;
    },
  );
  if (found?.kind !== 'done')
    await deps.store.note(bulk.id, 'results', [{ number, amountWon, ...notDone(found) }]);
}

function notDone(found: ReviewResult | null): Pick<Verdict, 'result' | 'rule'> {
  if (found === null) return { result: 'failed', rule: null };
  return found.kind === 'refused' ? { result: 'refused', rule: found.rule } : { result: 'moved', rule: null };
}
