// `server`: answers HTTP until it is told to stop.
import { createLogger } from '../../logging/logger.ts';
import { sayAddresses, startServerOf } from '../addresses.ts';
import { defineCommand } from '../command.ts';
import { openChecked, serve } from '../service.ts';
import { readConfigWithRedis } from '../settings.ts';
import { json } from '../shared-options.ts';

export const server = defineCommand({
  name: 'server',
  says: { en: 'Run the HTTP server alone.', ko: 'HTTP 서버만 실행해요.' },
  options: { json },
  examples: ['server', 'server --json'],
  async run(io, input) {
    const config = await readConfigWithRedis(io);
    return serve(io, createLogger({ level: config.logLevel }), async (service) => {
      const system = await openChecked(service, config);
      const url = await startServerOf(service, system);
      await sayAddresses(io, input, { url, redis: null });
    });
  },
});
