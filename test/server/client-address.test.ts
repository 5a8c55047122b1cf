// Where a request comes from, as the server sees it.
import fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { clientAddress, countedAddress, isFromThisMachine } from '../../src/server/client-address.ts';

interface Seen {
  readonly address: string;
  readonly counted: string;
  readonly here: boolean;
}

async function seen(
  remoteAddress: string,
  headers: Record<string, string> = {},
  trusted: string[] = [],
): Promise<Seen> {
  const app = fastify({ trustProxy: trusted.length > 0 && trusted });
  app.get('/', async (request) => ({
    address: clientAddress(request),
    counted: countedAddress(request),
    here: isFromThisMachine(request),
  }));
  const answer = await app.inject({ url: '/', remoteAddress, headers });
  await app.close();
  return answer.json();
}

describe('a request is from this machine', () => {
  test.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('when the peer is %s', async (peer) => {
    expect((await seen(peer)).here).toBe(true);
  });

  test.each(['192.0.2.1', '10.0.0.1', '::ffff:10.0.0.1', 'fe80::1'])('not when it is %s', async (peer) => {
    expect((await seen(peer)).here).toBe(false);
  });

  test.each([
    ...['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Server'],
    ...['X-Forwarded-Port', 'X-Forwarded', 'Forwarded-For', 'Via', 'X-Real-IP', 'X-Client-IP', 'Client-IP'],
    ...['X-Cluster-Client-IP', 'True-Client-IP', 'CF-Connecting-IP', 'CF-Connecting-IPv6', 'CF-Ray'],
    ...['CF-Visitor', 'CDN-Loop', 'Fastly-Client-IP', 'Fly-Client-IP', 'X-Envoy-External-Address'],
    ...['X-Original-Forwarded-For', 'X-Original-Host', 'X-Azure-ClientIP', 'X-Appengine-User-Ip'],
    ...['X-ProxyUser-Ip', 'WL-Proxy-Client-IP', 'X-Amzn-Trace-Id', 'X-Remote-Addr', 'X-Host'],
  ])('not when it came with %s, whatever that says', async (name) => {
    for (const value of ['127.0.0.1', ''])
      expect((await seen('127.0.0.1', { [name]: value })).here).toBe(false);
    expect((await seen('127.0.0.1', { [name]: '127.0.0.1' }, ['127.0.0.1'])).here).toBe(false);
  });

  test('when it came with what programs and browsers send', async () => {
    const headers = {
      'user-agent': 'curl/8',
      accept: '*/*',
      'accept-encoding': 'gzip',
      'x-request-id': '1',
      'webhook-id': 'msg_1',
      'sec-fetch-site': 'same-origin',
      origin: 'http://127.0.0.1',
      referer: 'http://127.0.0.1/',
      'ce-source': 'orders',
      'idempotency-key': '1',
      connection: 'keep-alive',
    };
    expect((await seen('127.0.0.1', headers)).here).toBe(true);
  });
});

describe('the client is', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.7, 192.0.2.9' };

  test('the peer, unless the peer is trusted', async () => {
    expect((await seen('10.0.0.1', forwarded)).address).toBe('10.0.0.1');
    expect((await seen('10.0.0.1', forwarded, ['10.0.0.2'])).address).toBe('10.0.0.1');
  });

  test('the nearest address that no trusted proxy has', async () => {
    expect((await seen('10.0.0.1', forwarded, ['10.0.0.0/8'])).address).toBe('192.0.2.9');
    expect((await seen('10.0.0.1', forwarded, ['10.0.0.0/8', '192.0.2.9'])).address).toBe('203.0.113.7');
    expect((await seen('::ffff:10.0.0.1', forwarded, ['10.0.0.0/8'])).address).toBe('192.0.2.9');
  });

  test.each([
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['unknown', '10.0.0.1'],
    ['_hidden', '10.0.0.1'],
    ['x'.repeat(5_000), '10.0.0.1'],
  ])('taken from X-Forwarded-For: %s', async (value, address) => {
    const { address: found } = await seen('10.0.0.1', { 'x-forwarded-for': value }, ['10.0.0.1']);
    expect(found).toBe(address);
  });

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['203.0.113.7', '203.0.113.7'],
  ])('counted by network where it is IPv6: %s', async (address, counted) => {
    expect((await seen(address)).counted).toBe(counted);
  });
});
