// How far a call got, proven over real sockets: not sent, no answer, or an answer that is none.
import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  bytes,
  drip,
  halfABody,
  hangUp,
  inTurn,
  json,
  raw,
  reset,
  silence,
  startBootpay,
  text,
} from './scripted-bootpay.ts';
import { cancelled, clientFor, partial, receipt, receiptId, setUp, shutLimiter } from './support.ts';

const accepted = { kind: 'accepted' };

describe('a cancel that provably never left', () => {
  test('a refused connection is not sent', async () => {
    const bootpay = await startBootpay([silence]);
    await bootpay.stop();
    const client = clientFor({ baseUrl: bootpay.baseUrl });
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'ECONNREFUSED' });
  });

  test('a name that cannot be resolved is not sent', async () => {
    const reply = await clientFor({ baseUrl: 'http://bootpay.invalid/v2' }).cancel(partial);
    expect(reply).toMatchObject({
      kind: 'not_sent',
      cause: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  test('a server that does not speak TLS is not sent anything', async () => {
    const { client, bootpay } = await setUp([silence]);
    await client.close();
    const plain = createServer((socket) => void socket.on('error', () => {}).end('no TLS here\r\n'));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    onTestFinished(() => void plain.close());
    const address = plain.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const reply = await clientFor({ baseUrl: `https://127.0.0.1:${port}/v2` }).cancel(partial);
    expect(reply).toMatchObject({ kind: 'not_sent', cause: expect.stringMatching(/SSL|EPROTO|ECONNRESET/) });
    expect(bootpay.received).toEqual([]);
  });

  test('a connection that is not ready in time is not sent', async () => {
    const { bootpay } = await setUp([silence]);
    const client = clientFor({ baseUrl: `https://127.0.0.1:${bootpay.port}/v2`, connectTimeoutMs: 50 });
    expect(await client.cancel(partial)).toEqual({ kind: 'not_sent', cause: 'UND_ERR_CONNECT_TIMEOUT' });
    expect(bootpay.received).toEqual([]);
  });

  test('a call stopped before it begins is not sent', async () => {
    const { client, bootpay, rateLimiter } = await setUp([json(200, cancelled)]);
    const reply = await client.cancel(partial, AbortSignal.abort());
    expect(reply).toEqual({ kind: 'not_sent', cause: 'aborted' });
    expect(bootpay.received).toEqual([]);
    expect(rateLimiter.log).toEqual([]);
  });

  test('a call stopped while it waits for a connection is not sent, and not sent later either', async () => {
    const { client, bootpay } = await setUp([silence, json(200, cancelled)], { connections: 1 });
    const stop = new AbortController();
    const release = new AbortController();
    const first = client.cancel(partial, release.signal);
    await bootpay.arrived(1);
    const second = client.cancel(partial, stop.signal);
    await nextTurn();
    stop.abort();
    expect(await second).toEqual({ kind: 'not_sent', cause: 'aborted' });
    release.abort();
    expect(await first).toEqual({ kind: 'no_answer', cause: 'aborted' });
    expect(await client.lookUp(receiptId)).toMatchObject(accepted);
    expect(bootpay.received.map((request) => request.method)).toEqual(['POST', 'GET']);
  });

  test('a call on a closed client is not sent', async () => {
    const { client, bootpay } = await setUp([json(200, cancelled)]);
    await client.close();
    expect(await client.cancel(partial)).toMatchObject({ kind: 'not_sent' });
    expect(bootpay.received).toEqual([]);
  });
});

describe('a cancel that was sent and got no answer', () => {
  test.each([
    ['a reset', reset, /^(ECONNRESET|UND_ERR_SOCKET)$/],
    ['a hang-up', hangUp, /^UND_ERR_SOCKET$/],
    ['words that are not HTTP', raw('good morning\r\n\r\n'), /^(HPE_|HTTPParserError$)/],
    ['half a status line', inTurn(raw('HTTP/1.1 20'), hangUp), /^UND_ERR_SOCKET$/],
    [
      'interim news and then nothing',
      inTurn(raw('HTTP/1.1 102 Processing\r\n\r\n'), hangUp),
      /^UND_ERR_SOCKET$/,
    ],
    ['a switch of protocols', raw('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'), /^UND_ERR/],
  ])('%s is no answer, and the cancel is sent once', async (_name, answer, cause) => {
    const { client, bootpay, rateLimiter } = await setUp([answer]);
    expect(await client.cancel(partial)).toEqual({ kind: 'no_answer', cause: expect.stringMatching(cause) });
    expect(bootpay.received).toHaveLength(1);
    expect(rateLimiter.log).toEqual(['failed true']);
  });

  test('silence ends when the time of the call is up', async () => {
    const { client, bootpay } = await setUp([silence], { timeoutMs: 700 });
    const reply = await client.cancel(partial);
    expect(reply).toMatchObject({
      kind: 'no_answer',
      cause: 'timeout',
    });
    expect(bootpay.received).toHaveLength(1);
    await bootpay.closed(1);
  });

  test('closing the client breaks off a call under way; the rate limiter does not count it as silence', async () => {
    const { client, bootpay, rateLimiter } = await setUp([silence]);
    const reply = client.cancel(partial);
    await bootpay.arrived(1);
    await client.close();
    expect(await reply).toEqual({ kind: 'no_answer', cause: 'aborted' });
    expect(rateLimiter.log).toEqual([]);
  });
});

describe('kept connections', () => {
  test('the next call goes on the same connection', async () => {
    const { client, bootpay } = await setUp([json(200, receipt), json(200, cancelled)], { connections: 1 });
    await client.lookUp(receiptId);
    expect(await client.cancel(partial)).toMatchObject(accepted);
    expect(bootpay.received.map((request) => request.connection)).toEqual([1, 1]);
  });

  test('a connection that closed while it was idle is not used again', async () => {
    const { client, bootpay } = await setUp([inTurn(json(200, receipt), hangUp), json(200, cancelled)], {
      connections: 1,
    });
    await client.lookUp(receiptId);
    await bootpay.closed(1);
    expect(await client.cancel(partial)).toMatchObject(accepted);
    expect(bootpay.received.map((request) => request.connection)).toEqual([1, 2]);
  });

  test('a kept connection that dies under a cancel is no answer: the cancel is not sent on another one', async () => {
    const { client, bootpay } = await setUp([json(200, receipt), reset, json(200, cancelled)], {
      connections: 1,
    });
    await client.lookUp(receiptId);
    expect(await client.cancel(partial)).toMatchObject({ kind: 'no_answer' });
    expect(await client.lookUp(receiptId)).toMatchObject(accepted);
    expect(bootpay.received.map((request) => request.method)).toEqual(['GET', 'POST', 'GET']);
  });

  test('calls at the same time never share a connection', async () => {
    const { client, bootpay } = await setUp((_request, n) => (n < 3 ? silence : json(200, cancelled)));
    const stop = new AbortController();
    const waiting = [client.cancel(partial, stop.signal), client.cancel(partial, stop.signal)];
    await bootpay.arrived(2);
    expect(await client.cancel(partial)).toMatchObject(accepted);
    stop.abort();
    await Promise.all(waiting);
    expect(bootpay.received.map((request) => request.connection)).toEqual([1, 2, 3]);
  });

  test('many calls on one stop signal leave no warning and no listener behind', async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const { client } = await setUp(() => json(200, cancelled));
    const stop = new AbortController();
    const replies = await Promise.all(Array.from({ length: 25 }, () => client.cancel(partial, stop.signal)));
    expect(replies.every((reply) => reply.kind === 'accepted')).toBe(true);
    expect(warned).not.toHaveBeenCalled();
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    warned.mockRestore();
  });
});

describe('an answer that is none', () => {
  test.each([
    ['half a body', halfABody, 200, 'truncated'],
    [
      'a chunked body without its end',
      inTurn(raw('HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":'), hangUp),
      200,
      'truncated',
    ],
    [
      'half a body that is cut by a reset',
      inTurn(raw('HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n{'), reset),
      200,
      'truncated',
    ],
    ['HTML', text(502, '<html>bad gateway</html>', { 'content-type': 'text/html' }), 502, 'html'],
    [
      'HTML that calls itself JSON',
      text(200, ' <html></html>', { 'content-type': 'application/json' }),
      200,
      'html',
    ],
    ['plain text', text(500, 'oops'), 500, 'no_json'],
    ['nothing', text(503, ''), 503, 'empty'],
    ['no content', raw('HTTP/1.1 204 X\r\n\r\n'), 204, 'empty'],
    ['a list', json(200, [cancelled]), 200, 'no_object'],
    ['a word', json(200, 'ok'), 200, 'no_object'],
    ['a failure without a code', json(400, { price: 1 }), 400, 'no_code'],
    ['more than the size bound', json(200, { ...cancelled, padding: 'x'.repeat(2_000) }), 200, 'too_large'],
  ])('%s is unreadable', async (_name, answer, httpStatus, cause) => {
    const { client, bootpay, rateLimiter } = await setUp([answer], { maxReplyBytes: 1_000 });
    expect(await client.cancel(partial)).toEqual({ kind: 'unreadable', cause, httpStatus });
    expect(bootpay.received).toHaveLength(1);
    expect(rateLimiter.log).toEqual([`failed ${httpStatus >= 500}`]);
  });

  test('a body that never ends is cut at the size bound, not read to the end', async () => {
    const { client, bootpay } = await setUp(
      [inTurn(raw(`HTTP/1.1 200 X\r\ncontent-length: 99999999\r\n\r\n${'x'.repeat(5_000)}`))],
      { maxReplyBytes: 1_000 },
    );
    expect(await client.cancel(partial)).toMatchObject({ kind: 'unreadable', cause: 'too_large' });
    await bootpay.closed(1);
  });

  test('a body that drips ends when the time of the call is up', async () => {
    const { client, bootpay } = await setUp([drip], { timeoutMs: 700 });
    expect(await client.cancel(partial)).toEqual({ kind: 'unreadable', cause: 'timeout', httpStatus: 200 });
    await bootpay.closed(1);
  });

  test.each([301, 302, 303, 307, 308])('a %i is not followed', async (status) => {
    const { client, bootpay } = await setUp([
      json(status, cancelled, { location: '/v2/elsewhere' }),
      json(200, cancelled),
    ]);
    const reply = await client.cancel(partial);
    expect(reply).toEqual({ kind: 'unreadable', cause: `redirect_${status}`, httpStatus: status });
    expect(bootpay.received).toHaveLength(1);
  });

  test('interim news before the answer is passed over', async () => {
    const { client } = await setUp([inTurn(raw('HTTP/1.1 103 X\r\n\r\n'), json(200, cancelled))]);
    expect(await client.cancel(partial)).toMatchObject(accepted);
  });
});

describe('a refusal that something on the way has dressed up', () => {
  const critical = JSON.stringify({ error_code: 'RC_CANCEL_CRITICAL_ERROR' });
  const refused = { kind: 'refused', code: 'RC_CANCEL_CRITICAL_ERROR', httpStatus: 500 };
  const utf16 = Buffer.from(`\ufeff${critical}`, 'utf16le');

  test.each<[string, Buffer | string, string | null]>([
    ['a byte order mark', `\ufeff${critical}`, null],
    ['two byte order marks', `\ufeff\ufeff${critical}`, null],
    ['UTF-16', utf16, null],
    ['UTF-16, the other way round', Buffer.from(utf16).swap16(), null],
    ['gzip', gzipSync(critical), 'gzip'],
    ['x-gzip', gzipSync(critical), 'X-GZIP'],
    ['deflate', deflateSync(critical), 'deflate'],
    ['deflate without its header', deflateRawSync(critical), 'deflate'],
    ['brotli', brotliCompressSync(critical), 'br'],
    ['gzip over brotli', gzipSync(brotliCompressSync(critical)), 'br, gzip'],
    ['gzip and a byte order mark', gzipSync(`\ufeff${critical}`), 'gzip'],
    ['identity', critical, 'identity'],
    ['a header that stayed behind', critical, 'gzip'],
    ['a coding that is none', critical, 'utf-8'],
  ])('is read in %s', async (_, body, encoding) => {
    const { client, bootpay } = await setUp([bytes(500, body, encoding)]);
    expect(await client.cancel(partial)).toMatchObject(refused);
    expect(bootpay.received).toHaveLength(1);
  });

  test('that came in two headers is read', async () => {
    const body = gzipSync(gzipSync(critical));
    const { client } = await setUp([bytes(500, body, 'gzip\r\ncontent-encoding: gzip')]);
    expect(await client.cancel(partial)).toMatchObject(refused);
  });

  test.each<[string, Buffer, string, string]>([
    ['half a gzip body', gzipSync(critical).subarray(0, -9), 'gzip', 'broken_encoding'],
    ['a coding nobody knows', gzipSync(critical), 'zstd', 'unknown_encoding'],
    ['too many codings', gzipSync(gzipSync(gzipSync(critical))), 'gzip, gzip, gzip', 'unknown_encoding'],
    ['a gzip bomb', gzipSync(Buffer.alloc(5_000_000)), 'gzip', 'too_large'],
    ['a deflate bomb', deflateRawSync(Buffer.alloc(5_000_000)), 'deflate', 'too_large'],
    ['a brotli bomb', brotliCompressSync(Buffer.alloc(5_000_000)), 'br', 'too_large'],
    ['a bomb in a bomb', gzipSync(gzipSync(Buffer.alloc(5_000_000))), 'gzip, gzip', 'too_large'],
  ])('%s is unreadable, and says why', async (_, body, encoding, cause) => {
    const { client } = await setUp([bytes(500, body, encoding)], { maxReplyBytes: 6_000 });
    expect(await client.cancel(partial)).toEqual({ kind: 'unreadable', cause, httpStatus: 500 });
  });

  test('is not asked for: no call offers a coding', async () => {
    const { client, bootpay } = await setUp([json(200, cancelled)]);
    await client.cancel(partial);
    expect(bootpay.received[0]?.headers['accept-encoding']).toBe('identity');
  });
});

test('a wait in a shut gate ends with its signal and the repeat is not sent', async () => {
  const rateLimiter = shutLimiter();
  const { client, bootpay } = await setUp([hangUp], { rateLimiter, lookUpRepeats: 2 });
  const stop = new AbortController();
  const reply = client.lookUp(receiptId, stop.signal);
  await rateLimiter.asked;
  stop.abort();
  expect(await reply).toEqual({ kind: 'no_answer', cause: 'UND_ERR_SOCKET' });
  expect(bootpay.received).toHaveLength(1);
});
