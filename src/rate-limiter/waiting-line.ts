// Those of one process that wait at the call gate for one kind of call: they stand in line, and only the first asks, for
// as long as it is told to wait. Where it is not, the line opens, two for each one that passes.

export interface Place {
  readonly signal?: AbortSignal | undefined;
  readonly longestMs: number;
  /** Goes before all who are not. */
  readonly eager: boolean;
}

export interface Line {
  /** Whoever comes now stands in line as well, and asks nothing before. */
  readonly busy: boolean;
  /** True once it is this one's turn: it must `leave` then. False when it was aborted, or `longestMs` went by before. */
  enter(place: Place): Promise<boolean>;
  /** `atOnce`: the first question was not answered with a wait. */
  leave(atOnce: boolean): void;
}

export function createWaitingLine(sleep: (ms: number, signal?: AbortSignal) => Promise<void>): Line {
  const waiting: { readonly eager: boolean; call(): void }[] = [];
  let asking = 0;
  let open = true;

  return {
    get busy() {
      return asking > 0 && !open;
    },
    async enter({ signal, longestMs, eager }) {
      if (signal?.aborted) return false;
      open = false;
      if (asking === 0) {
        asking = 1;
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
    leave(atOnce) {
      asking -= 1;
      if (atOnce) open = true;
      const next = atOnce ? 2 : asking > 0 ? 0 : 1;
      for (const one of waiting.splice(0, next)) {
        asking += 1;
        one.call();
      }
    },
  };
}
