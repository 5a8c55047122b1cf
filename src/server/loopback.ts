// Keeps a server without ingest credentials local: listening address, Host names, proxies, and pages of other sites.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { isLoopbackHost } from '../config/urls.ts';
import { problemOf } from '../config/values.ts';
import { ConfigError } from '../domain/errors.ts';
import { isFromThisMachine } from './client-address.ts';
import { sendProblem } from './problems.ts';

/** Neither token nor secret: every client that reaches the server may enqueue. */
function isUnprotected({ ingest }: Pick<Config, 'ingest'>): boolean {
  return ingest.token === null && ingest.secrets.length === 0;
}

/** Nobody is configured, outside production and on loopback: the desk asks for no name. */
export function isOpenDesk({ production, operators, ingest, http }: Config): boolean {
  return !production && operators.length === 0 && isUnprotected({ ingest }) && isLoopbackHost(http.host);
}

/**
 * In production loopback protects nothing: a proxy on the same machine lets everybody in.
 * @throws ConfigError when an unprotected server would be reachable from elsewhere, or is started in production.
 */
export function refuseOpenServer(config: Config): void {
  if (!isUnprotected(config)) return;
  if (config.production) throw new ConfigError([problemOf('INGEST_TOKEN', inProduction, 'nothing')]);
  if (isLoopbackHost(config.http.host)) return;
  throw new ConfigError([
    `HTTP_HOST: expected 127.0.0.1, ::1 or localhost as long as neither INGEST_TOKEN nor INGEST_SECRET is set (INGEST_TOKEN 또는 INGEST_SECRET을 설정해야 다른 주소를 열 수 있고, 검토하려면 OPERATORS도 필요해요), got ${JSON.stringify(config.http.host)}. Set INGEST_TOKEN or INGEST_SECRET to serve other machines, and OPERATORS to let people review dead letters.`,
  ]);
}

/**
 * A page in the operator's browser can reach loopback: by a name of its own that resolves to 127.0.0.1 (DNS
 * rebinding), or by posting across sites. Both are refused; the webhook, which moves no money, is left alone.
 */
export function refuseForeignPages(config: Config) {
  const unprotected = isUnprotected(config);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (request.routeOptions.config.fromAnywhere === true) return undefined;
    if (unprotected && !isLoopbackHost(hostNameOf(request.headers.host))) {
      return sendProblem(reply, 'not_allowed', { detail: foreignName });
    }
    if (unprotected && !isFromThisMachine(request)) {
      return sendProblem(reply, 'not_allowed', { detail: forwarded });
    }
    const onlyReads = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (onlyReads || !isCrossSite(request)) return undefined;
    return sendProblem(reply, 'not_allowed', { detail: foreignPage });
  };
}

function hostNameOf(header: string | undefined): string {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(header ?? '')?.[1];
  return name ?? '';
}

/** Programs send neither header; browsers send at least one of them with every post. */
function isCrossSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return origin !== undefined && !/^https?:\/\//.test(origin)
    ? true
    : origin !== undefined && origin.replace(/^https?:\/\//, '') !== headers.host;
}

const inProduction = {
  en: 'a value in production, or INGEST_SECRET, whatever HTTP_HOST is: a server without either takes events from every client that reaches it, and behind a proxy that is everybody',
  ko: '운영 환경의 서버에는 HTTP_HOST와 관계없이 INGEST_TOKEN 또는 INGEST_SECRET이 필요해요. 둘 다 없으면 프록시 뒤에서 누구나 이벤트를 보낼 수 있어요',
};

const forwarded = {
  en: 'Without INGEST_TOKEN and INGEST_SECRET the server answers only to callers on its own machine, and this request was forwarded by a proxy.',
  ko: 'INGEST_TOKEN과 INGEST_SECRET이 없으면 같은 서버에서 직접 보낸 요청에만 응답하는데, 이 요청은 프록시를 거쳐 왔어요.',
};

const foreignName = {
  en: 'Without INGEST_TOKEN and INGEST_SECRET the server answers only to localhost, 127.0.0.1 and ::1 in the Host header.',
  ko: 'INGEST_TOKEN과 INGEST_SECRET이 없으면 Host 헤더가 localhost, 127.0.0.1, ::1인 요청에만 응답해요.',
};

const foreignPage = {
  en: 'This request comes from a page of another site.',
  ko: '다른 사이트의 페이지에서 보낸 요청이에요.',
};

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Not checked for origin or Host name: health and Bootpay's webhook. */
    fromAnywhere?: boolean;
  }
}
