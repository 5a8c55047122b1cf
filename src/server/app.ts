// The HTTP application: guards in front, then the routes; every failure leaves as a problem, every request as a log line.
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { System } from '../compose.ts';
import { deskRoutes } from '../desk/routes.tsx';
import type { Logger } from '../logging/logger.ts';
import { createAccess } from './access.ts';
import { actionRoutes } from './actions.ts';
import { approvalRoutes } from './approvals.ts';
import { besideRoutes } from './beside.ts';
import { boardRoutes } from './board.ts';
import { keepBytes } from './body.ts';
import { cancellationRoutes } from './cancellations.ts';
import { clientAddress, countedAddress, isFromThisMachine } from './client-address.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { exportRoutes } from './exports.ts';
import { healthRoutes } from './health.ts';
import { laneRoutes } from './lane.ts';
import { loginsOf } from './logins.ts';
import { isOpenDesk, refuseForeignPages } from './loopback.ts';
import { type ProblemKind, sendProblem } from './problems.ts';
import { redisIsSilent, redisProblem, whileRedisAnswers } from './redis-trouble.ts';
import { refundRoutes } from './refunds.ts';
import { replayRoutes } from './replays.ts';
import { webhookRoutes } from './webhook.ts';

const bodyLimitBytes = 1024 * 1024;
/** How long the bytes of one request may take, in ms. */
const requestTimeoutMs = 30_000;
/** Of all clients together; further ones are turned away, so that those at work keep their files and memory. */
const mostConnections = 1_000;
/** From one address elsewhere, events and webhooks apart. */
const requestsPerMinute = 1_200;

export interface ServerOptions {
  /** Bull Board under /board. Default true. */
  readonly board?: boolean;
  /** Given where this process also runs the worker; `/readyz` asks it. */
  readonly isWorkerRunning?: () => boolean;
}

/** For a worker alone: what watches a process, and nothing else. */
export function createHealthApp(system: System, isWorkerRunning: () => boolean): FastifyInstance {
  const app = bareApp(system);
  healthRoutes(app, system, isWorkerRunning);
  return app;
}

export async function createApp(system: System, options: ServerOptions): Promise<FastifyInstance> {
  const app = bareApp(system);

  // Served over plain HTTP as well, where upgraded addresses would break the board; TLS and HSTS are the proxy's.
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      directives: {
        upgradeInsecureRequests: null,
        frameAncestors: ["'none'"],
        // Nothing is loaded from elsewhere; by default styles and fonts may be.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'", 'data:'],
      },
    },
    strictTransportSecurity: false,
  });
  await app.register(fastifyRateLimit, { global: false });
  app.addHook('onRequest', refuseForeignPages(system.config));
  limitRequests(app);
  app.addHook('onRequest', refuseEncodings);
  app.addHook('onSend', async (request, reply) => {
    if (/^\/(v1|board)(\/|\?|$)/.test(request.url)) reply.header('cache-control', 'no-store');
  });
  app.removeAllContentTypeParsers();
  keepBytes(app, ['application/json']);

  const logins = loginsOf(system);
  const access = await createAccess(app, system, logins);
  cancellationRoutes(app, system, access);
  refundRoutes(app, system, access);
  deadLetterRoutes(app, system, access);
  besideRoutes(app, system, access);
  approvalRoutes(app, system, access);
  replayRoutes(app, system, access);
  laneRoutes(app, system, access);
  actionRoutes(app, system, access);
  exportRoutes(app, system, access);
  webhookRoutes(app, system);
  healthRoutes(app, system, options.isWorkerRunning);
  if (options.board !== false) boardRoutes(app, system, access);
  await deskRoutes(app, {
    system,
    checkSignIn: (attempt) => logins.check({ ...attempt, via: 'desk' }),
    addressOf: (request) => ({ address: clientAddress(request), countedAs: countedAddress(request) }),
    isLocal: isOpenDesk(system.config),
  });
  return app;
}

/** Bounded, logged, and answering in problems; without a route. */
function bareApp(system: System): FastifyInstance {
  const { trustedProxies } = system.config.http;
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (_error, _request, reply) => sendProblem(reply, 'wrong_request'),
  });
  app.server.maxConnections = mostConnections;
  app.decorateRequest('refundId', null);
  logRequests(app, system.log);
  watchRedis(app, system);
  failAsProblems(app, system);
  return app;
}

/** Probes call these every few seconds. */
const quietRoutes = ['/healthz', '/readyz'];

/** One line per request: fixed fields, the route as it was declared, never a body, a query or a header. */
function logRequests(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, refundId, who } = request;
    const route = request.routeOptions.url ?? '(none)';
    const fields = {
      method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(refundId !== null && { refund_id: refundId }),
      ...(who !== null && { who }),
    };
    if (quietRoutes.includes(route) || route.startsWith('/board')) log.debug(fields, 'http_request');
    else log.info(fields, 'http_request');
  });
}

/** Wraps every handler: no request waits for a Redis that is gone. */
function watchRedis(app: FastifyInstance, { redisTime }: System): void {
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = async function (request, reply) {
      const answer = await whileRedisAnswers(redisTime, Promise.resolve(handler.call(this, request, reply)));
      if (answer === redisIsSilent) throw new Error('Redis gave no answer');
      // A handler that answers through `reply` later, as that of the board's files does, returns nothing.
      return answer === undefined ? reply : answer;
    };
  });
}

function limitRequests(app: FastifyInstance): void {
  const count = app.createRateLimit({
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: countedAddress,
  });
  app.addHook('onRequest', async (request, reply) => {
    const { isIngest, isProbe } = request.routeOptions.config;
    if (isIngest === true || isProbe === true || isFromThisMachine(request)) return undefined;
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return undefined;
    return sendProblem(reply, 'too_many', { retryAfterSeconds: counted.ttlInSeconds });
  });
}

/** A compressed body would be taken for broken JSON, or unpack to any size. */
async function refuseEncodings(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (request.routeOptions.config.fromAnywhere === true) return undefined; // is never told of a problem
  const encoding = request.headers['content-encoding']?.trim() ?? '';
  if (encoding === '' || encoding.toLowerCase() === 'identity') return undefined;
  const name = encoding.slice(0, 40);
  return sendProblem(reply, 'wrong_encoding', {
    detail: {
      en: `The body came with Content-Encoding: ${name}. Send it without compression.`,
      ko: `압축된 본문이 왔어요(Content-Encoding: ${name}). 압축하지 않고 보내 주세요.`,
    },
  });
}

function failAsProblems(app: FastifyInstance, { log }: System): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not_found', { detail: noSuchPage }));
  app.setErrorHandler((error: FastifyError, request, reply: FastifyReply) => {
    const problem = redisProblem(error) ?? problemOf(error);
    if (problem === 'internal') {
      const { message, stack } = error;
      log.error({ route: request.routeOptions.url, error: message, stack }, 'request_failed');
    }
    return sendProblem(reply, problem);
  });
}

function problemOf({ code, statusCode }: FastifyError): ProblemKind {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'too_large';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'wrong_media_type';
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'wrong_request' : 'internal';
  }
}

const noSuchPage = {
  en: 'There is nothing under this path and method.',
  ko: '이 경로와 메서드로는 아무것도 없어요.',
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Comes from programs in bursts, so requests are not counted. */
    isIngest?: boolean;
    /** Asked by what watches the process: a limit would make it look dead. */
    isProbe?: boolean;
  }
}
