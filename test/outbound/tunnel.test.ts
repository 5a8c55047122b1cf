// A proxy that gives no tunnel: the call was surely not sent, its cause says what the proxy did, and it is asked once.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { hangUp, raw, silence } from '../bootpay/scripted-bootpay.ts';
import { clientFor, partial, setUp } from '../bootpay/support.ts';
import { startProxy, status, tunnelTo } from './proxies.ts';

const baseUrl = 'https://bootpay.invalid/v2';

test.each([
  ['asks for a password', status('407 Proxy Authentication Required'), /^proxy_407$/],
  ['forbids the host', status('403 Forbidden'), /^proxy_403$/],
  ['does not reach the host', status('502 Bad Gateway'), /^proxy_502$/],
  ['hangs up', (socket) => void socket.end(), /^proxy_ECONNRESET$/],
  ['says words that are not HTTP', (socket) => void socket.write('no\r\n\r\n'), /^proxy_HPE_/],
  ['says nothing', () => undefined, /^proxy_timeout$/],
] satisfies [string, Parameters<typeof startProxy>[0], RegExp][])('one that %s', async (_, answer, cause) => {
  const { port, asked } = await startProxy(answer);
  const client = clientFor({ baseUrl, proxy: `http://127.0.0.1:${port}`, connectTimeoutMs: 300 });
  expect(await client.cancel(partial)).toEqual({
    kind: 'not_sent',
    cause: expect.stringMatching(cause),
  });
  expect(asked).toMatchObject([{ to: 'bootpay.invalid:443' }]);
});

test.each([
  ['that is away', 'http://127.0.0.1:1', /^proxy_ECONNREFUSED$/],
  ['without an address', 'http://proxy.invalid:3128', /^proxy_(ENOTFOUND|EAI_AGAIN)$/],
])('one %s', async (_, proxy, cause) => {
  const reply = await clientFor({ baseUrl, proxy }).cancel(partial);
  expect(reply).toEqual({ kind: 'not_sent', cause: expect.stringMatching(cause) });
});

test('one that should speak TLS and does not', async () => {
  const { port, asked } = await startProxy(status('200 OK'));
  const reply = await clientFor({ baseUrl, proxy: `https://127.0.0.1:${port}` }).cancel(partial);
  expect(reply).toEqual({ kind: 'not_sent', cause: expect.stringMatching(/^proxy_(ERR_SSL|EPROTO|ECONN)/) });
  expect(asked).toEqual([]);
});

test('is told user and password, which may hold any character, and no more of the call than the host', async () => {
  const { port, asked } = await startProxy(status('407 No'));
  const proxy = `http://shop%40corp:p%3Aw%2F@127.0.0.1:${port}`;
  await clientFor({ baseUrl: 'https://bootpay.invalid:8443/v2', proxy }).cancel(partial);
  const [{ to, headers } = { to: '', headers: {} }] = asked;
  expect(to).toBe('bootpay.invalid:8443');
  expect(headers).toEqual({
    host: 'bootpay.invalid:8443',
    'proxy-authorization': `Basic ${Buffer.from('shop@corp:p:w/').toString('base64')}`,
    connection: expect.any(String),
  });
});

test.each([
  ['no TLS', raw('no TLS here\r\n'), /SSL|EPROTO/],
  ['no word', silence, /^UND_ERR_CONNECT_TIMEOUT$/],
  ['an end', hangUp, /^ECONNRESET$/],
])('behind a tunnel that stands %s is the other host, and still not sent', async (_, answer, cause) => {
  const behind = createServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket, { method: '', path: '', headers: {}, body: '', connection: 1 });
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const address = behind.address();
  const { port } = await startProxy(tunnelTo(typeof address === 'object' ? (address?.port ?? 0) : 0));
  const client = clientFor({ baseUrl, proxy: `http://127.0.0.1:${port}`, connectTimeoutMs: 300 });
  const reply = await client.cancel(partial);
  expect(reply).toEqual({ kind: 'not_sent', cause: expect.stringMatching(cause) });
  behind.close();
});

test('without one nothing is changed', async () => {
  const { client, bootpay } = await setUp([silence], { proxy: null, timeoutMs: 200 });
  expect(await client.cancel(partial)).toEqual({ kind: 'no_answer', cause: 'timeout' });
  expect(bootpay.received).toHaveLength(1);
});
