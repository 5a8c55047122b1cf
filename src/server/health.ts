// GET /healthz (the process is alive) and /readyz (it can take refunds now). Neither calls Bootpay.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import type { RedisFinding, RedisVerdict } from '../redis/check.ts';
import { redisFault } from '../redis/fault.ts';

const redisWithinMs = 1_500;

export function healthRoutes(
  app: FastifyInstance,
  system: System,
  /** Absent where this process runs no worker. */
  isWorkerRunning: (() => boolean) | undefined,
): void {
  const config = { fromAnywhere: true };
  app.get('/healthz', { config, logLevel: 'silent' }, async () => ({ status: 'ok' }));

  app.get('/readyz', { config }, async (_request, reply) => {
    const verdict = await verdictSoon(system);
    const trouble = verdict.kind === 'none' ? troubleOf(system, verdict.error) : null;
    const worker = isWorkerRunning === undefined ? 'elsewhere' : isWorkerRunning() ? 'running' : 'stopped';
    const ready = verdict.kind === 'verdict' && verdict.ok && worker !== 'stopped';
    reply.code(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not_ready',
      redis: {
        reachable: trouble === null || trouble.found !== 'away',
        ok: verdict.kind === 'verdict' && verdict.ok,
        problems: verdict.kind === 'verdict' ? verdict.problems : [trouble],
        warnings: verdict.kind === 'verdict' ? verdict.warnings : [],
      },
      worker,
    };
  });
}

type Answer =
  | ({ readonly kind: 'verdict' } & RedisVerdict)
  | { readonly kind: 'none'; readonly error: unknown };

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
      ko: 'Redis가 응답하지 않습니다.',
    };
  }
  const text = own === fault && error instanceof Error ? error.message : (last?.error ?? '');
  const word = /^(?!ERR )[A-Z]{3,20}\b/.exec(text)?.[0];
  return {
    ...{ setting: 'connection', found: word ?? fault },
    en: 'Redis answers, but refuses our commands; the log has its words.',
    ko: 'Redis가 응답하지만 명령을 거부합니다. 로그에 사유가 있습니다.',
  };
}
