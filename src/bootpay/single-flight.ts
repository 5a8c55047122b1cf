// One piece of work for all callers that wait for it: it is begun once, and aborted when the last caller has left.

interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/** `left` is what a caller gets whose own signal ends first; the others go on waiting. */
export function singleFlight<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): (signal: AbortSignal, left: () => Result) => Promise<Result> {
  let flight: Flight<Result> | null = null;

  const begin = (): Flight<Result> => {
    const controller = new AbortController();
    return { result: work(controller.signal), controller, waiting: 0 };
  };

  return async (signal, left) => {
    if (signal.aborted) return left();
    flight ??= begin();
    const mine = flight;
    mine.waiting += 1;
    const ended = whenAborted(signal);
    try {
      return await Promise.race([mine.result, ended.promise.then(left)]);
    } finally {
      ended.release();
      mine.waiting -= 1;
      if (mine.waiting === 0) mine.controller.abort();
      if (mine.waiting === 0 && flight === mine) flight = null;
    }
  };
}

function whenAborted(signal: AbortSignal): { promise: Promise<void>; release: () => void } {
  let release = (): void => {};
  const promise = new Promise<void>((resolve) => {
    const listener = (): void => resolve();
    signal.addEventListener('abort', listener);
    release = () => signal.removeEventListener('abort', listener);
  });
  return { promise, release };
}
