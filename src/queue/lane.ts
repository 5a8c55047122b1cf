// The lane to Bootpay can be held: by bad credentials (everything stops) or by a person (cancels stop).
import { z } from 'zod';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import type { RefundQueue } from './refund-queue.ts';

const holdSchema = z.object({
  at: z.number(),
  who: z.string(),
  reason: z.string(),
  /** Of the refused credentials: a process that starts with other ones resumes the lane. */
  fingerprint: z.string().nullable(),
});
type LaneHold = z.infer<typeof holdSchema>;

interface LaneStatus {
  readonly person: LaneHold | null;
  readonly credentials: LaneHold | null;
}

export interface Lane {
  status(): Promise<LaneStatus>;
  /** True when this call made the hold, so that many refused calls make one alert. */
  hold(kind: 'person' | 'credentials', hold: LaneHold): Promise<boolean>;
  /**
   * For a worker that finds the lane held but the queue running: pauses the queue, unless the hold was lifted
   * meanwhile.
   */
  ensurePaused(): Promise<void>;
  /** For the sweeper: runs a queue that a resume, cut off half way, left paused although the lane is not held. */
  ensureRunning(): Promise<void>;
  /** Lifts every hold. */
  resume(who: string, reason: string, now: number): Promise<void>;
  /** A start with other credentials than the refused ones resumes the lane. */
  resumeFor(fingerprint: string, now: number): Promise<boolean>;
}

export function createLane(redis: RedisClient, keys: Keys, refundQueue: RefundQueue): Lane {
  const publish = (type: string, hold: Pick<LaneHold, 'at' | 'who' | 'reason'>) =>
    redis.xadd(
      keys.events,
      'MAXLEN',
      '~',
      '100000',
      '*',
      'event',
      JSON.stringify({
        specversion: '1.0',
        id: `${type}-${hold.at}`,
        source: 'bootpay-refund-worker',
        type,
        time: new Date(hold.at).toISOString(),
        datacontenttype: 'application/json',
        data: { who: hold.who, reason: hold.reason },
      }),
    );

  async function status(): Promise<LaneStatus> {
    const [person, credentials] = await redis.hmget(keys.lane, 'person', 'credentials');
    return { person: readHold(person), credentials: readHold(credentials) };
  }

  async function resume(who: string, reason: string, now: number): Promise<void> {
    await redis.del(keys.lane);
    await refundQueue.resume();
    await refundQueue.wakeAll();
    await publish('lane.resumed', { at: now, who, reason });
  }

  return {
    status,
    async hold(kind, hold) {
      const made = (await redis.hsetnx(keys.lane, kind, JSON.stringify(hold))) === 1;
      if (kind === 'credentials') await refundQueue.pause();
      if (made) await publish('lane.held', hold);
      return made;
    },
    async ensurePaused() {
      await refundQueue.pause();
      if ((await status()).credentials === null) await refundQueue.resume();
    },
    async ensureRunning() {
      if ((await status()).credentials === null && (await refundQueue.isPaused())) await refundQueue.resume();
    },
    resume,
    async resumeFor(fingerprint, now) {
      const { credentials, person } = await status();
      if (credentials === null || credentials.fingerprint === fingerprint) return false;
      if (person === null) await resume('worker', 'started with other credentials', now);
      else {
        await redis.hdel(keys.lane, 'credentials');
        await refundQueue.resume();
      }
      return true;
    },
  };
}

/** As the outside interface shows it. */
export function laneView({ person, credentials }: LaneStatus) {
  return {
    held: person !== null || credentials !== null,
    person: holdView(person),
    credentials: holdView(credentials),
  };
}

function holdView(hold: LaneHold | null) {
  return hold === null ? null : { at: new Date(hold.at).toISOString(), who: hold.who, reason: hold.reason };
}

function readHold(text: string | null | undefined): LaneHold | null {
  return text === null || text === undefined ? null : holdSchema.parse(JSON.parse(text));
}
