// Lists of refunds, newest first: the shortest index is walked, and what the records say decides.
import type { Redis } from 'ioredis';
import type { ListPage, ListQuery } from '../domain/ports.ts';
import type { DeadLetter, Refund } from '../domain/refund.ts';
import { isEnded, stateSchema } from '../domain/states.ts';
import type { Keys } from '../queue/names.ts';
import { readGroupNames } from './case-groups.ts';
import { readBody } from './stored.ts';

export async function listRefunds(redis: Redis, keys: Keys, query: ListQuery): Promise<ListPage> {
  const indexes = await indexesFor(redis, keys, query);
  const until = Math.min(query.until ?? Number.POSITIVE_INFINITY, query.deadBy ?? Number.POSITIVE_INFINITY);
  const items: Refund[] = [];
  const unreadable: string[] = [];
  let cursor = parseCursor(query.cursor);
  for (;;) {
    const rows = await newestOf(redis, indexes, {
      cursor,
      since: query.since ?? 0,
      until,
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

interface Row {
  readonly score: number;
  readonly id: string;
}

function pageSize(limit: number): number {
  return Math.min(Math.max(limit, 20), 500);
}

/** An order or a receipt with more refunds than this is not taken for a short list unseen. */
const fewRefunds = 500;

/** The shortest lists that hold all that is asked for: one, or several to be read as one. */
async function indexesFor(redis: Redis, keys: Keys, query: ListQuery): Promise<readonly string[]> {
  const { receiptId, orderId, state } = query;
  const own = [
    ...(receiptId === undefined ? [] : [keys.byReceipt(receiptId)]),
    ...(orderId === undefined ? [] : [keys.byOrder(orderId)]),
  ];
  if (own.length === 0 && query.deadBy !== undefined) return groupsOf(redis, keys, query);
  const ofCase = query.case !== undefined || query.code !== undefined;
  const shared = ofCase
    ? [keys.byCase(query.case ?? '', query.code ?? '')]
    : state === undefined
      ? []
      : [keys.byState(state)];
  if (own.length === 0) return shared.length > 0 ? shared : stateSchema.options.map(keys.byState);

  return [await shortestOf(redis, [...own, ...shared], query)];
}

async function shortestOf(
  redis: Redis,
  indexes: readonly string[],
  { since, until }: ListQuery,
): Promise<string> {
  let shortest = { index: '', count: Number.POSITIVE_INFINITY };
  for (const index of indexes) {
    const count = await redis.zcount(index, since ?? '-inf', until ?? '+inf');
    if (count < shortest.count) shortest = { index, count };
    if (count <= fewRefunds) break;
  }
  return shortest.index;
}

/** By the time they became dead letters: by time of acceptance a million younger cases may lie before the first old one. */
async function groupsOf(redis: Redis, keys: Keys, query: ListQuery): Promise<string[]> {
  const groups = (await readGroupNames(redis, keys)).filter(
    (group) =>
      (query.case === undefined || group.case === query.case) &&
      (query.code === undefined || group.code === query.code),
  );
  return groups.map(({ name }) => keys.caseGroup(name));
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
    readonly until: number;
    readonly count: number;
  },
): Promise<Row[]> {
  const latest = Math.min(cursor?.score ?? Number.POSITIVE_INFINITY, until);
  const max = Number.isFinite(latest) ? latest : '+inf';
  const newestIn = async (index: string): Promise<Row[]> => {
    const rows: Row[] = [];
    // Entries with the cursor's own score may be on either side of it: read on until enough lie behind.
    for (let offset = 0; rows.length < count; offset += count) {
      const flat = await redis.zrevrangebyscore(index, max, since, 'WITHSCORES', 'LIMIT', offset, count);
      for (let i = 0; i + 1 < flat.length; i += 2) {
        const row = { id: flat[i] ?? '', score: Number(flat[i + 1]) };
        if (cursor === null || compare(row, cursor) > 0) rows.push(row);
      }
      if (flat.length < 2 * count) break;
    }
    return rows;
  };
  const found = await Promise.all(indexes.map(newestIn));
  return found.flat().sort(compare).slice(0, count);
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
    (query.deadBy === undefined || (caseOf(refund)?.at ?? Number.POSITIVE_INFINITY) <= query.deadBy) &&
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
