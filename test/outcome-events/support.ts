// A merchant's webhook over real HTTP, and forwarders that post to it from a stream which the test fills.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { vi } from 'vitest';
import { z } from 'zod';
import { type LogFields, type Logger, silentLogger } from '../../src/logging/logger.ts';
import { startForwarding } from '../../src/outcome-events/forward.ts';
import { type ForwardDeps, type ForwardLimits, group } from '../../src/outcome-events/ports.ts';
import { systemClock } from '../../src/redis/clock.ts';
import { type Keys, keysFor } from '../../src/redis/keys.ts';
import type { TestRedis } from '../support/redis.ts';

export interface Delivered {
  readonly headers: IncomingMessage['headers'];
  readonly id: string;
  readonly body: string;
  /** In ms, of a clock that never jumps. */
  readonly at: number;
}

/** A status, or what is done with the answer. `earlier`: how often this event was posted before. */
export type Behaviour = (id: string, earlier: number) => number | ((response: ServerResponse) => void);

export interface Merchant {
  readonly url: string;
  readonly delivered: readonly Delivered[];
  /** Ids of events in the order in which they were answered with 2xx. */
  readonly taken: readonly string[];
  postsOf(id: string): number;
  behave(as: Behaviour): void;
}

export async function merchant(
  redis: Pick<TestRedis, 'onEnd'>,
  first: Behaviour = () => 204,
): Promise<Merchant> {
  const delivered: Delivered[] = [];
  const taken: string[] = [];
  let behaviour = first;
  const postsOf = (id: string) => delivered.filter((one) => one.id === id).length;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const id = String(request.headers['webhook-id']);
    const answer = behaviour(id, postsOf(id));
    delivered.push({ headers: request.headers, id, body, at: performance.now() });
    if (typeof answer === 'function') return answer(response);
    if (answer >= 200 && answer < 300) taken.push(id);
    response.writeHead(answer, { location: '/elsewhere' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  redis.onEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const behave = (as: Behaviour) => {
    behaviour = as;
  };
  return { url: `http://127.0.0.1:${port}/events`, delivered, taken, postsOf, behave };
}

/** The most posts that came within so many ms of each other. */
export function mostWithin(delivered: readonly Delivered[], ms: number): number {
  const counts = delivered.map(
    ({ at }) => delivered.filter((other) => other.at >= at && other.at < at + ms).length,
  );
  return Math.max(0, ...counts);
}

export interface Logged {
  readonly event: string;
  readonly fields: LogFields;
}

export interface Forwarding {
  readonly consumer: string;
  readonly lines: readonly Logged[];
  stop(): Promise<void>;
  /** As a killed process ends: nothing is acknowledged any more. */
  kill(): void;
}

/** What is seconds in production is tens of milliseconds here. */
const quick = { retryMs: 10, longestRetryMs: 100, answerMs: 2_000 };

/** The stream of one test, with what reads and fills it. */
export function world(redis: TestRedis) {
  const connection = redis.connect();
  const keys: Keys = keysFor(redis.prefix);
  let forwarders = 0;

  function start(url: string, more: StartOptions = {}): Forwarding {
    forwarders += 1;
    const lines: Logged[] = [];
    const own = more.connection ?? redis.connect();
    const consumer = more.consumer ?? `process-${forwarders}`;
    const deps: ForwardDeps = { redis: own, keys, clock: systemClock(), log: loggerInto(lines), consumer };
    const stop = startForwarding(deps, { url, secrets: [], limits: { ...quick, ...more.limits } });
    redis.onEnd(stop);
    return { consumer, lines, stop, kill: () => own.disconnect() };
  }

  return {
    redis: connection,
    keys,
    start,
    add: async (...ids: readonly string[]) => {
      const entries: string[] = [];
      for (const id of ids) entries.push(await addEntry(['event', JSON.stringify(cloudEvent(id))]));
      return entries;
    },
    addEntry,
    /** As a process that died with the entries in hand left them. */
    leave: async (consumer: string, count: number) => {
      await connection.xgroup('CREATE', keys.events, group, '0', 'MKSTREAM').catch(() => undefined);
      await connection.call(
        'XREADGROUP',
        ...['GROUP', group, consumer, 'COUNT', String(count), 'STREAMS', keys.events, '>'],
      );
    },
    pending: async () => z.number().parse((await connection.xpending(keys.events, group))[0]),
    consumers: async () => {
      const answer = await connection.xinfo('CONSUMERS', keys.events, group);
      return z
        .array(z.array(z.unknown()))
        .parse(answer)
        .map(([, name]) => String(name));
    },
    counter: async (name: string) => Number((await connection.hget(keys.counters, name)) ?? 0),
    setAside: async () => {
      const entries = await connection.xrange(keys.eventsSetAside, '-', '+');
      return entries.map(([, [, id]]) => id);
    },
  };

  async function addEntry(fields: readonly string[]): Promise<string> {
    return (await connection.xadd(keys.events, '*', ...fields)) ?? '';
  }
}

export type World = ReturnType<typeof world>;

interface StartOptions {
  readonly limits?: Partial<ForwardLimits>;
  readonly consumer?: string;
  readonly connection?: ReturnType<TestRedis['connect']>;
}

export function cloudEvent(id: string): object {
  return { specversion: '1.0', id, source: 'test', type: 'refund.succeeded', data: {} };
}

/** Waits until `read` answers this. */
export async function until<Value>(read: () => Promise<Value> | Value, wanted: Value): Promise<void> {
  await vi.waitFor(
    async () => {
      const found = JSON.stringify(await read());
      if (found !== JSON.stringify(wanted))
        throw new Error(`waited for ${JSON.stringify(wanted)}, is ${found}`);
    },
    { timeout: 20_000, interval: 10 },
  );
}

function loggerInto(lines: Logged[]): Logger {
  const keep = (fields: LogFields, event: string) => void lines.push({ event, fields });
  return { ...silentLogger(), debug: keep, info: keep, warn: keep, error: keep };
}
