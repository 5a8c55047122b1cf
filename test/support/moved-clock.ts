// Redis' clock as a test moves it. No test can move TIME itself: our scripts read it less or more what a key says. A test
// file mocks `node:fs` with it (see `redis-clock.system.test.ts`); keys still expire by the server's own clock.
import type { Redis } from 'ioredis';

export const movedByKey = '{moved-clock}:seconds';
const time = "redis.call('TIME')";
const moved = `(function() local t = ${time} t[1] = tostring(t[1] + (redis.call('GET', '${movedByKey}') or 0)) return t end)()`;

/** The text of a script whose clock can be moved. */
export function withMovedClock(path: unknown, text: string): string {
  if (!/\/(?:moment|begin|time)\.lua$/.test(String(path))) return text;
  if (text.split(time).length !== 2) throw new Error(`${String(path)} reads its clock in another way`);
  return text.replace(time, moved);
}

export async function moveClock(redis: Redis, byMs: number): Promise<void> {
  await redis.set(movedByKey, byMs / 1_000);
}
