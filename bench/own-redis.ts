// The Redis of one benchmark run: over TCP for everybody, AOF on as production demands, gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { findProgram } from '../src/embedded-redis/program.ts';
import { freePort, startServer, stopServer } from '../src/embedded-redis/server.ts';

export interface OwnRedis {
  readonly url: string;
  readonly redis: Redis;
  readonly version: string;
  /** Everything away; the append-only file too, so that no round pays for the one before. */
  empty(): Promise<void>;
  usedBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** What most deployments run, bare BullMQ's included; what `always` costs is measured apart. */
export const appendfsync = 'everysec';

export async function startOwnRedis(): Promise<OwnRedis> {
  const program = await findProgram({ folder: resolve('.refund-worker/redis') });
  const folder = mkdtempSync(join(tmpdir(), 'refund-bench-'));
  const port = await freePort();
  const server = await startServer({
    program,
    port,
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'redis.log'),
    appendfsync,
  });
  const kill = () => process.kill(server.pid, 'SIGKILL');
  process.once('exit', kill);
  const url = `redis://127.0.0.1:${port}`;
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const field = async (section: string, name: string) =>
    new RegExp(`^${name}:(.*)\r?$`, 'm').exec(await redis.info(section))?.[1]?.trim() ?? '';
  return {
    url,
    redis,
    version: await field('server', 'redis_version'),
    async empty() {
      await redis.flushall('SYNC');
      await redis.bgrewriteaof().catch(() => undefined); // one may be under way
      while ((await field('persistence', 'aof_rewrite_in_progress')) === '1') await pause(20);
    },
    usedBytes: async () => Number(await field('memory', 'used_memory')),
    async stop() {
      redis.disconnect();
      process.off('exit', kill);
      await stopServer(server, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
