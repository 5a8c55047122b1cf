/** What happens later: late commits and webhooks by the simulator's clock, latency in real time; all of it can be cancelled. */

interface Later {
  readonly dueAt: number;
  readonly action: () => void;
  timer: NodeJS.Timeout | undefined;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Timers {
  readonly #now: () => number;
  readonly #later = new Set<Later>();
  readonly #waits = new Set<NodeJS.Timeout>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs `action` once the clock has moved on by `delayMs`; 0: now. A clock that is moved by hand decides alone. */
  after(delayMs: number, action: () => void): void {
    const later: Later = { dueAt: this.#now() + delayMs, action, timer: undefined };
    this.#later.add(later);
    if (delayMs <= 0) this.#run(later);
    else this.#arm(later);
  }

  /** Catches up after the clock was moved by hand; every call to the simulator does this first. */
  runDue(): void {
    const due = [...this.#later].filter((later) => later.dueAt <= this.#now());
    for (const later of due.sort((a, b) => a.dueAt - b.dueAt)) this.#run(later);
  }

  /** Real time: how long a caller is kept waiting. */
  wait(delayMs: number): Promise<void> {
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waits.delete(timer);
        resolve();
      }, delayMs);
      this.#waits.add(timer);
    });
  }

  /** Forgets everything that has not happened yet. */
  clear(): void {
    for (const { timer } of this.#later) clearTimeout(timer);
    for (const timer of this.#waits) clearTimeout(timer);
    this.#later.clear();
    this.#waits.clear();
  }

  #arm(later: Later): void {
    const restMs = Math.min(Math.max(1, later.dueAt - this.#now()), LONGEST_TIMER_MS);
    later.timer = setTimeout(() => {
      if (later.dueAt <= this.#now()) this.#run(later);
      else this.#arm(later);
    }, restMs);
  }

  #run(later: Later): void {
    clearTimeout(later.timer);
    if (this.#later.delete(later)) later.action();
  }
}
