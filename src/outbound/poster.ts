// Posts to one address, and hears nothing but the status.
import { codeOf } from '../domain/errors.ts';
import type { WayOptions } from './connector.ts';
import { openPool } from './pool.ts';
import { request } from './undici.ts';

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Poster {
  /** A redirect is not followed: it is a status. @throws when no status comes; its `code` says why. */
  post(post: Post, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

type PostResult =
  | { readonly kind: 'answered'; readonly status: number }
  /** `cause`: a code such as ECONNREFUSED, or the error's name; never its text, which may hold the address. */
  | { readonly kind: 'no_answer'; readonly cause: string };

/** Never throws: what goes wrong is a result. */
export async function postWithin(
  answerMs: number,
  poster: Pick<Poster, 'post'>,
  post: Post,
): Promise<PostResult> {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new DOMException('no answer', 'TimeoutError')), answerMs);
  try {
    return { kind: 'answered', status: await poster.post(post, ended.signal) };
  } catch (error) {
    return { kind: 'no_answer', cause: error instanceof Error ? (codeOf(error) ?? error.name) : 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}

export function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

export function createPoster(url: string, way: WayOptions): Poster {
  const { origin, pathname, search } = new URL(url);
  const pool = openPool(origin, way);
  return {
    async post({ headers, body }, signal) {
      const path = pathname + search;
      const answer = await request.call(pool, { method: 'POST', path, headers, body, signal });
      // Never read: whatever it holds, however long it is, the status has said all.
      answer.body.on('error', () => undefined).destroy();
      return answer.statusCode;
    },
    close: () => pool.destroy(),
  };
}
