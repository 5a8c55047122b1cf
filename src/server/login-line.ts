// The line in front of scrypt: few password checks at once, a bounded number waiting, and no address may fill it alone.

interface LineSettings {
  /** Each one takes a thread of libuv's four, which name look-ups of refunds need as well. */
  readonly atOnce: number;
  readonly places: number;
}

interface LoginLine {
  /** Waits `delayMs` and for its turn; null at once when the line is full, or later when its place went to another. */
  run<Result>(from: string, delayMs: number, work: () => Promise<Result>): Promise<Result | null>;
}

interface Waiter {
  readonly from: string;
  isReady: boolean;
  readonly leave: (mayGo: boolean) => void;
}

export function createLoginLine(
  { atOnce, places }: LineSettings,
  pause: (ms: number) => Promise<unknown>,
): LoginLine {
  const waiting: Waiter[] = [];
  let underWay = 0;

  function turn(from: string, delayMs: number): Promise<boolean> {
    if (delayMs <= 0 && underWay < atOnce) {
      underWay += 1;
      return Promise.resolve(true);
    }
    if (waiting.length >= places && !makePlace(from)) return Promise.resolve(false);
    return new Promise((leave) => {
      const waiter: Waiter = { from, isReady: delayMs <= 0, leave };
      waiting.push(waiter);
      if (!waiter.isReady) pause(delayMs).then(() => getReady(waiter));
    });
  }

  function getReady(waiter: Waiter): void {
    waiter.isReady = true;
    callNext();
  }

  function callNext(): void {
    if (underWay >= atOnce) return;
    const next = waiting.find(({ isReady }) => isReady);
    if (next === undefined) return;
    underWay += 1;
    take(next).leave(true);
  }

  /** The last one of the address that has the most places leaves, unless the newcomer's has as many. */
  function makePlace(from: string): boolean {
    const count = (address: string) => waiting.filter((one) => one.from === address).length;
    const last = waiting.findLast((one) => waiting.every((other) => count(other.from) <= count(one.from)));
    if (last === undefined || count(last.from) <= count(from) + 1) return false;
    take(last).leave(false);
    return true;
  }

  function take(waiter: Waiter): Waiter {
    waiting.splice(waiting.indexOf(waiter), 1);
    return waiter;
  }

  return {
    async run(from, delayMs, work) {
      if (!(await turn(from, delayMs))) return null;
      try {
        return await work();
      } finally {
        underWay -= 1;
        callNext();
      }
    },
  };
}
