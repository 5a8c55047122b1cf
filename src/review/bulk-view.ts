// How the API shows many at once: the names of its fields, and which results it carries.
import type { Bulk, BulkCase, BulkFilter, BulkSums, Verdict } from '../domain/bulk.ts';
import type { Bulks } from './bulk-ports.ts';
import { iso } from './record-view.ts';

const latestShown = 500;
/** Cases under way at once end in any order. */
const underWay = 100;
const readAtOnce = 1_000;

export function progressView(bulk: Bulk) {
  const { id, state, made, start, stop, list, previews, results } = bulk;
  return {
    id,
    state,
    who: start?.who ?? made.who,
    via: start?.via ?? made.via,
    reason: start?.reason ?? null,
    filter: namedFilter(made.filter),
    per_minute: start?.perMinute ?? null,
    made_at: iso(made.at),
    started_at: start === null ? null : iso(start.at),
    ended_at: bulk.endedAt === null ? null : iso(bulk.endedAt),
    stopped_by: stop?.who ?? null,
    total: list?.count ?? null,
    amount: list?.won ?? null,
    counts: countsOf(results),
    won: wonOf(results),
    preview: { counts: countsOf(previews), won: wonOf(previews) },
  };
}

/** The latest ones. */
export async function latestResults(bulks: Bulks, bulk: Bulk): Promise<(BulkCase & { result: Verdict })[]> {
  const ended = Object.values(bulk.results).reduce((all, { count }) => all + count, 0);
  const from = Math.max(0, ended - latestShown);
  const cases = await bulks.cases(bulk.id, from, latestShown + underWay);
  return cases
    .flatMap((one) => (one.result === null ? [] : [{ ...one, result: one.result }]))
    .slice(-latestShown);
}

/** Of every case of a dry run. */
export async function previewsOf(bulks: Bulks, { id, list, previews }: Bulk) {
  const results = [];
  for (let from = 0; from < (list?.count ?? 0); from += readAtOnce)
    for (const { refundId, preview } of await bulks.cases(id, from, readAtOnce))
      if (preview !== null) results.push(resultView({ refundId, result: preview }));
  return { id, counts: countsOf(previews), won: wonOf(previews), results };
}

export function resultView({
  refundId,
  result: { result, rule, amountWon },
}: {
  refundId: string;
  result: Verdict;
}) {
  return { refund_id: refundId, result, rule, amount: amountWon };
}

function countsOf(sums: BulkSums): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).map(([name, { count }]) => [name, count]));
}

/** In won, of each result that has amounts. */
function wonOf(sums: BulkSums): Record<string, number> {
  const known = Object.entries(sums).filter(([, { count, uncounted }]) => uncounted < count);
  return Object.fromEntries(known.map(([name, { won }]) => [name, won]));
}

/** As the request wrote it. */
function namedFilter(filter: BulkFilter) {
  return {
    case: filter.case,
    code: filter.code,
    reason: filter.reason,
    pg_error_code: filter.pgCode,
    method: filter.method,
    min: filter.minWon,
    max: filter.maxWon,
    order_id: filter.orderId,
    q: filter.text,
    older_than_ms: filter.olderThanMs,
    assigned: filter.assignedTo,
  };
}
