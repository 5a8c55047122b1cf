// `start`: worker and server in one process, with a Redis of our own where none is configured.
import { type Config, requireCredentials } from '../../config/config.ts';
import { launchRedis } from '../../embedded-redis/launcher.ts';
import { createLogger } from '../../logging/logger.ts';
import { sayAddresses, startServerOf } from '../addresses.ts';
import { defineCommand } from '../command.ts';
import { openChecked, type Service, serve, startWorkerOf } from '../service.ts';
import { ownFolder, readConfig } from '../settings.ts';
import { json } from '../shared-options.ts';

export const start = defineCommand({
  name: 'start',
  says: { en: 'Run worker and server in one process.', ko: '작업자와 서버를 한 프로세스로 실행해요.' },
  options: { json },
  examples: ['start', 'start --json'],
  async run(io, input) {
    const configured = readConfig(io);
    requireCredentials(configured);
    return serve(io, createLogger({ level: configured.logLevel }), async (service) => {
      const config = await withRedis(service, configured);
      const system = await openChecked(service, config);
      const { isRunning } = await startWorkerOf(service, config);
      const url = await startServerOf(service, system, { isWorkerRunning: isRunning });
      const redis = configured.redis.url === null ? config.redis.url : null;
      await sayAddresses(io, input, { url, redis });
    });
  },
});

/** Added first, stopped last. The configuration has made sure that production names its Redis. */
async function withRedis({ io, lifecycle }: Service, config: Config): Promise<Config> {
  if (config.redis.url !== null) return config;
  const redis = await launchRedis({ folder: ownFolder(io) });
  lifecycle.add('redis', redis.stop);
  return { ...config, redis: { ...config.redis, url: redis.url } };
}
