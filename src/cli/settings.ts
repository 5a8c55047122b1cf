// The configuration and the Redis that a command works on: the environment wins over `.env`; without REDIS_URL our own Redis.
import { join } from 'node:path';
import { z } from 'zod';
import type { System } from '../compose.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { oddEnvFile, withEnvFile } from '../config/env-file.ts';
import { readPrivate } from '../config/files.ts';
import type { Environment } from '../config/values.ts';
import { parseJson } from '../domain/problem.ts';
import { findOwnRedis } from '../embedded-redis/launcher.ts';
import type { Logger } from '../logging/logger.ts';
import { redisFault } from '../redis/fault.ts';
import type { Trouble } from '../redis/trouble.ts';
import { redisFailed } from './explain.ts';
import type { Io } from './io.ts';

/** Holds the data key, our own Redis and the demo. */
export function ownFolder({ folder }: Io): string {
  return join(folder, '.refund-worker');
}

export function demoFolder(io: Io): string {
  return join(ownFolder(io), 'demo');
}

/** Written by a running `demo` for the other commands: its environment, and the folder of its Redis. */
const demoSessionSchema = z.object({ env: z.record(z.string(), z.string()), redis: z.string() });
export const demoSessionFile = 'session.json';

/** @throws ConfigError with all problems. */
export function readConfig(io: Io): Config {
  const odd = oddEnvFile(io.folder);
  if (odd !== null) io.note(odd);
  return loadConfig(environmentOf(io));
}

/** As `readConfig`; without REDIS_URL the Redis of a `start` in this folder, or of a demo that runs here. */
export async function readConfigWithRedis(io: Io): Promise<Config> {
  const config = readConfig(io);
  if (config.redis.url !== null) return config;
  const url = await findOwnRedis(ownFolder(io));
  if (url !== null) return { ...config, redis: { ...config.redis, url } };
  const demo = await runningDemo(io);
  if (demo === null) return config;
  io.note('(the demo that runs in this folder; 이 폴더에서 실행 중인 demo)');
  return loadConfig(demo);
}

export function environmentOf(io: Io): Environment {
  return withEnvFile(io.folder, io.env);
}

/** Silent unless LOG_LEVEL is set: a command prints its own results. */
async function quietLogger(io: Io, config: Config): Promise<Logger> {
  const isSet = (environmentOf(io)['LOG_LEVEL'] ?? '') !== '';
  const { commandLogger } = await import('../logging/logger.ts');
  return commandLogger(isSet ? config.logLevel : 'silent', Date.now);
}

/** Opens the system for one command and closes it after; fails within seconds while Redis is away. */
export async function withSystem<Result>(io: Io, work: (system: System) => Promise<Result>): Promise<Result> {
  return withSystemOf(io, await readConfigWithRedis(io), work);
}

export async function withSystemOf<Result>(
  io: Io,
  config: Config,
  work: (system: System) => Promise<Result>,
): Promise<Result> {
  const remembering = rememberingLogger(await quietLogger(io, config));
  let system: System | null = null;
  try {
    // Loaded here: the command's help and its wrong usage do without.
    const { openSystem } = await import('../compose.ts');
    const options = { log: remembering.log, whenDown: 'fail', folder: ownFolder(io) } as const;
    system = await openSystem(config, options);
    return await work(system);
  } catch (error) {
    if (config.redis.url === null || redisFault(error) === null) throw error;
    throw redisFailed(config.redis.url, remembering.lastRedisError(), error);
  } finally {
    await system?.close(2_000);
  }
}

/** The error that ends a command is "too many retries"; the reason is only in the connection's own errors. */
export function rememberingLogger(log: Logger): { log: Logger; lastRedisError: () => Trouble | null } {
  let last: Trouble | null = null;
  return {
    lastRedisError: () => last,
    log: {
      ...log,
      warn(fields, event) {
        const seen = event === 'redis_error' ? troubleSchema.safeParse(fields).data : undefined;
        // A server that says no often closes the connection right after.
        if (seen !== undefined && last?.fault !== 'denied') last = seen;
        log.warn(fields, event);
      },
    },
  };
}

const troubleSchema = z.object({
  error: z.string().min(1),
  fault: z.enum(['away', 'denied', 'read_only', 'unusable', 'full', 'refused']).nullable().default(null),
});

async function runningDemo(io: Io): Promise<Environment | null> {
  const text = await readPrivate(join(demoFolder(io), demoSessionFile));
  const session = demoSessionSchema.safeParse(parseJson(text));
  if (!session.success) return null;
  const { env, redis } = session.data;
  const url = await findOwnRedis(redis);
  return url !== null && url === env['REDIS_URL'] ? env : null;
}
