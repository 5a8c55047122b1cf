// Turns any error into an exit code and sentences for people. A stack is only shown with LOG_LEVEL=debug.
import type { Environment } from '../config/values.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';

export interface Explanation {
  readonly code: 1 | 2;
  readonly lines: readonly string[];
}

export function explain(error: unknown, env: Environment): Explanation {
  if (error instanceof ConfigError) return { code: 2, lines: error.problems };
  const stack = env['LOG_LEVEL'] === 'debug' && error instanceof Error ? [error.stack ?? ''] : [];
  return { code: 1, lines: [sentenceFor(error), ...stack] };
}

/** `reason`: the connection's last error. */
export function redisAway(url: string, reason: string | null, cause: unknown): Error {
  const why = reason ?? messageOf(cause);
  return new Error(
    `Redis at ${hostOf(url)} does not answer (${why}). Start it, or set REDIS_URL to the right address, and try again. (Redis가 응답하지 않아요. 실행 중인지, REDIS_URL이 맞는지 확인하고 다시 시도해 주세요.)`,
    { cause },
  );
}

function sentenceFor(error: unknown): string {
  if (codeOf(error) === 'EADDRINUSE') {
    return `The port is taken: ${messageOf(error)}. Choose another one (HTTP_PORT, or --port), or stop what listens there. (포트를 이미 다른 프로그램이 쓰고 있어요.)`;
  }
  return messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

/** Without user and password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'REDIS_URL';
}
