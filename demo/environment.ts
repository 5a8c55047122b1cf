// The demo's own environment: a day's waits in seconds. Nothing of the caller's `.env` is in it, so a demo never reaches Bootpay.
import { randomBytes } from 'node:crypto';
import type { Simulator } from '../simulator/index.ts';

export const callsPerSecond = 6;

/** How long a demo may take before it gives up on what is not done. */
export const patienceMs = 50_000;

export interface DemoEnvironment {
  readonly redisUrl: string;
  readonly simulator: Simulator;
  readonly httpPort: string;
}

export function demoEnvironment({ redisUrl, simulator, httpPort }: DemoEnvironment): Record<string, string> {
  const { clientKey, secretKey } = simulator.switches.credentials;
  return {
    REDIS_URL: redisUrl,
    REDIS_PREFIX: `{demo-${Date.now().toString(36)}}`,
    BOOTPAY_BASE_URL: simulator.url,
    BOOTPAY_CLIENT_KEY: clientKey,
    BOOTPAY_SECRET_KEY: secretKey,
    BOOTPAY_TIMEOUT_MS: '1500',
    BOOTPAY_CONNECT_TIMEOUT_MS: '500',
    BOOTPAY_CALLS_PER_SECOND: String(callsPerSecond),
    WORKER_CONCURRENCY: '10',
    RETRY_MAX_ATTEMPTS: '4',
    RETRY_BASE_MS: '300',
    RETRY_MAX_MS: '2000',
    RETRY_DEADLINE_MS: '60000',
    LOOK_UP_SCHEDULE_MS: '500,1000,2000',
    SETTLE_WINDOW_MS: '2500',
    HTTP_PORT: httpPort,
    DATA_KEYS: `demo:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'silent',
  };
}
