// A place in Redis for a test that runs beside others in the same file: a prefix and ends of its own.
import type { TestContext } from 'vitest';
import { freshPrefix, sharedRedis, type TestRedis } from './redis.ts';

export type Place = Pick<TestRedis, 'url' | 'prefix' | 'onEnd'>;

/** What is added last ends first; the keys go with the server, which ends with this process. */
export async function openPlace({ onTestFinished }: TestContext, prefix = freshPrefix()): Promise<Place> {
  const { url } = await sharedRedis();
  const ends: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const end of ends.reverse()) await end();
  });
  return { url, prefix, onEnd: (end) => void ends.push(end) };
}
