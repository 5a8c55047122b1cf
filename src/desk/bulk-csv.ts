// The results of many at once as a file: one row for each case of the list, read page by page.
import type { FastifyReply } from 'fastify';
import type { Bulk, Verdict } from '../domain/bulk.ts';
import type { Text } from '../domain/problem.ts';
import { bulkResultText } from '../policies/bulk-words.ts';
import { type CsvRow, csvOf } from '../policies/csv.ts';
import type { Bulks } from '../review/bulk-ports.ts';
import { sendCsv } from './download.ts';
import { bulkRuleText, bulkWords } from './words/bulk.ts';
import type { Say } from './words/say.ts';

const readAtOnce = 500;

const columns: readonly Text[] = [
  bulkWords.number,
  bulkWords.order,
  bulkWords.refund,
  bulkWords.listAmount,
  bulkWords.shown,
  bulkWords.shownWhy,
  bulkWords.shownAmount,
  bulkWords.result,
  bulkWords.resultWhy,
  bulkWords.resultAmount,
];

export function sendBulkCsv(
  reply: FastifyReply,
  { bulks, bulk, say }: { readonly bulks: Bulks; readonly bulk: Bulk; readonly say: Say },
): FastifyReply {
  return sendCsv(reply, `${bulk.id}.csv`, csvOf(columns.map(say), rowsOf(bulks, bulk, say)));
}

async function* rowsOf(bulks: Bulks, { id, list }: Bulk, say: Say): AsyncGenerator<CsvRow[]> {
  for (let from = 0; from < (list?.count ?? 0); from += readAtOnce) {
    const cases = await bulks.cases(id, from, readAtOnce);
    yield cases.map(({ number, orderId, refundId, amountWon, preview, result }) => [
      ...[number + 1, orderId, refundId, amountWon],
      ...cellsOf(preview, say),
      ...cellsOf(result, say),
    ]);
  }
}

function cellsOf(verdict: Verdict | null, say: Say): CsvRow {
  if (verdict === null) return [null, null, null];
  const { result, rule, amountWon } = verdict;
  return [say(bulkResultText(result)), rule === null ? null : say(bulkRuleText(rule)), amountWon];
}
