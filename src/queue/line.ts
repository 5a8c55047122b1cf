// Those of one process that wait at the call gate for one kind of call: they stand in line, and only the first asks.

export interface Place {
  readonly signal?: AbortSignal | undefined;
  readonly longestMs: number;
  /** Goes before all who are not. */
  readonly eager: boolean;
}

export interface Line {
  readonly busy: boolean;
  /** True once it is this one's turn: it must `leave` then. False when it was aborted, or `longestMs` went by before. */
  enter(place: Place): Promise<boolean>;
  leave(): void;
}

export function createLine(sleep: (ms: number, signal?: AbortSignal) => Promise<void>): Line {
  const waiting: { readonly eager: boolean; call(): void }[] = [];
  let busy = false;

  return {
    get busy() {
      return busy;
    },
    async enter({ signal, longestMs, eager }) {
      if (signal?.aborted) return false;
      if (!busy) {
        busy = true;
        return true;
      }
      const over = new AbortController();
      // With a reason: one made by the runtime carries a stack, which costs more than all else here.
      const end = () => over.abort('over');
      let called = false;
      const self = {
        eager,
        call() {
          called = true;
          end();
        },
      };
      const patient = eager ? waiting.findIndex((one) => !one.eager) : -1;
      waiting.splice(patient === -1 ? waiting.length : patient, 0, self);
      signal?.addEventListener('abort', end, { once: true });
      await sleep(longestMs, over.signal);
      signal?.removeEventListener('abort', end);
      if (!called) waiting.splice(waiting.indexOf(self), 1);
      return called;
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) busy = false;
      else next.call();
    },
  };
}
