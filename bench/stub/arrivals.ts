// When calls came in, as exactly as a process can know that did not always run: what is read after it stood still came
// at some time since it last looked.

export interface Arrival {
  /** ms by the stub's own clock: it came between the two. */
  readonly after: number;
  readonly at: number;
}

/** How often the stub looks, in ms. */
const lookMs = 2;

export interface ArrivalBook {
  note(): void;
  /** Since the last question. */
  take(): readonly Arrival[];
  close(): void;
}

export function openArrivalBook(): ArrivalBook {
  let arrivals: Arrival[] = [];
  let looked = performance.now();
  let lookedBefore = looked;
  const looking = setInterval(() => {
    lookedBefore = looked;
    looked = performance.now();
  }, lookMs);
  return {
    // What is read now was not there when sockets were last read, and that was after the look before the last one.
    note: () => void arrivals.push({ after: lookedBefore, at: performance.now() }),
    take() {
      const taken = arrivals;
      arrivals = [];
      return taken;
    },
    close: () => clearInterval(looking),
  };
}

/** The most of them that came within one such window, whenever they came: a standstill does not count against the rate limiter. */
export function surelyWithin(windowMs: number, arrivals: readonly Arrival[]): number {
  const sorted = [...arrivals].sort((a, b) => a.after - b.after);
  const counts = sorted.map(({ after: from }, first) => {
    const within = sorted.slice(first).filter(({ at }) => at - from < windowMs);
    return within.length;
  });
  return Math.max(0, ...counts);
}
