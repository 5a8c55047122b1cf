// Redis' own time: the one clock of all hosts, and the place where processes publish that it was moved.
import { z } from 'zod';
import type { TimeSource } from './clock.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import { jsonAnswer, loadScript } from './scripts.ts';

const timeScript = loadScript(import.meta.url, ['./scripts/time.lua']);
const number = z.coerce.number();
const timeSchema = jsonAnswer(
  z.object({ seconds: number, micros: number, stepped_at: number.nullable().default(null) }),
);

/** In ms. Read by a script with one of our keys: a cluster has many clocks, and TIME alone names no key. */
export function redisTimeOf(redis: RedisClient, { clockStep }: Pick<Keys, 'clockStep'>): TimeSource {
  return {
    async read() {
      const answer = timeSchema.parse(await timeScript.run(redis, [clockStep], []));
      const { seconds, micros, stepped_at: steppedAt } = answer;
      return { time: seconds * 1_000 + micros / 1_000, steppedAt };
    },
    publishStep: (at) => redis.set(clockStep, String(at)),
  };
}
