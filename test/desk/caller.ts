// Somebody at the desk without a browser: signs in, takes the token from a page, and posts forms as one would.
import type { Served } from '../server/support.ts';

export interface Posted {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
}

export interface DeskCaller {
  get(path: string): Promise<Posted>;
  /** `token`: of this session unless another is given; null: none. */
  post(path: string, fields: Readonly<Record<string, string>>, token?: string | null): Promise<Posted>;
}

/** Nobody, until signed in. */
export function visitor({ server }: Pick<Served, 'server'>, cookie = ''): DeskCaller {
  const call = async (path: string, init: RequestInit = {}): Promise<Posted> => {
    const answer = await fetch(new URL(path, server.url), {
      ...init,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(cookie !== '' && { cookie }) },
      redirect: 'manual',
    });
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      text: await answer.text(),
    };
  };
  const get = (path: string) => call(path);
  return {
    get,
    async post(path, fields, token) {
      const own = token === undefined ? tokenIn((await get('/review')).text) : token;
      const body = new URLSearchParams({ ...fields, ...(own !== null && { _csrf: own }) });
      return call(path, { method: 'POST', body: body.toString() });
    },
  };
}

export async function signedIn(
  served: Pick<Served, 'server'>,
  name: string,
  password: string,
): Promise<DeskCaller> {
  const answer = await fetch(new URL('/review/sign-in', served.server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ name, password }).toString(),
    redirect: 'manual',
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('desk='));
  return visitor(served, cookie?.split(';')[0] ?? '');
}

export function tokenIn(html: string): string {
  return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
}
