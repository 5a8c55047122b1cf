// `start`, `worker` and `server`: the commands that run until they are stopped.
import { type Config, requireCredentials } from '../../config/config.ts';
import { launchRedis } from '../../embedded-redis/launcher.ts';
import { defineCommand } from '../command.ts';
import { json } from '../options.ts';
import {
  openChecked,
  printAddresses,
  refuseOpenServer,
  type Service,
  serve,
  startServerOf,
  startWorkerOf,
  watchStandstills,
  withoutPassword,
} from '../service.ts';
import { ownFolder, readConfig, readConfigWithRedis } from '../settings.ts';

export const start = defineCommand({
  name: 'start',
  description: { en: 'Run worker and server in one process.', ko: '작업자와 서버를 한 프로세스로 실행해요.' },
  options: { json },
  examples: ['start', 'start --json'],
  async run(io, input) {
    const configured = readConfig(io);
    requireCredentials(configured);
    await refuseOpenServer(configured);
    return serve(io, configured.logLevel, async (service) => {
      const config = await withRedis(service, configured);
      const system = await openChecked(service, config);
      const { isRunning } = await startWorkerOf(service, config);
      await watchStandstills(service, system);
      const url = await startServerOf(service, system, { isWorkerRunning: isRunning });
      const own = configured.redis.url === null ? config.redis.url : null;
      const redis = own === null ? null : withoutPassword(own);
      await printAddresses(io, input, { url, redis });
    });
  },
});

/** A Redis of our own is added first and stopped last. In production the configuration has to name one. */
async function withRedis({ io, lifecycle }: Service, config: Config): Promise<Config> {
  if (config.redis.url !== null) return config;
  const redis = await launchRedis({ folder: ownFolder(io) });
  lifecycle.add('redis', redis.stop);
  return { ...config, redis: { ...config.redis, url: redis.url } };
}

export const worker = defineCommand({
  name: 'worker',
  description: { en: 'Run the worker alone.', ko: '작업자만 실행해요.' },
  options: { json },
  examples: ['worker', 'worker 2>> worker.log'],
  async run(io, input) {
    const config = await readConfigWithRedis(io);
    requireCredentials(config);
    return serve(io, config.logLevel, async (service) => {
      const system = await openChecked(service, config);
      await startWorkerOf(service, config);
      await watchStandstills(service, system);
      const { prefix } = config.redis;
      await io.out(
        input.json
          ? JSON.stringify({ worker: 'running', prefix })
          : `Worker running (${prefix}). 작업자 실행 중. Ctrl-C 로 종료.`,
      );
    });
  },
});

export const server = defineCommand({
  name: 'server',
  description: { en: 'Run the HTTP server alone.', ko: 'HTTP 서버만 실행해요.' },
  options: { json },
  examples: ['server', 'server --json'],
  async run(io, input) {
    const config = await readConfigWithRedis(io);
    await refuseOpenServer(config);
    return serve(io, config.logLevel, async (service) => {
      const system = await openChecked(service, config);
      const url = await startServerOf(service, system);
      await watchStandstills(service, system);
      await printAddresses(io, input, { url, redis: null });
    });
  },
});
