// Work on many things: so many at once, and one after another no faster than asked for.

/** So many at once; the first that fails ends it. */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const rest = items.values();
  const next = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, next));
}

interface PaceDeps {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** What was late may be caught up for so long. In ms. */
const caughtUpMs = 200;

/** Waits for the caller's turn, one after another: the first has it at once. False: the signal aborted. */
export function paceOf({ now, sleep }: PaceDeps, everyMs: number): (signal: AbortSignal) => Promise<boolean> {
  let dueAt = Number.NEGATIVE_INFINITY;
  let turn = Promise.resolve(true);
  const wait = async (signal: AbortSignal) => {
    const at = now();
    const mine = Math.max(dueAt, everyMs < caughtUpMs ? at - caughtUpMs : at);
    dueAt = mine + everyMs;
    if (mine > at) await sleep(mine - at, signal);
    return !signal.aborted;
  };
  return (signal) => {
    turn = turn.then(() => wait(signal));
    return turn;
  };
}
