// Bulks in Redis: counters beside the cases, so that a look at how far one is costs the same for ten cases and 100,000.
import { z } from 'zod';
import {
  type Bulk,
  type BulkBegun,
  type BulkCase,
  type BulkStore,
  type BulkSums,
  bulkMadeSchema,
  bulkStartSchema,
  bulkStates,
  bulkStopSchema,
  type ListedCase,
  listedCaseSchema,
  type NumberedVerdict,
  type Verdict,
  verdictSchema,
} from '../domain/bulk.ts';
import { parseJson } from '../domain/problem.ts';
import type { RedisClient } from '../redis/connection.ts';
import { type Keys, keysFor } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { asciiJson } from './stored.ts';

const library = './scripts/bulk-results.lua';
const beginScript = loadScript(import.meta.url, ['./scripts/begin-bulk.lua']);
const holdScript = loadScript(import.meta.url, ['./scripts/hold-bulk.lua']);
const freezeScript = loadScript(import.meta.url, ['./scripts/freeze-bulk.lua']);
const endScript = loadScript(import.meta.url, ['./scripts/end-bulk.lua']);
const noteScript = loadScript(import.meta.url, [library, './scripts/note-bulk.lua']);

/** After its end. */
export const bulkKeptSeconds = 30 * 86_400;
/** A preview says what was so; a day later nobody should start it. */
const previewKeptSeconds = 86_400;
/** A list whose maker is gone. */
const gatheredKeptSeconds = 3_600;

export function createBulkStore(redis: RedisClient, prefix: string): BulkStore {
  const keys = keysFor(prefix);
  const { bulk: bulkKey, bulkOwner, bulkRunning, bulksOpen, bulks } = keys;
  const partsOf = (id: string) => [
    keys.bulkCases(id),
    keys.bulkVerdicts(id, 'previews'),
    keys.bulkVerdicts(id, 'results'),
  ];
  const gathered = (id: string, owner: string) => `${keys.bulkCases(id)}:${owner}`;

  async function begin(id: string, ask: Omit<Begin, 'id' | 'bulks' | 'kept'>): Promise<BulkBegun> {
    const json = jsonArgument({
      id,
      bulks: bulkKey(''),
      kept: bulkKeptSeconds * 1_000,
      ...ask,
    } satisfies Begin);
    const scriptKeys = [bulkKey(id), bulkRunning, bulksOpen, bulks, ...partsOf(id)];
    return begunSchema.parse(await beginScript.run(redis, scriptKeys, [json]));
  }

  const store: BulkStore = {
    make: (id, made, start) =>
      begin(id, {
        at: made.at,
        state: start === null ? 'previewing' : 'running',
        fields: ['made', asciiJson(made), ...(start === null ? [] : ['start', asciiJson(start)])],
      }),
    begin: (id, start) =>
      begin(id, { at: start.at, from: 'previewed', state: 'running', fields: ['start', asciiJson(start)] }),
    read: async (id) => readBulk(id, await redis.hgetall(bulkKey(id))),
    async recent(limit) {
      const found = new Map<string, Bulk>();
      for (let from = 0; found.size < limit; ) {
        const ids = await redis.zrevrange(bulks, from, from + limit - 1);
        const read = await Promise.all(ids.map((id) => store.read(id)));
        for (const bulk of read) if (bulk !== null) found.set(bulk.id, bulk);
        const gone = ids.filter((_, place) => read[place] === null);
        if (gone.length > 0) await redis.zrem(bulks, ...gone);
        if (ids.length < limit) break;
        from += ids.length - gone.length;
      }
      return [...found.values()].slice(0, limit);
    },
    open: () => redis.smembers(bulksOpen),
    async hold(id, owner, forMs) {
      const answer = holdSchema.parse(
        await holdScript.run(redis, [bulkKey(id), bulkOwner(id)], [owner, forMs]),
      );
      if (answer === 'over') await redis.srem(bulksOpen, id);
      return answer;
    },
    async release(id, owner) {
      // Between the two commands the hold may run out, and another takes it: that one notices, and stops.
      if ((await redis.get(bulkOwner(id))) === owner) await redis.del(bulkOwner(id));
    },
    async gather(id, owner, cases) {
      if (cases.length === 0) return;
      const key = gathered(id, owner);
      await redis
        .multi()
        .rpush(key, ...cases.map(listedText))
        .expire(key, gatheredKeptSeconds)
        .exec();
    },
    async freeze(id, owner, list) {
      const scriptKeys = [bulkKey(id), bulkOwner(id), gathered(id, owner), keys.bulkCases(id)];
      const given = [owner, JSON.stringify(list), list.count];
      return (await freezeScript.run(redis, scriptKeys, given)) === 1;
    },
    cases: (id, from, limit) => readCases(redis, keys, { id, from, limit }),
    async note(id, kind, verdicts) {
      if (verdicts.length === 0) return;
      const noted = { kind, list: verdicts.map(notedVerdict) };
      await noteScript.run(redis, [bulkKey(id), keys.bulkVerdicts(id, kind)], [jsonArgument(noted)]);
    },
    async end(id, state, at) {
      const seconds = state === 'previewed' ? previewKeptSeconds : bulkKeptSeconds;
      const scriptKeys = [bulkKey(id), bulkRunning, bulksOpen, ...partsOf(id)];
      return (await endScript.run(redis, scriptKeys, [id, state, at, seconds])) === 1;
    },
    async stop(id, by) {
      const before = await store.read(id);
      if (before === null || (before.state !== 'running' && before.state !== 'previewing')) return;
      await redis.hsetnx(bulkKey(id), 'stop', asciiJson(by));
      if ((await redis.exists(bulkOwner(id))) === 0) await store.end(id, 'stopped', by.at);
    },
  };
  return store;
}

interface Begin {
  readonly id: string;
  readonly bulks: string;
  readonly kept: number;
  readonly at: number;
  readonly from?: string;
  readonly state: string;
  readonly fields: readonly string[];
}

const stateSchema = z.enum(bulkStates);
const begunSchema = jsonAnswer(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('begun') }),
    z.object({ kind: z.literal('busy'), id: z.string() }),
    z.object({ kind: z.literal('moved'), state: stateSchema.nullable().default(null) }),
  ]),
);
const holdSchema = z.enum(['held', 'stop', 'taken', 'over']);
const listSchema = z.object({ at: z.number(), count: z.number(), won: z.number(), uncounted: z.number() });

function readBulk(id: string, row: Readonly<Record<string, string>>): Bulk | null {
  if (row['made'] === undefined) return null;
  const json = <Value>(name: string, schema: z.ZodType<Value>): Value | null => {
    const text = row[name];
    return text === undefined ? null : schema.parse(parseJson(text));
  };
  return {
    id,
    state: stateSchema.parse(row['state']),
    made: bulkMadeSchema.parse(parseJson(row['made'])),
    start: json('start', bulkStartSchema),
    stop: json('stop', bulkStopSchema),
    endedAt: row['ended'] === undefined ? null : Number(row['ended']),
    list: json('list', listSchema),
    previews: sumsOf(row, 'previews'),
    results: sumsOf(row, 'results'),
    rules: { previews: sumsOf(row, 'previews-by-rule'), results: sumsOf(row, 'results-by-rule') },
    asked: Number(row['asked'] ?? 0),
  };
}

/** As bulk-results.lua names its counters. */
function sumsOf(row: Readonly<Record<string, string>>, kind: string): BulkSums {
  const of = (result: string, what: string) => Number(row[`${kind}:${result}:${what}`] ?? 0);
  const names = Object.keys(row).filter((name) => name.startsWith(`${kind}:`) && name.endsWith(':count'));
  return Object.fromEntries(
    names.map((name) => {
      const result = name.slice(kind.length + 1, -':count'.length);
      return [
        result,
        { count: of(result, 'count'), won: of(result, 'won'), uncounted: of(result, 'uncounted') },
      ];
    }),
  );
}

async function readCases(
  redis: RedisClient,
  keys: Keys,
  { id, from, limit }: { readonly id: string; readonly from: number; readonly limit: number },
): Promise<BulkCase[]> {
  if (limit <= 0) return [];
  const lines = await redis.lrange(keys.bulkCases(id), from, from + limit - 1);
  if (lines.length === 0) return [];
  const numbers = lines.map((_, place) => String(from + place));
  const [previews, results] = await Promise.all(
    (['previews', 'results'] as const).map((kind) => redis.hmget(keys.bulkVerdicts(id, kind), ...numbers)),
  );
  return lines.map((line, place) => ({
    number: from + place,
    ...readListed(line),
    preview: readVerdict(previews?.[place]),
    result: readVerdict(results?.[place]),
  }));
}

/** An array without field names, which would be half of it. */
function listedText({ refundId, version, orderId, amountWon, rule }: ListedCase): string {
  return asciiJson([refundId, version, orderId, amountWon, rule]);
}

function readListed(line: string): ListedCase {
  const [refundId, version, orderId, amountWon, rule] = z.array(z.unknown()).parse(parseJson(line));
  return listedCaseSchema.parse({ refundId, version, orderId, amountWon, rule });
}

/** As bulk-results.lua takes it. */
export function notedVerdict({ number, result, rule, amountWon, asked }: NumberedVerdict) {
  const line = asciiJson([result, rule, amountWon]);
  return {
    number: String(number),
    result,
    rule: rule ?? undefined,
    line,
    won: amountWon ?? undefined,
    asked: asked === true ? 1 : undefined,
  };
}

function readVerdict(line: string | null | undefined): Verdict | null {
  if (line == null) return null;
  const [result, rule, amountWon] = z.array(z.unknown()).parse(parseJson(line));
  return verdictSchema.parse({ result, rule, amountWon });
}
