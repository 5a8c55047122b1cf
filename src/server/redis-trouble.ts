// Is it Redis? Tells its failures from our own, and ends a request that waits for a Redis which has fallen silent.

/** What `whileRedisAnswers` says in place of an answer. */
export const redisIsSilent = Symbol('Redis is silent');

/** A request that takes longer than this asks whether Redis is still there. In ms. */
const askAfterMs = 2_000;
const answerWithinMs = 2_000;

/** The work's own answer, however long it takes while Redis answers; 4 s after Redis stopped, `redisIsSilent`. */
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

/** null: no failure of Redis. */
export function redisTrouble(error: unknown): 'redis_full' | 'redis_away' | null {
  if (!(error instanceof Error)) return null;
  if (/(^|\W)OOM /.test(error.message)) return 'redis_full';
  const code: unknown = Reflect.get(error, 'code');
  const isAway =
    ['MaxRetriesPerRequestError', 'ClusterAllFailedError'].includes(error.name) ||
    (typeof code === 'string' && connectionCodes.has(code)) ||
    connectionTexts.test(error.message) ||
    (error.name === 'ReplyError' && unusable.test(error.message));
  return isAway ? 'redis_away' : null;
}

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const connectionTexts =
  /^(Connection is closed|Command timed out|Cluster is|All sentinels are unreachable|Too many Cluster redirections|Stream isn't writeable|Socket closed unexpectedly|Redis gave no answer)/;
/** It answers, but takes no writes or no commands at all. */
const unusable =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|BUSY|NOAUTH|WRONGPASS|NOPERM)/;
