// GET /healthz (the process is alive) and /readyz (it can take refunds now). Neither calls Bootpay.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import type { RedisFinding, RedisVerdict } from '../redis/check.ts';
import { redisFault } from '../redis/fault.ts';
import { alertHealth } from '../standstills/alerting.ts';
import { standingOf, standingView } from '../standstills/standing.ts';

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
    const standing = verdict.kind === 'none' ? null : await standingOf(system).catch(() => null);
    const isWritable = standing?.standstills.every(({ cause }) => cause !== 'redis_not_writable') ?? false;
    const redis = redisView(system, verdict);
    const ready = redis.ok && worker !== 'stopped' && isWritable;
    reply.code(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not_ready',
      redis,
      worker,
      ...standingView(standing ?? { standstills: [], waiting: null }),
      ...(verdict.kind === 'none' ? {} : await alertsView(system)),
    };
  });
}

/** Nothing where no webhook is set. A receiver that does not take alerts makes no process unready. */
async function alertsView(system: System) {
  const health = await alertHealth(system).catch(() => null);
  if (health === null) return {};
  const { failing } = health;
  const since = failing === null ? null : new Date(failing.since).toISOString();
  return { alerts: failing === null ? { ok: true } : { ok: false, since, reason: failing.reason } };
}

function redisView(system: System, verdict: Answer) {
  if (verdict.kind === 'verdict') {
    const { ok, problems, warnings } = verdict;
    return { reachable: true, ok, problems, warnings };
  }
  const trouble = troubleOf(system, verdict.error);
  return { reachable: trouble.found !== 'away', ok: false, problems: [trouble], warnings: [] };
}

type Answer =
  | ({ readonly kind: 'verdict' } & RedisVerdict)
  | { readonly kind: 'none'; readonly error: unknown };

/** Probes are not counted, so that however many come at once, Redis is asked once. */
function sharedVerdict(system: System): () => Promise<Answer> {
  let underWay: Promise<Answer> | null = null;
  return () => {
    underWay ??= verdictSoon(system).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/** `none`: Redis said no, or nothing at all. */
async function verdictSoon(system: System): Promise<Answer> {
  const late = new AbortController();
  const silence: Answer = { kind: 'none', error: null };
  const timeout = delay(redisWithinMs, silence, { signal: late.signal, ref: false }).catch(() => silence);
  const verdict = system.redisVerdict().then(
    (found): Answer => ({ kind: 'verdict', ...found }),
    (error: unknown): Answer => ({ kind: 'none', error }),
  );
  const first = await Promise.race([verdict, timeout]);
  late.abort();
  return first;
}

/** Anyone may read this: of what Redis said only the first word, such as WRONGPASS. */
function troubleOf({ redisTrouble }: System, error: unknown): RedisFinding {
  const own = redisFault(error);
  const last = redisTrouble.current();
  const fault = own === null || own === 'away' ? (last?.fault ?? 'away') : own;
  if (fault === 'away') {
    return {
      ...{ setting: 'connection', found: 'away' },
      en: 'Redis does not answer.',
      ko: 'Redis가 응답하지 않아요.',
    };
  }
  const text = own === fault && error instanceof Error ? error.message : (last?.error ?? '');
  const word = /^(?!ERR )[A-Z]{3,20}\b/.exec(text)?.[0];
  return {
    ...{ setting: 'connection', found: word ?? fault },
    en: 'Redis answers, but refuses our commands; the log has its words.',
    ko: 'Redis가 응답하지만 명령을 거부해요. 이유는 로그에 있어요.',
  };
}
