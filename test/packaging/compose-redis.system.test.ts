// The flags that docker-compose.yml gives to Redis, given to a real one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { findProgram } from '../../src/embedded-redis/program.ts';
import { freePort } from '../../src/embedded-redis/server.ts';
import { checkRedis } from '../../src/redis/check.ts';
import { sharedRedis, useFolder } from '../support/redis.ts';
import { serviceOf } from './compose-file.ts';

const folder = useFolder();

test('a Redis with password and flags of the compose file keeps strangers out and passes the check of production without a warning', async () => {
  // Where none is installed, this one unpacks it for all test processes.
  await sharedRedis();
  const { command, env } = await findProgram({ folder: resolve('.refund-worker', 'redis') });
  const port = await freePort();
  const where = ['--dir', folder(), '--port', String(port), '--bind', '127.0.0.1'];
  const { entrypoint, command: words, environment } = serviceOf('redis');
  const [shell = '', ...script] = entrypoint;
  const server = spawn(shell, [...script, command, ...words.slice(1), ...where], {
    env: { PATH: process.env['PATH'], ...env, ...environment },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  });
  const open = { port, maxRetriesPerRequest: null, retryStrategy: () => 20 };
  const stranger = new Redis({ ...open, enableReadyCheck: false });
  stranger.on('error', () => undefined);
  onTestFinished(() => stranger.disconnect());
  await expect(stranger.keys('*')).rejects.toThrow(/NOAUTH/);

  const client = new Redis({ ...open, password: environment['REDISCLI_AUTH'] ?? '' });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());

  expect(await checkRedis([client], true)).toEqual({ ok: true, problems: [], warnings: [] });
  // The server itself is the first process of its container, so that it hears SIGTERM.
  expect(await client.info('server')).toContain(`process_id:${server.pid}`);
  expect(await client.config('GET', 'save')).toEqual(['save', '']);
  expect(await client.config('GET', 'dir')).toEqual(['dir', join(folder())]);
});
