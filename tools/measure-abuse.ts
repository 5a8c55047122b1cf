// Measures what six kinds of abuse cost one server here, and prints them as the table of docs/security.md:
// `npx tsx tools/measure-abuse.ts`. Needs redis-server.
import { lookup } from 'node:dns/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { Redis } from 'ioredis';
import { openSystem } from '../src/compose.ts';
import { loadConfig } from '../src/config/config.ts';
import { launchRedis } from '../src/embedded-redis/launcher.ts';
import { silentLogger } from '../src/logging/logger.ts';
import { createPoster } from '../src/outbound/poster.ts';
import { deliver } from '../src/outcome-events/deliver.ts';
import { hashPassword } from '../src/server/password.ts';
import { startServer } from '../src/server/server.ts';

const ingest = '/v1/order-cancellations';
const mebibyte = 1_048_576;

const folder = mkdtempSync(join(tmpdir(), 'refund-worker-abuse-'));
const redis = await launchRedis({ folder });
const operators = JSON.stringify([
  { name: 'kim', role: 'operator', password: await hashPassword('a long password') },
]);
const config = loadConfig({ REDIS_URL: redis.url, HTTP_PORT: '0', INGEST_TOKEN: 't', OPERATORS: operators });
const system = await openSystem(config, { log: silentLogger(), whenDown: 'fail', folder });
const server = await startServer(system);

interface Timed<Value> {
  readonly ms: number;
  readonly value: Value;
}

async function timed<Value>(work: () => Promise<Value>): Promise<Timed<Value>> {
  const started = performance.now();
  const value = await work();
  return { ms: Math.round(performance.now() - started), value };
}

/** A request, and how long a probe sent right after it waited for its own answer. */
async function posted(type: string, body: string): Promise<string> {
  const headers = { 'content-type': type, authorization: 'Bearer t' };
  const answering = timed(async () => {
    const answer = await fetch(server.url + ingest, { method: 'POST', headers, body });
    return { status: answer.status, bytes: (await answer.text()).length };
  });
  const [probe, { ms, value }] = await Promise.all([timed(() => fetch(`${server.url}/healthz`)), answering]);
  return `${value.status} with ${Math.round(value.bytes / 1024)} KiB in ${ms} ms; /healthz beside it ${probe.ms} ms`;
}

async function batch(): Promise<string> {
  const events = `[${'{},'.repeat(Math.floor(mebibyte / 3) - 2)}{}]`;
  const most = `[${'{},'.repeat(999)}{}]`;
  const type = 'application/cloudevents-batch+json';
  return `1 MiB of {}: ${await posted(type, events)}. 1,000 of {}: ${await posted(type, most)}`;
}

function keys(): Promise<string> {
  const names = Array.from({ length: 80_000 }, (_, index) => `"k${index}":1`).join(',');
  return posted('application/json', `{${names}}`);
}

/** The merchant's webhook answers with a body that never ends, compressed. */
async function webhookBomb(): Promise<string> {
  const bomb = createServer((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const zeros = createGzip();
    zeros.pipe(response);
    const more = setInterval(() => zeros.write(Buffer.alloc(mebibyte)), 1);
    response.on('close', () => clearInterval(more));
  });
  await new Promise<void>((resolve) => bomb.listen(0, '127.0.0.1', resolve));
  const address = bomb.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const before = process.memoryUsage().rss;
  const poster = createPoster(`http://127.0.0.1:${port}/`, { connectTimeoutMs: 10_000, proxy: null });
  const webhook = { poster, secrets: [], answerMs: 10_000 };
  const { ms, value } = await timed(() =>
    deliver(webhook, { id: 'rf_a-1', type: 'refund.succeeded', body: '{}' }, Date.now()),
  );
  const grown = Math.max(process.memoryUsage().rss - before, 0) / mebibyte;
  await poster.close();
  bomb.closeAllConnections();
  bomb.close();
  return `${value.kind} in ${ms} ms, memory grew by ${grown.toFixed(0)} MiB`;
}

async function loginFlood(): Promise<string> {
  const statuses = new Map<number, number>();
  const guess = async (index: number) => {
    const credentials = Buffer.from(`kim:guess ${index}`).toString('base64');
    const headers = { authorization: `Basic ${credentials}` };
    const { status } = await fetch(`${server.url}/v1/lane`, { headers });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const flood = timed(() => Promise.all(Array.from({ length: 300 }, (_, index) => guess(index))));
  const [name, health, all] = await Promise.all([
    timed(() => lookup('localhost')),
    timed(() => fetch(`${server.url}/healthz`)),
    flood,
  ]);
  const answers = [...statuses].map(([status, count]) => `${count} with ${status}`).join(', ');
  return `answered ${answers} in ${all.ms} ms; a name look-up beside them ${name.ms} ms, /healthz ${health.ms} ms`;
}

async function proxy(): Promise<string> {
  const open = loadConfig({ REDIS_URL: redis.url, HTTP_PORT: '0' });
  const trial = await openSystem(open, { log: silentLogger(), whenDown: 'fail', folder });
  const unprotected = await startServer(trial);
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  const { status } = await fetch(`${unprotected.url}/v1/refunds`, { headers: forwarded });
  const plain = await fetch(`${unprotected.url}/v1/refunds`);
  await unprotected.close();
  await trial.close();
  return `forwarded to a server without secrets: ${status}; from this machine itself: ${plain.status}`;
}

/** What another user of this machine can do who knows the port, and not the password. */
async function localUser(): Promise<string> {
  const { hostname, port } = new URL(redis.url);
  const stranger = new Redis({
    host: hostname,
    port: Number(port),
    lazyConnect: true,
    maxRetriesPerRequest: 0,
  });
  stranger.on('error', () => undefined);
  const answer = await stranger.get('x').then(
    () => 'took a command',
    (error: unknown) => (error instanceof Error ? error.message : 'refused'),
  );
  stranger.disconnect();
  return answer;
}

const kinds = {
  batch,
  keys,
  'webhook bomb': webhookBomb,
  'login flood': loginFlood,
  proxy,
  'local user': localUser,
};
console.log('| abuse | measured |\n| --- | --- |');
for (const [name, measure] of Object.entries(kinds)) console.log(`| ${name} | ${await measure()} |`);
await server.close();
await system.close();
await redis.stop();
rmSync(folder, { recursive: true, force: true });
