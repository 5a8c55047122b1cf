// Outcome events to the merchant's webhook: each at least once, until it is taken. The Redis stream keeps them; a
// consumer group shares them among the processes, and what a dead one left is taken over.
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { webhookSignature } from '../platform/standard-webhooks.ts';
import type { RedisClient } from '../queue/connection.ts';
import type { Keys } from '../queue/names.ts';

export interface ForwardDeps {
  /** A connection of its own: it blocks while there is nothing to send. */
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of this process; another name in each. */
  readonly consumer: string;
}

export interface ForwardOptions {
  readonly url: string;
  /** null: sent without a signature. */
  readonly secret: string | null;
  /** The first wait after an event was not taken; doubles up to a minute. Default 1 s. */
  readonly retryMs?: number;
}

const group = 'webhook';
/** What a process has not delivered in this time, another one takes over. In ms. */
const takeOverMs = 60_000;
const blockMs = 5_000;
const answerMs = 10_000;
const longestWaitMs = 60_000;

const entriesSchema = z.array(z.tuple([z.string(), z.array(z.string())]));
type Entries = z.infer<typeof entriesSchema>;
/** RESP3 answers a map of streams to entries, which ioredis gives flat: one name, its entries. */
const readSchema = z.tuple([z.string(), entriesSchema]).nullable();
const claimedSchema = z.tuple([z.string(), entriesSchema]).rest(z.unknown());

/** Starts forwarding; the answer stops it. */
export function startForwarding(deps: ForwardDeps, options: ForwardOptions): () => Promise<void> {
  const stopping = new AbortController();
  const running = loop(deps, options, stopping.signal);
  return async () => {
    stopping.abort();
    deps.redis.disconnect();
    await running;
  };
}

async function loop(deps: ForwardDeps, options: ForwardOptions, stopping: AbortSignal): Promise<void> {
  let failures = 0;
  while (!stopping.aborted) {
    try {
      const taken = await forwardSome(deps, options);
      failures = taken ? 0 : failures + 1;
    } catch (error) {
      if (stopping.aborted) return;
      failures += 1;
      deps.log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'forwarding_failed');
    }
    const waitMs = failures === 0 ? 0 : (options.retryMs ?? 1_000) * 2 ** Math.min(failures - 1, 6);
    await deps.clock.sleep(Math.min(waitMs, longestWaitMs), stopping);
  }
}

/** What was read and not taken comes first. False: the webhook did not take an event; the rest has to wait. */
async function forwardSome(deps: ForwardDeps, options: ForwardOptions): Promise<boolean> {
  await ensureGroup(deps);
  const own = await read(deps, '0');
  const left = own.length > 0 ? own : await takeOver(deps);
  const entries = left.length > 0 ? left : await read(deps, '>');
  for (const [entryId, fields] of entries) {
    const body = fields[1] ?? '';
    if (!(await deliver(deps, options, body))) return false;
    await deps.redis.xack(deps.keys.events, group, entryId);
  }
  return true;
}

async function ensureGroup({ redis, keys }: ForwardDeps): Promise<void> {
  try {
    await redis.xgroup('CREATE', keys.events, group, '0', 'MKSTREAM');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  }
}

async function read({ redis, keys, consumer }: ForwardDeps, from: '0' | '>'): Promise<Entries> {
  const answer = await redis.call(
    'XREADGROUP',
    ...['GROUP', group, consumer, 'COUNT', '10', 'BLOCK', String(blockMs), 'STREAMS', keys.events, from],
  );
  return readSchema.parse(answer)?.[1] ?? [];
}

async function takeOver({ redis, keys, consumer }: ForwardDeps): Promise<Entries> {
  const answer = await redis.call('XAUTOCLAIM', keys.events, group, consumer, takeOverMs, '0', 'COUNT', '10');
  return claimedSchema.parse(answer)[1];
}

async function deliver(
  { clock, log }: ForwardDeps,
  { url, secret }: ForwardOptions,
  body: string,
): Promise<boolean> {
  const { id, type } = z.object({ id: z.string(), type: z.string() }).parse(JSON.parse(body));
  const timestamp = String(Math.floor(clock.now() / 1000));
  const signature =
    secret === null
      ? {}
      : { 'webhook-signature': `v1,${webhookSignature(secret, { id, timestamp, body }).toString('base64')}` };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
      headers: {
        'content-type': 'application/cloudevents+json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        ...signature,
      },
      body,
    });
    await answer.arrayBuffer();
    if (!answer.ok) log.warn({ event_id: id, type, http_status: answer.status }, 'event_not_taken');
    return answer.ok;
  } catch (error) {
    log.warn(
      { event_id: id, type, error: error instanceof Error ? error.name : 'unknown' },
      'event_not_taken',
    );
    return false;
  }
}
