// GET /healthz (the process is alive) and /readyz (it can take refunds now). Neither calls Bootpay.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import type { RedisVerdict } from '../redis/check.ts';

const redisWithinMs = 1_500;

export function healthRoutes(
  app: FastifyInstance,
  system: System,
  /** Absent where this process runs no worker. */
  isWorkerRunning: (() => boolean) | undefined,
): void {
  const config = { fromAnywhere: true, isProbe: true };
  app.get('/healthz', { config, logLevel: 'silent' }, async () => ({ status: 'ok' }));

  const verdictNow = sharedVerdict(system);
  app.get('/readyz', { config }, async (_request, reply) => {
    const verdict = await verdictNow();
    const worker = isWorkerRunning === undefined ? 'elsewhere' : isWorkerRunning() ? 'running' : 'stopped';
    const ready = verdict?.ok === true && worker !== 'stopped';
    reply.code(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not_ready',
      redis: {
        reachable: verdict !== null,
        ok: verdict?.ok ?? false,
        problems: verdict?.problems ?? [],
        warnings: verdict?.warnings ?? [],
      },
      worker,
    };
  });
}

/** Probes are not counted, so that however many come at once, Redis is asked once. */
function sharedVerdict(system: System): () => Promise<RedisVerdict | null> {
  let underWay: Promise<RedisVerdict | null> | null = null;
  return () => {
    underWay ??= verdictSoon(system).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/** null: Redis does not answer. */
async function verdictSoon(system: System): Promise<RedisVerdict | null> {
  const late = new AbortController();
  const timeout = delay(redisWithinMs, null, { signal: late.signal, ref: false }).catch(() => null);
  const verdict = system.redisVerdict().catch(() => null);
  const first = await Promise.race([verdict, timeout]);
  late.abort();
  return first;
}
