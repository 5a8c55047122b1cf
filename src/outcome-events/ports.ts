// The dependencies and limits of forwarding.
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../redis/clock.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

export interface ForwardDeps {
  /** A connection of its own: it blocks while there is nothing to send, and is closed at the end. */
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of this process; another name in each. */
  readonly consumer: string;
}

export interface ForwardOptions {
  readonly url: string;
  /** The proxy that leads there. Default: none. */
  readonly proxy?: string | null;
  /** Each of them signs; none: sent without a signature. */
  readonly secrets: readonly Uint8Array[];
  /** Overrides of `forwardLimits`, for tests. */
  readonly limits?: Partial<ForwardLimits>;
}

export type ForwardLimits = typeof forwardLimits;

export const forwardLimits = {
  /** The first wait after an event was not taken; it doubles. In ms. */
  retryMs: 1_000,
  longestRetryMs: 60_000,
  /** How long the webhook may take to answer. In ms. */
  answerMs: 10_000,
  /** What a process has not delivered in this time, another one takes over. In ms. */
  takeOverMs: 60_000,
  /** An event that the webhook refuses (3xx, 4xx) so often is set aside. */
  refusals: 5,
  /**
   * So many events may be set aside as refused without one being taken in between. After that it is the address that
   * refuses (moved, another secret, a proxy's 404), and events wait as in an outage.
   */
  refusedInARow: 20,
  /** An event that fails so often, each time with others taken since its last try, is set aside, whatever the answer. */
  passes: 10,
  /** So many events may be set aside; beyond it the oldest is dropped and counted. */
  setAside: 10_000,
  /** So many different events that fail, with none taken, are an outage. */
  outage: 3,
};

/** The consumer group of the stream that the processes share. */
export const group = 'webhook';
