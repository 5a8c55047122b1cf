// Dead letters in the orders that people read them in, and their sums: an index is walked, and of the records only those
// of the page are read.
import { z } from 'zod';
import type { CaseFilter, CasePage, CaseQuery, CaseSum, CaseTotals } from '../domain/case-query.ts';
import { refundIdSchema } from '../domain/ids.ts';
import type { ListItem, Place } from '../domain/ledger.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { lateBefore, placeAnew, placeCases, placeOf, refundByAt } from './case-places.ts';
import { readStored } from './read.ts';
import { readRecord, type StoredFields } from './stored.ts';
import { readUnread } from './unread.ts';

const script = loadScript(import.meta.url, ['./scripts/cases.lua', './scripts/find-cases.lua']);
const number = z.coerce.number();
const sumSchema = z.object({ count: number, won: number, uncounted: number });
type Sum = z.infer<typeof sumSchema>;
const answerSchema = jsonAnswer(
  z.object({
    found: z.array(z.tuple([z.string(), number])).default([]),
    sums: z.record(z.string(), sumSchema).default({}),
    overdue: z.number(),
    due: number.optional(),
    next: z.object({ id: z.string(), score: number }).nullable().default(null),
  }),
);

type Walked = z.infer<typeof answerSchema>;

/** Entries that one script walks: a few milliseconds of Redis. */
const walkedAtOnce = 1_000;
/** Cases of an earlier version that one reader places before it reads. */
const mostPlaced = 10_000;

export async function listCases(
  redis: RedisClient,
  keys: Keys,
  { filter, sort, limit, cursor }: CaseQuery,
): Promise<CasePage> {
  const items: ListItem[] = [];
  let after = parseCursor(cursor);
  if (after === null) await placeOld(redis, keys);
  const most = isFiltered(filter) ? walkedAtOnce : limit;
  const order = { index: keys.casesBy(sort), within: indexesOf(keys, filter), down: sort === 'amount' };
  do {
    const ask = { ...order, filter, most, limit: limit - items.length, after };
    const { found, next }: Walked = await walk(redis, keys, ask);
    items.push(...(await readFound(redis, keys, { sort, found })));
    after = next;
  } while (after !== null && items.length < limit);
  return { items, nextCursor: after === null ? null : `${after.score}:${after.id}` };
}

interface TotalsAsked {
  readonly filter: CaseFilter;
  readonly now: number;
}

export async function caseTotals(
  redis: RedisClient,
  keys: Keys,
  { filter, now }: TotalsAsked,
): Promise<CaseTotals> {
  await placeOld(redis, keys);
  return isFiltered(filter) ? totalsOf(redis, keys, { filter, now }) : allTotals(redis, keys, now);
}

/** Of all cases: kept by the steps that move them. */
async function allTotals(redis: RedisClient, keys: Keys, now: number): Promise<CaseTotals> {
  const [kept, overdue, [, due]] = await Promise.all([
    redis.hgetall(keys.caseSums),
    redis.zcount(keys.casesBy('due'), 1, `(${lateBefore(now)}`),
    redis.zrangebyscore(keys.casesBy('due'), 1, '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
  ]);
  const names = Object.keys(kept).filter((name) => name.endsWith(':count'));
  const sums = names.map((field) => {
    const name = field.slice(0, -':count'.length);
    const of = (what: keyof Sum) => Number(kept[`${name}:${what}`] ?? 0);
    return { ...namedBy(name), count: of('count'), won: of('won'), uncounted: of('uncounted') };
  });
  return { sums, overdue, firstRefundBy: due === undefined ? null : refundByAt(Number(due)) };
}

async function totalsOf(redis: RedisClient, keys: Keys, { filter, now }: TotalsAsked): Promise<CaseTotals> {
  const order = { index: keys.casesBy('age'), within: indexesOf(keys, filter), filter, now: lateBefore(now) };
  const sums = new Map<string, Sum>();
  let [overdue, first]: [number, number | null] = [0, null];
  let after: Place | null = null;
  do {
    const ask = { ...order, most: walkedAtOnce, limit: walkedAtOnce + 1, sum: true, after };
    const walked: Walked = await walk(redis, keys, ask);
    for (const [name, sum] of Object.entries(walked.sums)) sums.set(name, added(sums.get(name), sum));
    overdue += walked.overdue;
    first = earlier(first, walked.due ?? null);
    after = walked.next;
  } while (after !== null);
  return {
    sums: [...sums].map(([name, sum]) => ({ ...namedBy(name), ...sum })),
    overdue,
    firstRefundBy: first === null ? null : refundByAt(first),
  };
}

/** As cases.lua names a sum. */
function namedBy(name: string): Pick<CaseSum, 'severity' | 'reason'> {
  const [severity = '', reason = ''] = name.split(':');
  return { severity, reason };
}

interface Walk {
  readonly index: string;
  readonly within: readonly string[];
  readonly filter: CaseFilter;
  readonly most: number;
  readonly limit: number;
  readonly after: Place | null;
  readonly down?: boolean;
  readonly sum?: boolean;
  readonly now?: number;
}

async function walk(
  redis: RedisClient,
  keys: Keys,
  { index, within, filter, after, ...ask }: Walk,
): Promise<Walked> {
  const json = jsonArgument({
    ...{ records: keys.anyRefund(''), cases: keys.cases, ...ask, filter: fieldsOf(filter) },
    after: after === null ? undefined : { id: after.id, score: String(after.score) },
  });
  const scriptKeys = [index, keys.byState('dead_lettered'), ...within];
  return answerSchema.parse(await script.run(redis, scriptKeys, [json]));
}

function isFiltered(filter: CaseFilter): boolean {
  return Object.values(filter).some((part) => part !== undefined);
}

/** By kind and code cases have an index of their own. */
function indexesOf(keys: Keys, { case: kind, code }: CaseFilter): string[] {
  return kind === undefined && code === undefined ? [] : [keys.byCase(kind ?? '', code ?? '')];
}

/** As find-cases.lua reads it. An order may be stored in either Unicode form (see list.ts). */
function fieldsOf(filter: CaseFilter) {
  const { orderId, text } = filter;
  return {
    reason: filter.reason,
    pg_code: filter.pgCode,
    method: filter.method,
    min: filter.minWon,
    max: filter.maxWon,
    assigned: filter.assignedTo?.normalize('NFC'),
    dead_by: filter.deadBy,
    order: orderId === undefined ? undefined : spellings(orderId).map((form) => JSON.stringify(form)),
    texts:
      text === undefined
        ? undefined
        : { whole: text, begins: spellings(text).map((form) => lowered(JSON.stringify(form).slice(0, -1))) },
  };
}

function spellings(text: string): string[] {
  return [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])];
}

/** As Redis' Lua lowers a text: the letters of ASCII. */
function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Cases of a process of 0.4 are missing in the orders: placed before anybody is told that there are none. */
async function placeOld(redis: RedisClient, keys: Keys): Promise<void> {
  const [cases, placed] = await Promise.all([
    redis.zcard(keys.byState('dead_lettered')),
    redis.zcard(keys.casesBy('age')),
  ]);
  if (cases !== placed) await placeCases(redis, keys, { most: mostPlaced });
}

interface Found {
  readonly sort: CaseQuery['sort'];
  readonly found: readonly (readonly [id: string, score: number])[];
}

async function readFound(redis: RedisClient, keys: Keys, { sort, found }: Found): Promise<ListItem[]> {
  if (found.length === 0) return [];
  const stored = await readStored(
    redis,
    keys,
    found.map(([id]) => id),
  );
  const items = await Promise.all(
    found.map(async ([id, score], place) => {
      const item = await readOne(redis, keys, { id, fields: stored[place] });
      // Placed by an earlier case of this refund, which a process of 0.4 closed and opened anew.
      if (item !== null && !('unread' in item) && placeOf(item)[scoreOf[sort]] !== score)
        await placeAnew(redis, keys, [id]);
      return item;
    }),
  );
  return items.filter((item) => item !== null);
}

const scoreOf = { due: 'due', amount: 'amount', age: 'at' } as const;

/** null: it is no case any more. */
async function readOne(
  redis: RedisClient,
  keys: Keys,
  { id, fields }: { readonly id: string; readonly fields: StoredFields | undefined },
): Promise<ListItem | null> {
  if (fields?.state !== 'dead_lettered') return null;
  const record = readRecord(fields);
  return typeof record === 'string'
    ? readUnread(redis, keys, { refundId: refundIdSchema.parse(id), unread: record })
    : record;
}

function added(sum: Sum | undefined, more: Sum): Sum {
  if (sum === undefined) return more;
  return {
    count: sum.count + more.count,
    won: sum.won + more.won,
    uncounted: sum.uncounted + more.uncounted,
  };
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

function parseCursor(cursor: string | undefined): Place | null {
  const found = /^(-?\d+):(rf_[a-z2-7]{26})$/.exec(cursor ?? '');
  return found?.[2] === undefined ? null : { score: Number(found[1]), id: found[2] };
}
