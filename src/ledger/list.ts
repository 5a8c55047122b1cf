// Lists of refunds, newest first: pages through the shortest index and filters by the records.
import { refundIdSchema } from '../domain/ids.ts';
import type { ListItem, ListPage, ListQuery, Place } from '../domain/ledger.ts';
import type { DeadLetter, Refund } from '../domain/refund.ts';
import { isEnded, stateSchema } from '../domain/states.ts';
import type { UnreadCase, UnreadRefund, WhyUnread } from '../domain/unread.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { readGroupNames } from './case-groups.ts';
import { readStored } from './read.ts';
import { readRecord } from './stored.ts';
import { readUnread } from './unread.ts';

export async function listRefunds(redis: RedisClient, keys: Keys, asked: ListQuery): Promise<ListPage> {
  const query = await withStoredOrder(redis, keys, asked);
  const all: ListItem[] = [];
  const unreadable: string[] = [];
  const page = (nextCursor: string | null) => ({ items: all.filter(isRead), all, unreadable, nextCursor });
  for await (const rows of candidates(redis, await planFor(redis, keys, query), query)) {
    for (const { row, record } of await readMany(redis, keys, rows)) {
      if (record === 'purged') continue;
      if (typeof record === 'string') unreadable.push(row.id);
      const listed =
        typeof record === 'string' ? await listUnread(redis, keys, { id: row.id, record }) : record;
      if (listed !== null && matches(listed, query)) all.push(listed);
      if (all.length === query.limit) return page(`${row.score}:${row.id}`);
    }
  }
  return page(null);
}

/** An order is found whichever Unicode form is typed. Since 0.4.0 they are stored in NFC, before that as they came. */
async function withStoredOrder(redis: RedisClient, keys: Keys, query: ListQuery): Promise<ListQuery> {
  const { orderId } = query;
  if (orderId === undefined) return query;
  const forms = new Set([orderId.normalize('NFC'), orderId, orderId.normalize('NFD')]);
  for (const form of forms) {
    if ((await redis.exists(keys.byOrder(form))) === 1) return { ...query, orderId: form };
  }
  return query;
}

function isRead(listed: ListItem): listed is Refund {
  return !('unread' in listed);
}

/** Candidates for the answer, a page at a time; their records decide. */
async function* candidates(
  redis: RedisClient,
  { scanned, within }: ScanPlan,
  query: ListQuery,
): AsyncGenerator<Place[]> {
  const { since = 0, until = Number.POSITIVE_INFINITY, deadBy = Number.POSITIVE_INFINITY } = query;
  const size = pageSize(query.limit);
  let latest = Math.min(until, deadBy);
  let cursor = parseCursor(query.cursor);
  for (;;) {
    // No refund in both lists is newer than the newest of either: newer ones are passed over in one step.
    if (within !== null) latest = await newestScore(redis, within, { cursor, since, latest });
    const count = within === null ? size : idsAtOnce;
    const rows = await newestOf(redis, scanned, { cursor, since, latest, count });
    cursor = rows.at(-1) ?? null;
    if (cursor === null) return;
    const worthReading = within === null ? rows : await membersOf(redis, within, rows);
    for (let from = 0; from < worthReading.length; from += size) yield worthReading.slice(from, from + size);
  }
}

interface ScoreRange {
  readonly cursor: Place | null;
  readonly since: number;
  readonly latest: number;
}

function pageSize(limit: number): number {
  return Math.min(Math.max(limit, 20), 500);
}

/** The index of an order or a receipt is scanned up to this length without comparing it with other indexes. */
const fewRefunds = 500;
/** Reading ids costs a hundredth of reading records. */
const idsAtOnce = 2_000;

interface ScanPlan {
  /** The shortest indexes that hold all refunds asked for: one, or several to be read as one. */
  readonly scanned: readonly string[];
  /** Where the scanned index is long all the same: only refunds that are in this one, too, are read. */
  readonly within: string | null;
}

async function planFor(redis: RedisClient, keys: Keys, query: ListQuery): Promise<ScanPlan> {
  const { receiptId, orderId, state } = query;
  const own = [
    ...(receiptId === undefined ? [] : [keys.byReceipt(receiptId)]),
    ...(orderId === undefined ? [] : [keys.byOrder(orderId)]),
  ];
  if (own.length === 0 && query.deadBy !== undefined) {
    return { scanned: await groupsOf(redis, keys, query), within: null };
  }
  const ofCase = query.case !== undefined || query.code !== undefined;
  const shared = ofCase
    ? [keys.byCase(query.case ?? '', query.code ?? '')]
    : state === undefined
      ? []
      : [keys.byState(state)];
  if (own.length > 0) return shortestOf(redis, [...own, ...shared], query);
  return { scanned: shared.length > 0 ? shared : stateSchema.options.map(keys.byState), within: null };
}

async function shortestOf(
  redis: RedisClient,
  indexes: readonly string[],
  { since, until }: ListQuery,
): Promise<ScanPlan> {
  const counted: { readonly index: string; readonly count: number }[] = [];
  for (const index of indexes) {
    const count = await redis.zcount(index, since ?? '-inf', until ?? '+inf');
    if (count <= fewRefunds) return { scanned: [index], within: null };
    counted.push({ index, count });
  }
  const [shortest, next] = counted.sort((one, other) => one.count - other.count);
  return { scanned: shortest === undefined ? [] : [shortest.index], within: next?.index ?? null };
}

async function membersOf(
  redis: RedisClient,
  index: string,
  rows: readonly Place[],
): Promise<readonly Place[]> {
  if (rows.length === 0) return [];
  const scores = await redis.zmscore(index, ...rows.map(({ id }) => id));
  return rows.filter((_, place) => scores[place] !== null);
}

/**
 * By the time they became dead letters: by time of acceptance a million younger cases may lie before the first old one.
 */
async function groupsOf(redis: RedisClient, keys: Keys, query: ListQuery): Promise<string[]> {
  const groups = (await readGroupNames(redis, keys)).filter(
    (group) =>
      (query.case === undefined || group.case === query.case) &&
      (query.code === undefined || group.code === query.code),
  );
  return groups.map(({ name }) => keys.caseGroup(name));
}

/** The newest score of an index below the cursor; -1, before all times, where there is none. */
async function newestScore(redis: RedisClient, index: string, range: ScoreRange): Promise<number> {
  const [, score] = await redis.zrevrangebyscore(
    index,
    highestOf(range),
    range.since,
    'WITHSCORES',
    'LIMIT',
    0,
    1,
  );
  return Number(score ?? -1);
}

function highestOf({ cursor, latest }: ScoreRange): number | '+inf' {
  const highest = Math.min(cursor?.score ?? Number.POSITIVE_INFINITY, latest);
  return Number.isFinite(highest) ? highest : '+inf';
}

async function newestOf(
  redis: RedisClient,
  indexes: readonly string[],
  { count, ...range }: ScoreRange & { readonly count: number },
): Promise<Place[]> {
  const { cursor, since } = range;
  const max = highestOf(range);
  const newestIn = async (index: string): Promise<Place[]> => {
    // Entries with the cursor's own score may be on either side of it: more is read until enough lie behind. Always from
    // the start: refunds that leave the index meanwhile would move others past a second page.
    for (let most = count; ; most *= 2) {
      const flat = await redis.zrevrangebyscore(index, max, since, 'WITHSCORES', 'LIMIT', 0, most);
      const rows: Place[] = [];
      for (let i = 0; i + 1 < flat.length; i += 2) {
        const row = { id: flat[i] ?? '', score: Number(flat[i + 1]) };
        if (cursor === null || compare(row, cursor) > 0) rows.push(row);
      }
      if (rows.length >= count || flat.length < 2 * most) return rows;
    }
  };
  const found = await Promise.all(indexes.map(newestIn));
  return found.flat().sort(compare).slice(0, count);
}

/** Newest first, ids downwards within one millisecond, as Redis sorts them. */
function compare(a: Place, b: Place): number {
  if (a.score !== b.score) return b.score - a.score;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

async function readMany(
  redis: RedisClient,
  keys: Keys,
  rows: readonly Place[],
): Promise<{ readonly row: Place; readonly record: Refund | WhyUnread | 'purged' | 'gone' }[]> {
  const ids = rows.map(({ id }) => id);
  const stored = await readStored(redis, keys, ids);
  return rows.map((row, place) => {
    const fields = stored[place];
    if (fields === undefined || fields.state === null) return { row, record: 'gone' };
    // Without a body: purged since its index was read, or lost.
    if (fields.body === null && isEnded(fields.state)) return { row, record: 'purged' };
    return { row, record: readRecord(fields) };
  });
}

/** null: nothing is left but the entry in an index. */
async function listUnread(
  redis: RedisClient,
  keys: Keys,
  { id, record }: { readonly id: string; readonly record: WhyUnread | 'gone' },
): Promise<UnreadRefund | null> {
  const refundId = refundIdSchema.safeParse(id);
  if (record === 'gone' || !refundId.success) return null;
  return readUnread(redis, keys, { refundId: refundId.data, unread: record });
}

function matches(refund: ListItem, query: ListQuery): boolean {
  const found = caseOf(refund);
  return (
    (query.state === undefined || refund.state === query.state) &&
    (query.case === undefined || found?.case === query.case) &&
    (query.code === undefined || found?.code === query.code) &&
    (query.deadBy === undefined || (found?.at ?? Number.POSITIVE_INFINITY) <= query.deadBy) &&
    (query.receiptId === undefined || refund.receiptId === query.receiptId) &&
    (query.orderId === undefined || refund.orderId === query.orderId)
  );
}

function caseOf({ state, deadLetter }: ListItem): DeadLetter | UnreadCase | null {
  return state === 'dead_lettered' ? deadLetter : null;
}

function parseCursor(cursor: string | undefined): Place | null {
  const found = /^(\d+):(rf_[a-z2-7]{26})$/.exec(cursor ?? '');
  return found?.[2] === undefined ? null : { score: Number(found[1]), id: found[2] };
}
