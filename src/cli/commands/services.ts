// `start`, `worker` and `server`: the commands that run until they are stopped.
import { type Config, requireCredentials } from '../../config/config.ts';
import { launchRedis } from '../../embedded-redis/launcher.ts';
import { holderText } from '../../embedded-redis/lock-file.ts';
import { defineCommand } from '../command.ts';
import { json } from '../options.ts';
import {
  endWithRedis,
  openChecked,
  printAddresses,
  refuseOpenServer,
  type Service,
  serve,
  startHealthOf,
  startServerOf,
  startWorkerOf,
  watchStandstills,
  withoutPassword,
} from '../service.ts';
import { environmentOf, ownFolder, readConfig, readConfigWithRedis } from '../settings.ts';

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
async function withRedis(service: Service, config: Config): Promise<Config> {
  if (config.redis.url !== null) return config;
  const { io, log, lifecycle } = service;
  const { url, keptBy, stop } = await launchRedis({
    folder: ownFolder(io),
    onWait: ({ path, holder }) => {
      const { en, ko } = holderText(holder);
      io.note(`Waiting for ${path}, which ${en} holds. (${ko}가 잡고 있는 잠금을 기다리고 있어요.)`);
    },
    onTakenOver: () => log.warn({}, 'own_redis_taken_over'),
  });
  lifecycle.add('redis', stop);
  endWithRedis(service, url);
  if (keptBy !== null) {
    const { en, ko } = holderText(keptBy);
    io.note(
      `The Redis of this folder is run by ${en}. This one works on it too, ends when that one is stopped, and takes it over when that one is killed.`,
    );
    io.note(
      `이 폴더의 Redis는 ${ko}가 실행하고 있어요. 함께 쓰다가 그 프로세스를 멈추면 같이 끝나고, 강제로 종료되면 넘겨받아요.`,
    );
  }
  return { ...config, redis: { ...config.redis, url } };
}

/** `worker` and `server` on the Redis of a `start`. */
function endWithFoundRedis(service: Service, { redis }: Config): void {
  const isFound = (environmentOf(service.io)['REDIS_URL'] ?? '') === '';
  if (isFound && redis.url !== null) endWithRedis(service, redis.url);
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
      endWithFoundRedis(service, config);
      const system = await openChecked(service, config);
      let isRunning = () => false;
      const readyz = await startHealthOf(service, system, () => isRunning());
      ({ isRunning } = await startWorkerOf(service, config));
      await watchStandstills(service, system);
      const { prefix } = config.redis;
      const ready = readyz === null ? '' : ` Ready? ${readyz}`;
      await io.out(
        input.json
          ? JSON.stringify({ worker: 'running', prefix, ...(readyz !== null && { readyz }) })
          : `Worker running (${prefix}). 작업자 실행 중.${ready} Ctrl-C로 종료.`,
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
      endWithFoundRedis(service, config);
      const system = await openChecked(service, config);
      const url = await startServerOf(service, system);
      await watchStandstills(service, system);
      await printAddresses(io, input, { url, redis: null });
    });
  },
});
