// Reading the stream of outcome events: a consumer group shares the entries among the processes, and what one of them
// took stays pending until it is settled. What cannot be sent is settled and logged here.
import { z } from 'zod';
import type { LogFields } from '../logging/logger.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { eventOf, type OutcomeEvent } from './event.ts';
import { type ForwardDeps, group } from './ports.ts';

export interface StreamEntry {
  /** In the stream. */
  readonly entry: string;
  readonly event: OutcomeEvent;
}

const ownAtOnce = 1_000;
const claimedAtOnce = 100;

const settleScript = loadScript(import.meta.url, ['./scripts/settle.lua']);
const tidyScript = loadScript(import.meta.url, ['./scripts/tidy.lua']);
const tidiedSchema = jsonAnswer(z.object({ removed: z.array(z.string()).default([]), lost: z.number() }));

const rawEntrySchema = z.tuple([z.string(), z.array(z.string()).nullable()]);
type RawStreamEntry = z.infer<typeof rawEntrySchema>;
const streamSchema = z.tuple([z.string(), z.array(z.unknown())]);
/** RESP3 answers a map of streams to entries, which ioredis gives flat; RESP2 a list of pairs. */
const readSchema = z.union([streamSchema, z.tuple([streamSchema]).transform(([only]) => only)]).nullable();
/** Where to go on, entries, and since Redis 7 the ids of those that are gone. */
const claimedSchema = z
  .tuple([z.string(), z.array(z.unknown())])
  .rest(z.unknown())
  .transform(([cursor, , gone]) => ({ cursor, gone: z.array(z.string()).catch([]).parse(gone) }));

export async function ensureGroup({ redis, keys }: ForwardDeps): Promise<void> {
  try {
    await redis.xgroup('CREATE', keys.events, group, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}

/** What this process took and has not settled, oldest first. */
export async function readOwn(deps: ForwardDeps): Promise<StreamEntry[]> {
  return readable(deps, await read(deps, { from: '0', count: ownAtOnce, blockMs: null }));
}

/** Waits up to `blockMs` for new ones; null: does not wait. */
export async function readNew(
  deps: ForwardDeps,
  wish: { readonly count: number; readonly blockMs: number | null },
): Promise<StreamEntry[]> {
  return readable(deps, await read(deps, { from: '>', ...wish }));
}

/** What others have left pending becomes this process' own. Answers where to go on next time. */
export async function takeOver(deps: ForwardDeps, cursor: string, idleMs: number): Promise<string> {
  const { redis, keys, consumer } = deps;
  const answer = claimedSchema.parse(
    await redis.call(
      'XAUTOCLAIM',
      ...[keys.events, group, consumer, String(idleMs), cursor, 'COUNT', String(claimedAtOnce)],
    ),
  );
  for (const entry of answer.gone) await settle(deps, entry, { as: 'gone', isOff: true });
  tellGone(deps, answer.gone);
  return answer.cursor;
}

/** Removes consumers of dead processes and logs entries that the stream dropped before they were read. */
export async function tidy(
  { redis, keys, clock, log, consumer }: ForwardDeps,
  idleMs: number,
): Promise<void> {
  const ask = jsonArgument({ group, consumer, idle: idleMs, now: clock.now() });
  const answer = await tidyScript.run(redis, [keys.events, keys.eventTries, keys.counters], [ask]);
  const { removed, lost } = tidiedSchema.parse(answer);
  if (removed.length > 0) log.info({ consumers: removed }, 'event_consumers_removed');
  if (lost > 0) log.warn({ count: lost, unread: true }, 'event_gone');
}

/** `isOff`: Redis took it off the pending ones itself. False: another process was first. */
export async function settle(
  { redis, keys, clock }: ForwardDeps,
  entry: string,
  { as, isOff }: { readonly as: 'taken' | 'gone' | 'unreadable'; readonly isOff?: boolean },
): Promise<boolean> {
  const done = jsonArgument({ group, entry, as, now: clock.now(), is_off: isOff });
  return (await settleScript.run(redis, [keys.events, keys.eventTries, keys.counters], [done])) === 1;
}

async function read(
  { redis, keys, consumer }: ForwardDeps,
  { from, count, blockMs }: { from: '0' | '>'; count: number; blockMs: number | null },
): Promise<RawStreamEntry[]> {
  // 0 would be for ever.
  const block = blockMs === null ? [] : ['BLOCK', String(Math.max(1, Math.ceil(blockMs)))];
  const answer = await redis.call(
    'XREADGROUP',
    ...['GROUP', group, consumer, 'COUNT', String(count), ...block, 'STREAMS', keys.events, from],
  );
  const [, entries] = readSchema.parse(answer) ?? ['', []];
  return entries.flatMap((raw) => {
    const parsed = rawEntrySchema.safeParse(raw);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Those that can be sent. An entry without fields was trimmed or deleted after it had been read. */
async function readable(deps: ForwardDeps, raw: readonly RawStreamEntry[]): Promise<StreamEntry[]> {
  const found: StreamEntry[] = [];
  const gone: string[] = [];
  for (const [entry, fields] of raw) {
    const event = fields === null ? null : eventOf(fields);
    if (event !== null) found.push({ entry, event });
    else if (fields === null) {
      if (await settle(deps, entry, { as: 'gone' })) gone.push(entry);
    } else if (await settle(deps, entry, { as: 'unreadable' })) deps.log.warn({ entry }, 'event_unreadable');
  }
  tellGone(deps, gone);
  return found;
}

function tellGone({ log }: ForwardDeps, gone: readonly string[]): void {
  const [first] = gone;
  if (first === undefined) return;
  const fields: LogFields = { count: gone.length, first_entry: first, last_entry: gone.at(-1) };
  log.warn(fields, 'event_gone');
}
