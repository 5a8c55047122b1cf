// A Redis of the simulation's own: on a Unix socket, in memory only, gone with its parent.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { findProgram } from '../src/embedded-redis/program.ts';

export interface OwnRedis {
  readonly redis: Redis;
  stop(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const program = await findProgram({ folder: resolve('.refund-worker/redis') });
  const folder = mkdtempSync(join(tmpdir(), 'refund-simulation-'));
  const socket = join(folder, 'redis.sock');
  const settings = { port: '0', unixsocket: socket, save: '', appendonly: 'no', dir: folder };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  // Detached: Ctrl-C in a terminal must not end it before the histories under way have ended.
  const server = spawn(program.command, args, { stdio: 'ignore', env: program.env, detached: true });
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const redis = new Redis({
    path: socket,
    enableAutoPipelining: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 20,
  });
  redis.on('error', () => undefined);
  await redis.ping();
  return {
    redis,
    async stop() {
      redis.disconnect();
      process.off('exit', kill);
      kill();
      await new Promise((done) => server.once('exit', done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
