// The three forms of an address of Redis, and what is none of them.
import { describe, expect, it } from 'vitest';
import { redisAddress } from '../../src/redis/address.ts';

const open = { username: undefined, password: undefined, tls: false, protocol: 2, family: 0 };

describe('an address of Redis', () => {
  it('is one server, with or without port, database, user and TLS', () => {
    expect(redisAddress('redis://127.0.0.1')).toEqual({
      ...open,
      ...{ kind: 'server', host: '127.0.0.1', port: 6_379, db: 0 },
    });
    expect(redisAddress('rediss://user:p%40ss@redis.example:6380/2')).toEqual({
      ...open,
      ...{ kind: 'server', host: 'redis.example', port: 6_380, db: 2 },
      ...{ username: 'user', password: 'p@ss', tls: true },
    });
    expect(redisAddress('redis://[::1]:6380/')).toMatchObject({ host: '::1', port: 6_380, db: 0 });
    expect(redisAddress('redis://:pa%zz@a')).toMatchObject({ username: undefined, password: 'pa%zz' });
  });

  it('is a primary that sentinels watch, at their usual port or another', () => {
    expect(redisAddress('redis+sentinel://a,b:1234,[::1]:5/refunds')).toEqual({
      ...open,
      kind: 'sentinel',
      sentinelTls: false,
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
      ...open,
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

  it('takes a short list of options', () => {
    expect(redisAddress('redis://a/1?protocol=3&family=6')).toMatchObject({ protocol: 3, family: 6, db: 1 });
    expect(redisAddress('redis+cluster://a:1,b:2?family=4')).toMatchObject({ family: 4 });
    expect(redisAddress('rediss+sentinel://a/refunds?sentinel_tls=false')).toMatchObject({
      ...{ tls: true, sentinelTls: false },
    });
    expect(redisAddress('redis+sentinel://a/refunds?sentinel_tls=true')).toMatchObject({
      ...{ tls: false, sentinelTls: true },
    });
    expect(redisAddress('rediss+sentinel://a/refunds')).toMatchObject({ tls: true, sentinelTls: true });
  });

  it.each([
    ['redis://a?maxRetriesPerRequest=3', 'maxRetriesPerRequest'],
    ['redis://a/0?protocol=2&enableOfflineQueue=false', 'enableOfflineQueue'],
    ['redis://a/0?protocol=4', 'protocol'],
    ['redis://a?family=', 'family'],
    ['redis://a?db=1', 'db'],
    ['redis://a?__proto__=1', null],
    ['redis://a?sentinel_tls=true', 'sentinel_tls'],
    ['redis+cluster://a:1?x=1', 'x'],
    ['redis+sentinel://a/refunds?sentinelPassword=hush', 'sentinelPassword'],
    ['redis://user:pass?word@a', null],
    ['redis://user:pass?word=1@a', null],
  ])('refuses every other option by its name, and prints no password: %s', (text, option) => {
    expect(redisAddress(text)).toEqual({ kind: 'wrong', option });
  });

  it.each([
    'redis+sentinel://a:1,b:2',
    'redis+sentinel://a:1,b:2/',
    'redis+sentinel:///refunds',
    'redis+cluster://a:1,b:2/1',
    'redis+cluster://a:1,,b:2',
    'redis+cluster://a:99999',
    'redis://a/first',
    'redis://a/-1',
    'redis://a/1/2',
    'redis://a/100000',
    'redis://a/0#b',
    'redis://a,b',
    'redis://user@a',
    ' redis://a',
    'redis+cluster://secret@a:1',
    'redis+other://a:1',
    'http://a:1',
    'redis://',
    'localhost:6379',
    '',
  ])('is not this: %s', (text) => {
    expect(redisAddress(text)).toEqual({ kind: 'wrong', option: null });
  });
});
