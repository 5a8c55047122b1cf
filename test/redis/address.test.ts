// The three forms of an address of Redis, and what is none of them.
import { describe, expect, it } from 'vitest';
import { redisAddress } from '../../src/redis/address.ts';

const open = { username: undefined, password: undefined, tls: false };

describe('an address of Redis', () => {
  it.each(['redis://127.0.0.1:6379', 'rediss://user:p%40ss@redis.example/2', 'redis://[::1]:6380'])(
    'is one server: %s',
    (url) => {
      expect(redisAddress(url)).toEqual({ kind: 'server', url });
    },
  );

  it('is a primary that sentinels watch, at their usual port or another', () => {
    expect(redisAddress('redis+sentinel://a,b:1234,[::1]:5/refunds')).toEqual({
      ...open,
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 1_234 },
        { host: '::1', port: 5 },
      ],
      name: 'refunds',
    });
  });

  it('is a cluster by some of its nodes, with user, password and TLS', () => {
    expect(redisAddress('rediss+cluster://worker:p%40ss%2Fword@a:7000,b')).toEqual({
      kind: 'cluster',
      username: 'worker',
      password: 'p@ss/word',
      tls: true,
      nodes: [
        { host: 'a', port: 7_000 },
        { host: 'b', port: 6_379 },
      ],
    });
    expect(redisAddress('redis+cluster://:secret@a/')).toMatchObject({
      username: undefined,
      password: 'secret',
    });
  });

  it.each([
    'redis+sentinel://a:1,b:2',
    'redis+sentinel://a:1,b:2/',
    'redis+sentinel:///refunds',
    'redis+cluster://a:1,b:2/1',
    'redis+cluster://a:1,,b:2',
    'redis+cluster://a:99999',
    'redis+cluster://a:1?x=1',
    'redis+cluster://secret@a:1',
    'redis+other://a:1',
    'http://a:1',
    'redis://',
    'localhost:6379',
    '',
  ])('is not this: %s', (text) => {
    expect(redisAddress(text)).toBeNull();
  });
});
