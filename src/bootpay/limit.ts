// The end of waiting: one signal that ends with its parents or after some milliseconds, and says which.
/** Why a limit ended: the time was up, or somebody who waits further out stopped. */
export type LimitReason = 'timeout' | 'aborted';

export interface Limit {
  readonly signal: AbortSignal;
  /** Must be called when the wait is over: it takes the timer and the listeners away. */
  release(): void;
}

/** Hand-made because `AbortSignal.any` keeps listeners on long-lived parents. */
export function startLimit(ms: number, ...parents: readonly (AbortSignal | undefined)[]): Limit {
  const controller = new AbortController();
  const present = parents.filter((parent) => parent !== undefined);
  const stop = (): void => controller.abort(reasonOf(present.find((parent) => parent.aborted)));
  const timer = setTimeout(() => controller.abort('timeout'), ms);
  for (const parent of present) parent.addEventListener('abort', stop);
  if (present.some((parent) => parent.aborted)) stop();
  return {
    signal: controller.signal,
    release: () => {
      clearTimeout(timer);
      for (const parent of present) parent.removeEventListener('abort', stop);
    },
  };
}

export async function within<Result>(
  limit: Limit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(limit.signal);
  } finally {
    limit.release();
  }
}

/** Any signal's reason as a short code; a signal that is no limit of ours counts as stopped by its owner. */
export function reasonOf(signal: AbortSignal | undefined): LimitReason {
  return signal?.reason === 'timeout' ? 'timeout' : 'aborted';
}
