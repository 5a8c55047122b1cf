// Counts failed logins per address and per name: the more there were, the longer the next one waits. No count locks out.

/** A count ends so long after the last failure. In ms. */
const rememberMs = 15 * 60_000;
/** Typing errors cost nothing. */
const freeFailures = 5;
const firstDelayMs = 250;
/** Beyond it the oldest counts are dropped; a flood of other addresses or names cannot fill the memory. */
const mostCounts = 10_000;

interface Count {
  failures: number;
  at: number;
}

interface FailureCounts {
  /** How long from now until the next attempt under this key may be checked. In ms, 0: now. */
  waitFor(key: string): number;
  add(key: string): void;
}

export function createFailureCounts(mostDelayMs: number, now: () => number): FailureCounts {
  const counts = new Map<string, Count>();

  function find(key: string): Count | undefined {
    const count = counts.get(key);
    // A clock that was set back makes no count older than its delay.
    return count !== undefined && Math.abs(now() - count.at) < rememberMs ? count : undefined;
  }

  return {
    waitFor(key) {
      const count = find(key);
      if (count === undefined) return 0;
      const delay = delayAfter(count.failures, mostDelayMs);
      return Math.min(delay, Math.max(0, count.at + delay - now()));
    },
    add(key) {
      const failures = (find(key)?.failures ?? 0) + 1;
      counts.delete(key);
      counts.set(key, { failures, at: now() });
      const [oldest] = counts.keys();
      if (counts.size > mostCounts && oldest !== undefined) counts.delete(oldest);
    },
  };
}

function delayAfter(failures: number, mostMs: number): number {
  return failures < freeFailures ? 0 : Math.min(mostMs, firstDelayMs * 2 ** (failures - freeFailures));
}
