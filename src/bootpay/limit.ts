// A limit on waiting: it ends after some milliseconds, or together with a signal or limit around it, and knows why.

/** `timeout`: the time was up, also that of a limit around it. `aborted`: a signal around it was aborted. */
type LimitReason = 'timeout' | 'aborted';

type Listener = () => void;

/**
 * A cheap AbortSignal: each call needs two, and a real signal with its events takes as much time as reading the answer. A
 * real one is made on demand.
 */
export class Limit {
  /** Called once, when the limit ends. A caller that adds one removes it again. */
  readonly listeners = new Set<Listener>();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: readonly (AbortSignal | Limit)[];
  #reason: LimitReason | null = null;
  #controller: AbortController | null = null;

  constructor(ms: number, ...outer: readonly (AbortSignal | Limit | undefined)[]) {
    this.#timer = setTimeout(() => this.#end('timeout'), ms);
    this.#outer = outer.filter((one) => one !== undefined);
    for (const one of this.#outer) listen(one, this.#stop);
    if (this.#outer.some(hasEnded)) this.#stop();
  }

  get ended(): boolean {
    return this.#reason !== null;
  }

  get reason(): LimitReason {
    return this.#reason ?? 'aborted';
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Must be called when the wait is over: it removes the timer and the listeners. */
  release(): void {
    clearTimeout(this.#timer);
    for (const one of this.#outer) unlisten(one, this.#stop);
  }

  readonly #stop = (): void => {
    const ended = this.#outer.find(hasEnded);
    this.#end(ended instanceof Limit ? ended.reason : 'aborted');
  };

  #end(reason: LimitReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    for (const listener of this.listeners) listener();
    this.#controller?.abort(reason);
  }
}

export async function within<Result>(limit: Limit, work: (limit: Limit) => Promise<Result>): Promise<Result> {
  try {
    return await work(limit);
  } finally {
    limit.release();
  }
}

function hasEnded(outer: AbortSignal | Limit): boolean {
  return outer instanceof Limit ? outer.ended : outer.aborted;
}

/** Many calls wait under one long-lived signal: it has one listener, which notifies them all. */
const underSignal = new WeakMap<AbortSignal, { readonly all: Set<Listener>; readonly notify: Listener }>();

function listen(outer: AbortSignal | Limit, listener: Listener): void {
  if (outer instanceof Limit) return void outer.listeners.add(listener);
  let found = underSignal.get(outer);
  if (found === undefined) {
    const all = new Set<Listener>();
    found = { all, notify: () => all.forEach((one) => void one()) };
    underSignal.set(outer, found);
    outer.addEventListener('abort', found.notify);
  }
  found.all.add(listener);
}

function unlisten(outer: AbortSignal | Limit, listener: Listener): void {
  if (outer instanceof Limit) return void outer.listeners.delete(listener);
  const found = underSignal.get(outer);
  if (found === undefined) return;
  found.all.delete(listener);
  if (found.all.size > 0) return;
  outer.removeEventListener('abort', found.notify);
  underSignal.delete(outer);
}
