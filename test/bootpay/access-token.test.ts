// The client with a Bearer token: fetched once, renewed in time, replaced once after a 401.
import { describe, expect, test } from 'vitest';
import { type Answer, hangUp, json, type Received, silence, text } from './scripted-bootpay.ts';
import {
  bearer,
  cancelled,
  type LoggedLimiter,
  openLimiter,
  partial,
  receipt,
  receiptId,
  setUp,
  shutLimiter,
} from './support.ts';

const minute = 60_000;
const accepted = { kind: 'accepted' };

/** Tokens `t1`, `t2` ... as they are asked for; `refused` ones get a 401. */
function tokenServer(
  options: { expireIn?: number; refused?: readonly string[]; tokens?: readonly string[] } = {},
) {
  let issued = 0;
  return (request: Received): Answer => {
    if (request.path === '/v2/request/token') {
      issued += 1;
      const access_token = options.tokens?.[issued - 1] ?? `t${issued}`;
      return json(200, { access_token, expire_in: options.expireIn ?? 1_800 });
    }
    const token = request.headers['authorization']?.replace('Bearer ', '') ?? '';
    if (options.refused?.includes(token)) return json(401, { error_code: 'TOKEN_KEY_INVALID' });
    return request.method === 'POST' ? json(200, cancelled) : json(200, receipt);
  };
}

/** Which calls came with which token. */
function story(received: readonly Received[]): string[] {
  return received.map(({ path, headers }) =>
    `${path.replace('/v2/', '').replace(/\?.*|\/6.*/, '')} ${headers['authorization'] ?? ''}`.trim(),
  );
}

describe('a token', () => {
  test('is fetched through the rate limiter, without an authorization header, and used for every call', async () => {
    const { client, bootpay, rateLimiter } = await setUp(tokenServer(), { credentials: bearer });
    expect(await client.lookUp(receiptId)).toMatchObject(accepted);
    expect(await client.cancel(partial)).toMatchObject(accepted);
    expect(story(bootpay.received)).toEqual(['request/token', 'receipt Bearer t1', 'cancel Bearer t1']);
    expect(bootpay.received[0]?.body).toBe(
      '{"application_id":"fake_app_id","private_key":"fake_private_key"}',
    );
    expect(rateLimiter.log).toEqual([
      'pass token',
      'failed false',
      'pass look_up',
      'failed false',
      'failed false',
    ]);
  });

  test('that was waited for leaves each of those who waited to ask for another permit', async () => {
    const { client, rateLimiter } = await setUp(tokenServer(), { credentials: bearer });
    await Promise.all([1, 2, 3].map(() => client.cancel(partial)));
    await Promise.all([1, 2, 3].map(() => client.lookUp(receiptId)));
    const passes = rateLimiter.log.filter((entry) => entry.startsWith('pass'));
    expect(passes).toEqual(['pass token', 'pass cancel', 'pass cancel', 'pass cancel']);
  });

  test('that was waited for opens nothing where the rate limiter gives no other permit', async () => {
    const rateLimiter: LoggedLimiter = {
      ...openLimiter(),
      acquire: async (kind) => (kind === 'token' ? { at: 0 } : null),
    };
    const { client, bootpay } = await setUp(tokenServer(), { credentials: bearer, rateLimiter });
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'gate_shut' });
    expect(story(bootpay.received)).toEqual(['request/token']);
  });

  test('is fetched once for many who need it at the same time', async () => {
    const { client, bootpay } = await setUp(tokenServer(), { credentials: bearer });
    const replies = await Promise.all(Array.from({ length: 12 }, () => client.cancel(partial)));
    expect(replies.every((reply) => reply.kind === 'accepted')).toBe(true);
    expect(story(bootpay.received).filter((line) => line === 'request/token')).toHaveLength(1);
  });

  test.each([
    ['a token of 30 minutes', 1_800, 25 * minute],
    ['a token of one minute', 60, 48_000],
  ])('%s is renewed in time and not before, and nobody waits for it', async (_name, expireIn, renewAt) => {
    let now = 0;
    const { client, bootpay, rateLimiter } = await setUp(tokenServer({ expireIn }), {
      credentials: bearer,
      now: () => now,
    });
    await client.cancel(partial);
    now = renewAt - 1;
    await client.cancel(partial);
    expect(story(bootpay.received)).toEqual(['request/token', 'cancel Bearer t1', 'cancel Bearer t1']);
    now = renewAt;
    await client.cancel(partial);
    await bootpay.arrived(5);
    const [first, second] = story(bootpay.received.slice(3)).sort();
    expect([first, second]).toEqual(['cancel Bearer t1', 'request/token']);
    await expect
      .poll(async () => {
        await client.cancel(partial);
        return story(bootpay.received).at(-1);
      })
      .toBe('cancel Bearer t2');
    expect(rateLimiter.log).not.toContain('pass look_up');
    expect(story(bootpay.received).filter((line) => line === 'request/token')).toHaveLength(2);
  });

  test('that comes back unchanged is not asked for again with every call, and ends when it was said to', async () => {
    let now = 0;
    const server = tokenServer({ tokens: ['same', 'same', 'new'] });
    const { client, bootpay } = await setUp(server, { credentials: bearer, now: () => now });
    await client.cancel(partial);
    now = 26 * minute;
    await client.cancel(partial);
    await bootpay.arrived(4);
    await client.cancel(partial);
    now = 30 * minute;
    await client.cancel(partial);
    const told = story(bootpay.received);
    expect(told.filter((line) => line === 'request/token')).toHaveLength(3);
    expect(told.filter((line) => line === 'cancel Bearer same')).toHaveLength(3);
    expect(told.slice(-2)).toEqual(['request/token', 'cancel Bearer new']);
  });

  test('that lives is used on when its renewal fails', async () => {
    let now = 0;
    let tokens = 0;
    const server = tokenServer();
    const { client } = await setUp(
      (request) => (request.path.endsWith('token') && ++tokens > 1 ? hangUp : server(request)),
      { credentials: bearer, now: () => now },
    );
    await client.cancel(partial);
    now = 26 * minute;
    expect(await client.cancel(partial)).toMatchObject(accepted);
    now = 31 * minute;
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'token_UND_ERR_SOCKET' });
  });
});

describe('a 401', () => {
  test('on an old token brings one fresh token, and the cancel is sent once more through the rate limiter', async () => {
    const { client, bootpay, rateLimiter } = await setUp(tokenServerThatRevokes('t1'), {
      credentials: bearer,
    });
    await client.lookUp(receiptId);
    rateLimiter.log.length = 0;
    expect(await client.cancel(partial)).toMatchObject(accepted);
    expect(story(bootpay.received)).toEqual([
      'request/token',
      'receipt Bearer t1',
      'cancel Bearer t1',
      'request/token',
      'cancel Bearer t2',
    ]);
    expect(rateLimiter.log).toEqual([
      'failed false',
      'pass token',
      'failed false',
      'pass cancel',
      'failed false',
    ]);
  });

  test('on a token fetched for this very call is the reply', async () => {
    const { client, bootpay } = await setUp(tokenServer({ refused: ['t1'] }), { credentials: bearer });
    expect(await client.cancel(partial)).toEqual({
      kind: 'unauthorized',
      code: 'TOKEN_KEY_INVALID',
      httpStatus: 401,
    });
    expect(story(bootpay.received)).toEqual(['request/token', 'cancel Bearer t1']);
  });

  test('on the fresh token too is the reply: no third send', async () => {
    const server = tokenServer({ refused: ['t2'] });
    const revoking = tokenServerThatRevokes('t1', server);
    const { client, bootpay } = await setUp(revoking, { credentials: bearer });
    await client.lookUp(receiptId);
    expect(await client.cancel(partial)).toMatchObject({ kind: 'unauthorized' });
    expect(story(bootpay.received).filter((line) => line.startsWith('cancel'))).toHaveLength(2);
  });

  test('of many calls at once shares one renewal', async () => {
    const { client, bootpay } = await setUp(tokenServerThatRevokes('t1'), { credentials: bearer });
    await client.lookUp(receiptId);
    const replies = await Promise.all(Array.from({ length: 8 }, () => client.cancel(partial)));
    expect(replies.every((reply) => reply.kind === 'accepted')).toBe(true);
    expect(story(bootpay.received).filter((line) => line === 'request/token')).toHaveLength(2);
  });

  test('on an old token with no fresh one to be had is not sent', async () => {
    const server = tokenServerThatRevokes('t1');
    let tokens = 0;
    const { client, bootpay } = await setUp(
      (request, n) => (request.path.endsWith('token') && ++tokens > 1 ? text(502, '') : server(request, n)),
      { credentials: bearer },
    );
    await client.lookUp(receiptId);
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'token_empty' });
    expect(story(bootpay.received).filter((line) => line.startsWith('cancel'))).toHaveLength(1);
  });

  test('leaves no more than the time of the call for the fresh token and the second send', async () => {
    const server = tokenServerThatRevokes('t1');
    let tokens = 0;
    const { client, bootpay } = await setUp(
      (request, n) => (request.path.endsWith('token') && ++tokens > 1 ? silence : server(request, n)),
      { credentials: bearer, timeoutMs: 750 },
    );
    await client.lookUp(receiptId);
    const began = performance.now();
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'token_timeout' });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(story(bootpay.received).filter((line) => line.startsWith('cancel'))).toHaveLength(1);
  });
});

describe('a token fetch', () => {
  test.each([
    ['a 401', json(401, {}), { kind: 'unauthorized', code: null, httpStatus: 401 }],
    [
      'an auth code',
      json(400, { error_code: 'APP_KEY_NOT_FOUND' }),
      { kind: 'unauthorized', code: 'APP_KEY_NOT_FOUND', httpStatus: 400 },
    ],
    [
      'another 4xx code',
      json(404, { error_code: 'X' }),
      { kind: 'unauthorized', code: 'X', httpStatus: 404 },
    ],
    [
      'a 429',
      json(429, {}, { 'retry-after': '3' }),
      { kind: 'throttled', retryAfterMs: 3_000, httpStatus: 429 },
    ],
    [
      'a success without a token',
      json(200, {}),
      { kind: 'not_sent', cause: 'token_incomplete: access_token is missing' },
    ],
    ['a 5xx code', json(500, { error_code: 'SERVER_ERROR' }), { kind: 'not_sent', cause: 'token_http_500' }],
  ])('answered with %s is not repeated and the cancel is never sent', async (_name, answer, reply) => {
    const { client, bootpay } = await setUp([answer], { credentials: bearer });
    expect(await client.cancel(partial)).toEqual(reply);
    expect(story(bootpay.received)).toEqual(['request/token']);
  });

  test('that nobody answers is tried three times, each time through the rate limiter, then the cancel is not sent', async () => {
    const { client, bootpay, rateLimiter } = await setUp([hangUp, text(502, ''), hangUp], {
      credentials: bearer,
    });
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'token_UND_ERR_SOCKET' });
    expect(story(bootpay.received)).toEqual(['request/token', 'request/token', 'request/token']);
    expect(rateLimiter.log.filter((entry) => entry === 'pass token')).toHaveLength(3);
  });

  test('that succeeds at the second try serves the call', async () => {
    const { client } = await setUp((request, n) => (n === 1 ? hangUp : tokenServer()(request)), {
      credentials: bearer,
    });
    expect(await client.cancel(partial)).toMatchObject(accepted);
  });

  test('goes on for the others when one caller stops, and ends when the last one does', async () => {
    const { client, bootpay } = await setUp([silence], { credentials: bearer });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = client.cancel(partial, one.signal);
    const second = client.cancel(partial, two.signal);
    await bootpay.arrived(1);
    one.abort();
    expect(await first).toEqual({ kind: 'not_sent', cause: 'token_aborted' });
    two.abort();
    expect(await second).toEqual({ kind: 'not_sent', cause: 'token_aborted' });
    await bootpay.closed(1);
    expect(bootpay.received).toHaveLength(1);
  });

  test('that is slow keeps a cancel from leaving, but not a look-up from waiting for it', async () => {
    const { client, bootpay } = await setUp([silence], { credentials: bearer, timeoutMs: 1_000 });
    const began = performance.now();
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'token_timeout' });
    expect(performance.now() - began).toBeLessThan(950);
    expect(await client.lookUp(receiptId)).toMatchObject({ kind: 'not_sent' });
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(new Set(story(bootpay.received))).toEqual(new Set(['request/token']));
  });

  test('leaves a shut gate when its caller stops', async () => {
    const rateLimiter = shutLimiter();
    const { client, bootpay } = await setUp([silence], { credentials: bearer, rateLimiter });
    const stop = new AbortController();
    const reply = client.cancel(partial, stop.signal);
    await rateLimiter.asked;
    stop.abort();
    expect(await reply).toEqual({ kind: 'not_sent', cause: 'token_aborted' });
    expect(bootpay.received).toEqual([]);
  });
});

test('neither key nor token shows in a reply to a call that echoes them', async () => {
  const server = tokenServer({ tokens: ['tok.en-1'] });
  const rateLimiter: LoggedLimiter = openLimiter();
  const { client } = await setUp(
    (request) =>
      request.path.endsWith('token')
        ? server(request)
        : json(500, {
            error_code: 'X',
            message: `${request.headers['authorization']} fake_app_id fake_private_key`,
          }),
    { credentials: bearer, rateLimiter },
  );
  const replies = JSON.stringify([
    await client.cancel(partial),
    await client.lookUp(receiptId),
    rateLimiter.log,
  ]);
  for (const secret of ['tok.en-1', 'fake_app_id', 'fake_private_key']) expect(replies).not.toContain(secret);
});

/** From the second authorised call on, `token` is refused: it died between two calls. */
function tokenServerThatRevokes(token: string, server = tokenServer()) {
  let seen = 0;
  return (request: Received, _n: number): Answer => {
    if (request.headers['authorization'] === `Bearer ${token}` && ++seen > 1) return json(401, {});
    return server(request);
  };
}
