// The configuration that ours runs with: production's defaults, except for the rate limiter, which no CPU-bound run would leave.
import { type Config, loadConfig } from '../../src/config/config.ts';
import type { Place } from './contender.ts';

/**
 * The environment allows 1,000 calls a second at most, 485 refunds: twenty times less than a processor can do, whatever
 * it runs. The rate limiter is asked for each call all the same, with so short an interval that it never says wait.
 */
const openLimiter = 1_000_000;

export function configurationFor(place: Place): Config {
  const config = loadConfig({
    REDIS_URL: place.redisUrl,
    REDIS_PREFIX: place.prefix,
    BOOTPAY_BASE_URL: place.bootpayUrl,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    WORKER_CONCURRENCY: String(place.concurrency),
    DATA_KEYS: `b:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'warn',
    HTTP_PORT: '0',
    ...place.env,
  });
  const callsPerSecond = place.callsPerSecond ?? openLimiter;
  return { ...config, bootpay: { ...config.bootpay, callsPerSecond } };
}
