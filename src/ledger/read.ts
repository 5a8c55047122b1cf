// Reading the ledger: one record with its history, lists by index, and who waits behind a receipt's hold.
import type { Redis } from 'ioredis';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import type { ListPage, ListQuery, ReceiptRow, StoredRefund } from '../domain/ports.ts';
import type { DeadLetter, Refund } from '../domain/refund.ts';
import { isEnded, type State, stateSchema } from '../domain/states.ts';
import type { Keys } from '../queue/names.ts';
import { readBody, readHistory } from './stored.ts';

export async function readRefund(redis: Redis, keys: Keys, id: RefundId): Promise<StoredRefund | null> {
  const [[, stored], [, lines]] = await inPipeline(redis, keys, id);
  const [body, storedState, version] = Array.isArray(stored) ? stored : [];
  const state = stateSchema.catch('dead_lettered').parse(storedState);
  const forgotten = typeof body !== 'string' && isEnded(state);
  if (typeof body !== 'string' && !forgotten) return null;
  return {
    refund: forgotten ? null : readBody(body),
    forgotten,
    state,
    version: Number(version),
    history: readHistory(Array.isArray(lines) ? lines : []),
  };
}

async function inPipeline(redis: Redis, keys: Keys, id: RefundId): Promise<[Entry, Entry]> {
  const pipeline = redis.pipeline();
  pipeline.hmget(keys.refund(id), 'body', 'state', 'version');
  pipeline.lrange(keys.history(id), 0, -1);
  const [record, history] = (await pipeline.exec()) ?? [];
  const failed = record?.[0] ?? history?.[0];
  if (failed) throw failed;
  return [record ?? [null, null], history ?? [null, []]];
}

type Entry = [Error | null, unknown];

const receiptFields = [
  'highest',
  'highest_tax_free',
  'settled',
  'hold',
  'fence',
  'below_at',
  'below_fence',
] as const;

/** What our ledger knows of a receipt, and the jobs that wait for it. */
export async function readReceipt(redis: Redis, keys: Keys, id: ReceiptId): Promise<ReceiptRow> {
  const [row, jobs] = await Promise.all([
    redis.hmget(keys.receipt(id), ...receiptFields),
    redis.zrange(keys.waiting(id), '0', '-1'),
  ]);
  const refundIds = jobs.map((jobId) => jobId.slice(0, jobId.lastIndexOf('-')));
  return {
    highestWon: Number(row[0] ?? 0),
    highestTaxFreeWon: Number(row[1] ?? 0),
    settledWon: Number(row[2] ?? 0),
    holder: row[3] ?? null,
    fence: row[4] ?? null,
    below: row[5] == null ? null : { at: Number(row[5]), fence: row[6] === '' ? null : (row[6] ?? null) },
    waiting: [...new Set(refundIds)],
  };
}

/** Newest first. Walks the narrowest index and filters by what the records say. */
export async function listRefunds(redis: Redis, keys: Keys, query: ListQuery): Promise<ListPage> {
  const indexes = indexesFor(keys, query);
  const items: Refund[] = [];
  const unreadable: string[] = [];
  let cursor = parseCursor(query.cursor);
  for (;;) {
    const rows = await newestOf(redis, indexes, {
      cursor,
      since: query.since ?? 0,
      until: query.until ?? null,
      count: pageSize(query.limit),
    });
    if (rows.length === 0) return { items, unreadable, nextCursor: null };
    const refunds = await readMany(redis, keys, rows);
    for (const [index, row] of rows.entries()) {
      const refund = refunds[index];
      cursor = row;
      if (refund === 'forgotten') continue;
      if (!refund) unreadable.push(row.id);
      else if (matches(refund, query)) items.push(refund);
      if (items.length === query.limit) return { items, unreadable, nextCursor: `${row.score}:${row.id}` };
    }
  }
}

/** How many refunds in these states were accepted since then, readable or not. */
export async function countRefunds(
  redis: Redis,
  keys: Keys,
  { states, since }: { readonly states: readonly State[]; readonly since?: number | undefined },
): Promise<number> {
  const counts = states.map((state) => redis.zcount(keys.byState(state), since ?? '-inf', '+inf'));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

interface Row {
  readonly score: number;
  readonly id: string;
}

function pageSize(limit: number): number {
  return Math.min(Math.max(limit, 20), 500);
}

function indexesFor(keys: Keys, query: ListQuery): string[] {
  if (query.receiptId !== undefined) return [keys.byReceipt(query.receiptId)];
  if (query.orderId !== undefined) return [keys.byOrder(query.orderId)];
  if (query.case !== undefined || query.code !== undefined) {
    return [keys.byCase(query.case ?? '', query.code ?? '')];
  }
  if (query.state !== undefined) return [keys.byState(query.state)];
  return stateSchema.options.map((state) => keys.byState(state));
}

async function newestOf(
  redis: Redis,
  indexes: readonly string[],
  {
    cursor,
    since,
    until,
    count,
  }: {
    readonly cursor: Row | null;
    readonly since: number;
    readonly until: number | null;
    readonly count: number;
  },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const index of indexes) {
    const latest = Math.min(cursor?.score ?? Number.POSITIVE_INFINITY, until ?? Number.POSITIVE_INFINITY);
    const max = Number.isFinite(latest) ? latest : '+inf';
    // Entries with the cursor's own score may be on either side of it: read on until enough lie behind.
    for (let offset = 0, found = 0; found < count; offset += count) {
      const flat = await redis.zrevrangebyscore(index, max, since, 'WITHSCORES', 'LIMIT', offset, count);
      for (let i = 0; i + 1 < flat.length; i += 2) {
        const row = { id: flat[i] ?? '', score: Number(flat[i + 1]) };
        if (cursor !== null && compare(row, cursor) <= 0) continue;
        rows.push(row);
        found += 1;
      }
      if (flat.length < 2 * count) break;
    }
  }
  return rows.sort(compare).slice(0, count);
}

/** Newest first, ids downwards within one millisecond, as Redis sorts them. */
function compare(a: Row, b: Row): number {
  if (a.score !== b.score) return b.score - a.score;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

async function readMany(
  redis: Redis,
  keys: Keys,
  rows: readonly Pick<Row, 'id'>[],
): Promise<(Refund | 'forgotten' | null)[]> {
  const pipeline = redis.pipeline();
  for (const { id } of rows) pipeline.hmget(keys.anyRefund(id), 'body', 'state');
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, stored]) => {
    if (error) throw error;
    const [body, state] = Array.isArray(stored) ? stored : [];
    if (typeof body === 'string') return readBody(body);
    // Forgotten since its index was read.
    return isEnded(state) ? 'forgotten' : null;
  });
}

function matches(refund: Refund, query: ListQuery): boolean {
  return (
    (query.state === undefined || refund.state === query.state) &&
    (query.case === undefined || caseOf(refund)?.case === query.case) &&
    (query.code === undefined || caseOf(refund)?.code === query.code) &&
    (query.receiptId === undefined || refund.receiptId === query.receiptId) &&
    (query.orderId === undefined || refund.orderId === query.orderId)
  );
}

function caseOf({ state, deadLetter }: Refund): DeadLetter | null {
  return state === 'dead_lettered' ? deadLetter : null;
}

function parseCursor(cursor: string | undefined): Row | null {
  const found = /^(\d+):(rf_[a-z2-7]{26})$/.exec(cursor ?? '');
  return found?.[2] === undefined ? null : { score: Number(found[1]), id: found[2] };
}
