// Starts the HTTP server on the configured address and stops it in time; refuses to serve other machines without credentials.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { createApp, createHealthApp, type ServerOptions } from './app.ts';
import { refuseOpenServer } from './loopback.ts';

export interface RunningServer {
  /** With the actual port. */
  readonly url: string;
  /** Takes nothing new, lets requests under way end for 5 s, then breaks their connections. */
  close(): Promise<void>;
}

const closeWithinMs = 5_000;
/** For handlers whose connections were closed; Redis may be away. */
const lastWaitMs = 1_000;

/** @throws ConfigError when the address is not free, or would open an unprotected server to other machines. */
export async function startServer(system: System, options: ServerOptions = {}): Promise<RunningServer> {
  refuseOpenServer(system.config);
  const app = await createApp(system, options);
  const server = await listen(app, 'HTTP', system.config.http);
  system.log.info({ url: server.url }, 'server_started');
  return server;
}

/** Of a worker alone: /healthz and /readyz, open to whoever reaches the address. @throws ConfigError as above. */
export async function startHealthServer(
  system: System,
  at: Address,
  isWorkerRunning: () => boolean,
): Promise<RunningServer> {
  const server = await listen(createHealthApp(system, isWorkerRunning), 'WORKER_HEALTH', at);
  system.log.info({ url: server.url }, 'health_server_started');
  return server;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

async function listen(
  app: FastifyInstance,
  variables: 'HTTP' | 'WORKER_HEALTH',
  { host, port }: Address,
): Promise<RunningServer> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenProblem(error, variables, { host, port }) ?? error;
  }
  return { url: urlOf(app, host), close: () => close(app) };
}

async function close(app: FastifyInstance): Promise<void> {
  const closed = app.close().then(() => 'closed');
  if ((await within(closeWithinMs, closed)) === 'closed') return;
  app.server.closeAllConnections();
  await within(lastWaitMs, closed);
}

async function within(ms: number, work: Promise<unknown>): Promise<unknown> {
  const done = new AbortController();
  const late = delay(ms, 'late', { signal: done.signal, ref: false }).catch(() => 'late');
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const name = everywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}`;
}

function listenProblem(error: unknown, variables: string, { host, port }: Address): ConfigError | null {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new ConfigError([
        `${variables}_PORT: expected a free port on ${host} (비어 있는 포트), got ${port}, which is taken`,
      ]);
    case 'EACCES':
      return new ConfigError([
        `${variables}_PORT: expected a port this user may open (이 사용자가 열 수 있는 포트), got ${port}`,
      ]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError([
        `${variables}_HOST: expected an address of this machine (이 서버의 주소), got ${JSON.stringify(host)}`,
      ]);
    default:
      return null;
  }
}
