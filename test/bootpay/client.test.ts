// The client with Basic credentials: what goes out, how often, what the rate limiter hears, and what never shows.
import { describe, expect, test } from 'vitest';
import { hangUp, json, silence, text } from './scripted-bootpay.ts';
import {
  basic,
  bearer,
  cancelled,
  clientFor,
  openLimiter,
  partial,
  receipt,
  receiptId,
  setUp,
} from './support.ts';

const account = { bank_account: '110-222-333333', bank_username: '홍길동', bank_code: '088' };

describe('what goes out', () => {
  test('a partial cancel, header by header and byte by byte', async () => {
    const { client, bootpay } = await setUp([json(200, cancelled)]);
    expect(await client.cancel(partial)).toEqual({
      kind: 'accepted',
      httpStatus: 200,
      body: { priceWon: 1_200, cancelledWon: 1_000, cancelledTaxFreeWon: null },
    });
    expect(bootpay.received).toEqual([
      {
        method: 'POST',
        path: '/v2/cancel',
        connection: 1,
        headers: {
          host: `127.0.0.1:${bootpay.port}`,
          connection: 'keep-alive',
          accept: 'application/json',
          'accept-encoding': 'identity',
          'content-type': 'application/json',
          'user-agent': 'bootpay-refund-worker',
          authorization: 'Basic ZmFrZV9jbGllbnRfa2V5OmZha2Vfc2VjcmV0X2tleQ==',
          'content-length': '181',
        },
        body: '{"receipt_id":"6244f60c1fc19202e42e8c4e","cancel_price":1000,"cancel_tax_free":0,"cancel_id":"rf_01","cancel_username":"홍길동","cancel_message":"고객 요청에 의한 취소"}',
      },
    ]);
  });

  test('a full cancel names no amount, and what is not known is absent', async () => {
    const { client, bootpay } = await setUp([json(200, cancelled)]);
    const full = { kind: 'full', taxFreeWon: null } as const;
    await client.cancel({ ...partial, cancel: full, username: null, message: null });
    expect(bootpay.received[0]?.body).toBe(`{"receipt_id":"${receiptId}","cancel_id":"rf_01"}`);
  });

  test('a refund account travels as the refund of a virtual account', async () => {
    const { client, bootpay } = await setUp([json(200, cancelled)]);
    await client.cancel({ ...partial, cancel: { kind: 'full', taxFreeWon: null }, account });
    expect(JSON.parse(bootpay.received[0]?.body ?? '')).toMatchObject({ refund: account });
  });

  test('a look-up is one GET of the receipt', async () => {
    const { client, bootpay } = await setUp([json(200, receipt)]);
    const reply = await client.lookUp(receiptId);
    expect(reply).toMatchObject({ kind: 'accepted', body: { receiptId, priceWon: 1_200, method: 'card' } });
    expect(bootpay.received).toMatchObject([
      { method: 'GET', path: `/v2/receipt/${receiptId}?lookup_user_data=false`, body: '' },
    ]);
  });

  test('a base URL with a slash at its end is the same', async () => {
    const { bootpay } = await setUp([json(200, cancelled)]);
    await clientFor({ baseUrl: `${bootpay.baseUrl}/` }).cancel(partial);
    expect(bootpay.received[0]?.path).toBe('/v2/cancel');
  });
});

describe('how often', () => {
  test.each([
    ['no answer', hangUp],
    ['a 5xx without a code', text(502, '<html>')],
    ['a refusal', json(400, { error_code: 'RC_CANCEL_SERVER_ERROR' })],
    ['a throttle', json(429, {})],
    ['a 401', json(401, {})],
  ])('a cancel is sent once after %s', async (_name, answer) => {
    const { client, bootpay, rateLimiter } = await setUp([answer, json(200, cancelled)], {
      lookUpRepeats: 2,
    });
    expect((await client.cancel(partial)).kind).not.toBe('accepted');
    expect(bootpay.received).toHaveLength(1);
    expect(rateLimiter.log.filter((entry) => entry.startsWith('pass'))).toEqual([]);
  });

  test('an unanswered look-up is repeated, each time through the rate limiter, and tells how each call ended', async () => {
    const { client, bootpay, rateLimiter } = await setUp([hangUp, text(502, ''), json(200, receipt)], {
      lookUpRepeats: 2,
    });
    expect(await client.lookUp(receiptId)).toMatchObject({ kind: 'accepted' });
    expect(bootpay.received).toHaveLength(3);
    expect(rateLimiter.log).toEqual([
      'failed true',
      'pass look_up',
      'failed true',
      'pass look_up',
      'failed false',
    ]);
  });

  test('a look-up that nobody answers ends with the last reply', async () => {
    const { client, bootpay } = await setUp([hangUp, hangUp, text(503, '')], { lookUpRepeats: 2 });
    const reply = await client.lookUp(receiptId);
    expect(reply).toEqual({ kind: 'unreadable', cause: 'empty', httpStatus: 503 });
    expect(bootpay.received).toHaveLength(3);
  });

  test.each([
    ['a refusal', json(404, { error_code: 'RC_NOT_FOUND' })],
    ['a throttle', json(429, {}, { 'retry-after': '2' })],
    ['a 401', json(401, {})],
    ['an answer that is no receipt', json(200, { ...receipt, cancelled_price: undefined })],
    ['a 4xx without a code', text(404, '')],
  ])('a look-up is not repeated after %s', async (_name, answer) => {
    const { client, bootpay } = await setUp([answer], { lookUpRepeats: 2 });
    await client.lookUp(receiptId);
    expect(bootpay.received).toHaveLength(1);
  });

  test('a throttle is told to the rate limiter with its wait', async () => {
    const { client, rateLimiter } = await setUp([json(429, {}, { 'retry-after': '2' })]);
    expect(await client.cancel(partial)).toEqual({ kind: 'throttled', retryAfterMs: 2_000, httpStatus: 429 });
    expect(rateLimiter.log).toEqual(['throttled 2000']);
  });

  test.each([
    ['gives no permit', () => Promise.resolve(null)],
    ['is away', () => Promise.reject(new Error('redis is away'))],
  ])('a gate that %s ends the repeats with the reply there was', async (_name, acquire) => {
    const { client, bootpay } = await setUp([text(502, '')], {
      lookUpRepeats: 2,
      rateLimiter: { ...openLimiter(), acquire },
    });
    expect(await client.lookUp(receiptId)).toMatchObject({ kind: 'unreadable', httpStatus: 502 });
    expect(bootpay.received).toHaveLength(1);
  });

  test('a silent look-up ends by the time of a look-up, repeats included', async () => {
    const { client, bootpay } = await setUp([silence], { timeoutMs: 500, lookUpRepeats: 1 });
    const reply = await client.lookUp(receiptId);
    expect(reply).toMatchObject({ kind: 'no_answer' });
    expect(bootpay.received.length).toBeLessThanOrEqual(2);
  });
});

describe('what never shows', () => {
  const secrets = [
    'fake_client_key',
    'fake_secret_key',
    'ZmFrZV9jbGllbnR',
    '110-222-333333',
    '110222333333',
    '홍길동',
  ];

  test('a server that echoes everything gives no secret away', async () => {
    const { client } = await setUp((request) =>
      json(400, {
        error_code: `X ${request.headers['authorization']}`,
        pg_error_code: '110222333333',
        message: `${request.headers['authorization']} ${request.body} fake_client_key fake_secret_key`,
      }),
    );
    const reply = JSON.stringify(await client.cancel({ ...partial, account }));
    expect(reply).toContain('"kind":"refused"');
    for (const secret of secrets) expect(reply).not.toContain(secret);
  });

  test('the fingerprint differs with the credentials and shows none of them', () => {
    const of = (credentials: Parameters<typeof clientFor>[0]['credentials']) =>
      clientFor({ baseUrl: 'http://127.0.0.1:1/v2', ...(credentials && { credentials }) }).fingerprint;
    expect(of(basic)).toBe(of({ ...basic }));
    expect(of(basic)).toMatch(/^[0-9a-f]{16}$/);
    const prints = [
      of(basic),
      of({ ...basic, secretKey: 'other' }),
      of({ ...basic, clientKey: 'other' }),
      of(bearer),
      of({ kind: 'bearer', applicationId: basic.clientKey, privateKey: basic.secretKey }),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });
});
