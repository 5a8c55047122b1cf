// What is told of a connection that fails, beyond the client's own words.
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { guardConnection } from '../../src/redis/guard.ts';

function told(...errors: readonly string[]): string[] {
  const messages: string[] = [];
  const redis = new Redis({ lazyConnect: true });
  guardConnection(redis, ({ message }) => void messages.push(message));
  for (const message of errors) redis.emit('error', new Error(message));
  return messages;
}

const usedUp = 'All sentinels are unreachable. Retrying from scratch after 100ms.';

it('sentinels that are used up after their primary refused are told with its reason', () => {
  expect(told('NOAUTH Authentication required.', usedUp).at(-1)).toBe(
    `${usedUp} Last error: NOAUTH Authentication required.`,
  );
});

it('sentinels that failed themselves are told as they are', () => {
  const own = `${usedUp} Last error: connect ECONNREFUSED`;
  expect(told('NOAUTH', own).at(-1)).toBe(own);
  expect(told(usedUp)).toEqual([usedUp]);
});

it('a silent socket is told in seconds', () => {
  expect(told("Socket timeout. Expecting data, but didn't receive any in 15000ms.")).toEqual([
    'No answer for 15 s: the connection is given up and made anew',
  ]);
});
