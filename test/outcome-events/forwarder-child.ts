// A forwarder in a process of its own, which a test may kill. Environment: REDIS_URL, REDIS_PREFIX, WEBHOOK_URL, CONSUMER
// and LIMITS (JSON).
import { Redis } from 'ioredis';
import { silentLogger } from '../../src/logging/logger.ts';
import { startForwarding } from '../../src/outcome-events/forward.ts';
import { systemClock } from '../../src/redis/clock.ts';
import { keysFor } from '../../src/redis/keys.ts';

process.on('disconnect', () => process.exit()); // the test that started it is gone
const { REDIS_URL = '', REDIS_PREFIX = '', WEBHOOK_URL = '', CONSUMER = '', LIMITS = '{}' } = process.env;
startForwarding(
  {
    redis: new Redis(REDIS_URL, { maxRetriesPerRequest: null }),
    keys: keysFor(REDIS_PREFIX),
    clock: systemClock(),
    log: silentLogger(),
    consumer: CONSUMER,
  },
  { url: WEBHOOK_URL, secrets: [], limits: JSON.parse(LIMITS) },
);
