// `worker`: takes refunds from the queue until it is told to stop.
import { requireCredentials } from '../../config/config.ts';
import { createLogger } from '../../logging/logger.ts';
import { defineCommand } from '../command.ts';
import { openChecked, serve, startWorkerOf } from '../service.ts';
import { readConfigWithRedis } from '../settings.ts';
import { json } from '../shared-options.ts';

export const worker = defineCommand({
  name: 'worker',
  says: { en: 'Run the worker alone.', ko: '작업자만 실행해요.' },
  options: { json },
  examples: ['worker', 'worker 2>> worker.log'],
  async run(io, input) {
    const config = await readConfigWithRedis(io);
    requireCredentials(config);
    return serve(io, createLogger({ level: config.logLevel }), async (service) => {
      await openChecked(service, config);
      await startWorkerOf(service, config);
      const { prefix } = config.redis;
      await io.out(
        input.json
          ? JSON.stringify({ worker: 'running', prefix })
          : `Worker running (${prefix}). 작업자 실행 중. Ctrl-C 로 종료.`,
      );
    });
  },
});
