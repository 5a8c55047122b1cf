// Turns any error into an exit code and sentences for people. A stack is only shown with LOG_LEVEL=debug.
import type { Environment } from '../config/values.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { redisFault, withReason } from '../redis/fault.ts';
import type { Trouble } from '../redis/trouble.ts';

interface Explanation {
  readonly code: 1 | 2;
  readonly lines: readonly string[];
}

export function explain(error: unknown, env: Environment): Explanation {
  if (error instanceof ConfigError) return { code: 2, lines: error.problems };
  const stack = env['LOG_LEVEL'] === 'debug' && error instanceof Error ? [error.stack ?? ''] : [];
  return { code: 1, lines: [sentenceFor(error), ...stack] };
}

/** `last`: the connection's last error, which says more than "retries used up". */
export function redisFailed(url: string, last: Trouble | null, cause: unknown): Error {
  const own = redisFault(cause);
  const { fault, error } =
    last === null || (own !== 'away' && own !== null)
      ? { fault: own, error: messageOf(cause instanceof Error ? withReason(cause) : cause) }
      : last;
  return new Error(`Redis at ${hostOf(url)} ${sentenceOf(fault)(error)}`, { cause });
}

function sentenceOf(fault: Trouble['fault']): (why: string) => string {
  switch (fault) {
    case 'denied':
      return (why) =>
        /sentinel/i.test(why)
          ? `has sentinels that answer, but do not let us work (${why}). Check the name of the primary in REDIS_URL, REDIS_SENTINEL_PASSWORD and sentinel_tls. (센티널이 응답하지만 거부해요. REDIS_URL의 프라이머리 이름, REDIS_SENTINEL_PASSWORD, sentinel_tls를 확인해 주세요.)`
          : `answers, but does not let us work (${why}). Check user, password, TLS and database in REDIS_URL, the rights of the user (README), and how many clients Redis takes. (Redis가 응답하지만 거부해요. REDIS_URL의 사용자, 비밀번호, TLS, 데이터베이스 번호, 사용자 권한(README)과 최대 접속 수를 확인해 주세요.)`;
    case 'full':
    case 'read_only':
    case 'unusable':
    case 'refused':
      return (why) =>
        `answers, but with an error (${why}). Nothing was confirmed; try again when it is well. (Redis가 오류로 응답해요. 정상이 되면 다시 시도해 주세요.)`;
    default:
      return (why) =>
        `does not answer (${why}). Start it, or set REDIS_URL to the right address, and try again. (Redis가 응답하지 않아요. 실행 중인지, REDIS_URL이 맞는지 확인하고 다시 시도해 주세요.)`;
  }
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
