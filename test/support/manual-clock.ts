// A clock that stands still until a test moves it; sleepers wake in the order in which they are due.
import type { Clock } from '../../src/redis/clock.ts';

export interface ManualClock extends Clock {
  /** Moves on by `ms`, stopping at each sleeper that becomes due on the way. */
  advance(ms: number): Promise<void>;
  /** How many sleep right now: lets a test wait until its subject does. */
  sleeping(): number;
}

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/** @param start ms since 1970. */
export function manualClock(start = Date.parse('2026-11-20T10:30:00+09:00')): ManualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();

  return {
    now: () => now,
    toLocal: (at) => at,
    jumpedAt: () => null,
    steadySince: () => 0,
    sleeping: () => sleepers.size,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted === true) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { dueAt: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    async advance(ms) {
      const until = now + ms;
      for (let next = nextDue(sleepers, until); next !== undefined; next = nextDue(sleepers, until)) {
        now = next.dueAt;
        next.wake();
        await settled();
      }
      now = until;
      await settled();
    },
  };
}

function nextDue(sleepers: ReadonlySet<Sleeper>, until: number): Sleeper | undefined {
  return [...sleepers].filter(({ dueAt }) => dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
}

/** Lets the awakened run as far as they can without time passing. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
