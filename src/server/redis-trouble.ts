// How the server answers while Redis is away: failures become problems, and no request waits for a Redis that is silent.
import { redisFault } from '../redis/fault.ts';

/** Returned by `whileRedisAnswers` in place of an answer. */
export const redisIsSilent = Symbol('Redis is silent');

/** After so long a request checks whether Redis still answers. In ms. */
const askAfterMs = 2_000;
const answerWithinMs = 2_000;

/** The result of the work, however long it takes while Redis answers; `redisIsSilent` 4 s after Redis stopped. */
export function whileRedisAnswers<Answer>(
  ask: () => Promise<unknown>,
  work: Promise<Answer>,
): Promise<Answer | typeof redisIsSilent> {
  return new Promise((resolve, reject) => {
    let ended = false;
    let timer = setTimeout(look, askAfterMs);

    function look(): void {
      timer = setTimeout(fallSilent, answerWithinMs);
      ask().then(goOn, fallSilent);
    }
    function goOn(): void {
      clearTimeout(timer);
      if (!ended) timer = setTimeout(look, askAfterMs);
    }
    function end(): void {
      ended = true;
      clearTimeout(timer);
    }
    function fallSilent(): void {
      end();
      resolve(redisIsSilent);
    }
    work.finally(end).then(resolve, reject);
  });
}

/** null: no failure of Redis, or one that is a fault of ours. */
export function redisProblem(error: unknown): 'redis_full' | 'redis_away' | null {
  const fault = redisFault(error);
  if (fault === null || fault === 'refused') return null;
  return fault === 'full' ? 'redis_full' : 'redis_away';
}
