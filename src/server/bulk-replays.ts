// Bulk replays run in this process; their progress is kept in Redis, so that every process can show and stop them.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { System } from '../compose.ts';
import { messageOf } from '../domain/errors.ts';
import { keysFor } from '../redis/keys.ts';
import type { BulkFilter, BulkRequest, BulkResult } from '../review/ports.ts';
import { iso } from '../review/record-view.ts';

/** How often a running one writes its heartbeat and checks whether it has to stop. In ms. */
const beatMs = 1_000;
/** Without a heartbeat for this long its process is gone; the rest was not replayed. */
const lostAfterMs = 15_000;
const keptSeconds = 30 * 86_400;
const resultsAtOnce = 500;

export interface BulkReplays {
  /** Answers at once with the id; goes on in the background. */
  start(request: BulkRequest): Promise<string>;
  dryRun(request: BulkRequest): Promise<BulkResult[]>;
  /** null: there is no such action. */
  progress(id: string): Promise<Progress | null>;
  stop(id: string, who: string): Promise<Progress | null>;
  close(): Promise<void>;
}

const headSchema = z.object({
  who: z.string(),
  reason: z.string(),
  filter: z.record(z.string(), z.unknown()),
  perMinute: z.number(),
  startedAt: z.number(),
});
const stopSchema = z.object({ who: z.string(), at: z.number() });
const resultSchema = z.object({
  number: z.number(),
  refundId: z.string(),
  result: z.string(),
  rule: z.string().nullable(),
  amountWon: z.number().nullable().default(null),
});

export type Progress = NonNullable<Awaited<ReturnType<typeof readProgress>>>;

export const bulkIdPattern = /^rp_[a-f0-9]{24}$/;

export function createBulkReplays(system: System): BulkReplays {
  const { redis, clock, deadLetters, log, config } = system;
  const keys = keysFor(config.redis.prefix);
  const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>();
  let closing = false;

  async function run(id: string, request: BulkRequest, abort: AbortController): Promise<void> {
    const key = keys.replays(id);
    const beat = setInterval(() => {
      redis
        .multi()
        .hset(key, 'beat', clock.now())
        .hget(key, 'stop')
        .exec()
        .then(
          (answers) => {
            if (typeof answers?.[1]?.[1] === 'string') abort.abort();
          },
          () => undefined, // the connection reports its errors itself; the next beat comes
        );
    }, beatMs);
    const end = (state: string) =>
      redis
        .hset(key, { state, ended: clock.now() })
        .catch(() => log.warn({ bulk_id: id }, 'bulk_replay_lost'));
    try {
      const groups = await deadLetters.group({ filter: request.filter, by: 'case' });
      const total = groups.reduce((sum, { count }) => sum + count, 0);
      await redis.hset(key, 'total', total);
      let number = 0;
      for await (const result of deadLetters.replayMany(request, abort.signal)) {
        number += 1;
        await redis.hset(key, `case:${result.refundId}`, JSON.stringify({ number, ...result }));
      }
      await end(abort.signal.aborted ? (closing ? 'interrupted' : 'stopped') : 'done');
    } catch (error) {
      log.error({ bulk_id: id, error: messageOf(error) }, 'bulk_replay_failed');
      await end('failed');
    } finally {
      clearInterval(beat);
      running.delete(id);
    }
  }

  return {
    async start(request) {
      const id = `rp_${randomBytes(12).toString('hex')}`;
      const { who, reason, filter, perMinute } = request;
      const now = clock.now();
      const head = { who, reason, filter: namedFilter(filter), perMinute, startedAt: now };
      const key = keys.replays(id);
      await redis
        .multi()
        .hset(key, { head: JSON.stringify(head), state: 'running', beat: now })
        .expire(key, keptSeconds)
        .exec();
      const abort = new AbortController();
      running.set(id, { abort, ended: run(id, request, abort) });
      return id;
    },
    dryRun: (request) => all(deadLetters.replayMany({ ...request, dryRun: true })),
    progress: async (id) => readProgress(await redis.hgetall(keys.replays(id)), id, clock.now()),
    async stop(id, who) {
      const key = keys.replays(id);
      const before = readProgress(await redis.hgetall(key), id, clock.now());
      if (before?.state === 'running') {
        await redis.hsetnx(key, 'stop', JSON.stringify({ who, at: clock.now() }));
        running.get(id)?.abort.abort();
        await running.get(id)?.ended;
      }
      return readProgress(await redis.hgetall(key), id, clock.now());
    },
    async close() {
      closing = true;
      const ends = [...running.values()].map(({ abort, ended }) => {
        abort.abort();
        return ended;
      });
      await Promise.allSettled(ends); // the server's own deadline bounds this
    },
  };
}

async function all(results: AsyncIterable<BulkResult>): Promise<BulkResult[]> {
  const list: BulkResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

function readProgress(row: Readonly<Record<string, string>>, id: string, now: number) {
  if (row['head'] === undefined) return null;
  const head = headSchema.parse(JSON.parse(row['head']));
  const stop = row['stop'] === undefined ? null : stopSchema.parse(JSON.parse(row['stop']));
  const results = Object.entries(row)
    .filter(([name]) => name.startsWith('case:'))
    .map(([, text]) => resultSchema.parse(JSON.parse(text)))
    .sort((one, other) => one.number - other.number);
  const isLost = row['state'] === 'running' && now - Number(row['beat']) > lostAfterMs;
  return {
    id,
    state: isLost ? 'interrupted' : (row['state'] ?? 'running'),
    who: head.who,
    reason: head.reason,
    filter: head.filter,
    per_minute: head.perMinute,
    started_at: iso(head.startedAt),
    ended_at: row['ended'] === undefined ? null : iso(Number(row['ended'])),
    stopped_by: stop?.who ?? null,
    total: row['total'] === undefined ? null : Number(row['total']),
    counts: countsOf(results),
    /** The latest ones, in the order in which they came. */
    results: results.slice(-resultsAtOnce).map(resultView),
  };
}

export function countsOf(results: readonly { readonly result: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of results) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

export function resultView({
  refundId,
  result,
  rule,
  amountWon,
}: {
  refundId: string;
  result: string;
  rule: string | null;
  amountWon: number | null;
}) {
  return { refund_id: refundId, result, rule, amount: amountWon };
}

/** In won, of each result that has amounts. */
export function wonOf(
  results: readonly { readonly result: string; readonly amountWon: number | null }[],
): Record<string, number> {
  const won: Record<string, number> = {};
  for (const { result, amountWon } of results) {
    if (amountWon !== null) won[result] = (won[result] ?? 0) + amountWon;
  }
  return won;
}

/** As the request wrote it. */
function namedFilter({ case: name, code, orderId, olderThanMs }: BulkFilter) {
  return { case: name, code, order_id: orderId, older_than_ms: olderThanMs };
}
