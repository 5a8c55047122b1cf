// Brings up everything the demo needs in this process: Redis, simulator, worker and server, each stopped in reverse order.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator } from '../simulator/index.ts';
import type { Io } from '../src/cli/io.ts';
import { startServerOf } from '../src/cli/service.ts';
import { demoFolder, demoSessionFile, ownFolder } from '../src/cli/settings.ts';
import { openSystem, type System } from '../src/compose.ts';
import { loadConfig } from '../src/config/config.ts';
import { replaceFile } from '../src/config/files.ts';
import { ConfigError } from '../src/domain/errors.ts';
import type { Permit } from '../src/domain/rate-limiter.ts';
import { silentLogger } from '../src/logging/logger.ts';
import type { Lifecycle } from '../src/shutdown.ts';
import { demoEnvironment } from './environment.ts';
import { launchDemoRedis } from './redis.ts';

export interface Shop {
  readonly env: Readonly<Record<string, string>>;
  readonly simulator: Simulator;
  readonly system: System;
  readonly serverUrl: string;
  /** When the rate limiter let each call go, by Redis' clock, ms. */
  readonly permits: readonly number[];
}

export interface ShopOptions {
  readonly scenario: object;
  readonly httpPort: number;
}

/** Nothing waits at the end of a demo: what is still under way may be cut off. */
const stopMs = 1_000;

export async function openDemoShop(
  io: Io,
  lifecycle: Lifecycle,
  { scenario, httpPort }: ShopOptions,
): Promise<Shop> {
  const redis = await launchDemoRedis(ownFolder(io));
  lifecycle.add('redis', redis.stop);
  const simulator = await startWith(scenario);
  lifecycle.add('simulator', () => simulator.close());
  const env = demoEnvironment({ redisUrl: redis.url, simulator, httpPort: String(httpPort) });
  const config = loadConfig(env);
  const permits: number[] = [];
  const onPermit = ({ at }: Permit) => void permits.push(at);
  const options = { log: silentLogger(), folder: ownFolder(io), onPermit };

  const system = await openSystem(config, { ...options, whenDown: 'fail' });
  lifecycle.add('system', () => system.close(stopMs));
  const back = await openSystem(config, { ...options, whenDown: 'wait' });
  lifecycle.add('worker system', () => back.close(stopMs));
  const worker = await back.startWorker();
  lifecycle.add('worker', () => worker.stop(stopMs));
  const serverUrl = await startServerOf({ lifecycle }, system, { isWorkerRunning: worker.isRunning });
  // Other commands in this folder find the demo by this file; it is worth nothing once its Redis is gone.
  const session = join(demoFolder(io), demoSessionFile);
  await replaceFile(session, JSON.stringify({ env, redis: redis.folder }));
  lifecycle.add('session', () => rm(session, { force: true }));
  return { env, simulator, system, serverUrl, permits };
}

async function startWith(scenario: object): Promise<Simulator> {
  const { ScenarioError, startSimulator } = await import('../simulator/index.ts');
  try {
    return await startSimulator({ scenario });
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new ConfigError(error.problems.map(({ path, message }) => `scenario ${path}: ${message}`));
  }
}
