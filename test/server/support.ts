// A server on a free port over a shop, and a caller that speaks to it as programs and people do.
import { createHmac } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { openSystem, type System, type SystemOptions } from '../../src/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import type { ServerOptions } from '../../src/server/app.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import type { TestRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';
import { storedText } from '../support/stored-text.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed; null where it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what a server answered is looked at field by field.
  readonly body: any;
}

export interface Called {
  readonly method?: string;
  readonly json?: unknown;
  /** As it stands, with whatever `content-type` the headers say. */
  readonly text?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Served extends Shop {
  readonly server: RunningServer;
  call(path: string, called?: Called): Promise<Answer>;
}

export interface ServeOptions extends ShopOptions {
  readonly server?: ServerOptions;
  /** As a process of its own: another configuration, log, or way to take an outage. */
  readonly apart?: Partial<SystemOptions> & { readonly adapt?: (config: Config) => Config };
}

/** No worker unless asked for; on a free port. */
export async function openServer(redis: TestRedis, options: ServeOptions = {}): Promise<Served> {
  const { apart } = options;
  const shop = await openShop(redis, {
    worker: false,
    ...options,
    env: { HTTP_PORT: '0', ...options.env },
  });
  const system = apart === undefined ? shop.system : await openApart(redis, shop.system.config, apart);
  const server = await startServer(system, options.server);
  redis.onEnd(() => server.close());
  return { ...shop, system, server, call: caller(server.url) };
}

async function openApart(
  redis: TestRedis,
  config: Config,
  { adapt = (same) => same, ...options }: NonNullable<ServeOptions['apart']>,
): Promise<System> {
  const system = await openSystem(adapt(config), { log: silentLogger(), whenDown: 'fail', ...options });
  redis.onEnd(() => system.close());
  return system;
}

export function caller(url: string): Served['call'] {
  return async (path, { method, json, text, headers = {} } = {}) => {
    const body = json === undefined ? text : JSON.stringify(json);
    const answer = await fetch(new URL(path, url), {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body }),
    });
    const said = await answer.text();
    return { status: answer.status, headers: answer.headers, text: said, body: jsonIn(said) };
  };
}

/** fetch does not let one choose the Host header, and corrects a path; `path` is sent as it stands. */
export function statusFor(
  url: string,
  headers: Readonly<Record<string, string>>,
  path?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = plainRequest(url, { headers, ...(path !== undefined && { path }) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

export function basic(name: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** As the Standard Webhooks page says: id.timestamp.body under the bytes of the secret. */
export function signed(body: string, key: Buffer | string, at = Date.now()): Record<string, string> {
  const [id, timestamp] = ['msg_1', String(Math.floor(at / 1000))];
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,AAAA v1,${signature}`,
    'content-type': 'application/json',
  };
}

/** Everything that is stored under the prefix, as one text. */
export function everythingIn({ redis, config }: System): Promise<string> {
  return storedText(redis, config.redis.prefix);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
