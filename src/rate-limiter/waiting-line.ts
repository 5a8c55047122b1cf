// The calls of one process that wait for a permit, in the order in which they get one.
import type { AcquireOptions, CallKind, Permit } from '../domain/rate-limiter.ts';

const ranks = { first: 0, cancel: 1, token: 1, look_up: 2, background: 3 } as const;

interface WaitingCall {
  readonly kind: CallKind;
  readonly rank: 0 | 1 | 2 | 3;
  /** ms; a permit that comes later is of no use to the call. */
  readonly until: number;
  readonly end: (permit: Permit | null) => void;
  readonly fail: (error: unknown) => void;
}

type JoinOptions = Pick<AcquireOptions, 'signal' | 'priority'> & Pick<WaitingCall, 'until'>;

export interface WaitingLine {
  /** Behind all calls of the same rank or a lower one. Null: given up. */
  join(kind: CallKind, options: JoinOptions): Promise<Permit | null>;
  foremost(): WaitingCall | undefined;
  /** As they are now: calls that end leave the line, not this list. */
  all(): readonly WaitingCall[];
  of(kind: CallKind): readonly WaitingCall[];
  /** Ends the calls for which a permit at that time, ms, comes too late. */
  endHopeless(at: number): void;
}

export function createWaitingLine(): WaitingLine {
  const waiting: WaitingCall[] = [];

  function join(kind: CallKind, { signal, priority, until }: JoinOptions): Promise<Permit | null> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal?.removeEventListener('abort', giveUp);
        const place = waiting.indexOf(call);
        if (place >= 0) waiting.splice(place, 1);
      };
      const call: WaitingCall = {
        kind,
        rank: ranks[priority ?? kind],
        until,
        end(permit) {
          leave();
          resolve(permit);
        },
        fail(error) {
          leave();
          reject(error);
        },
      };
      const giveUp = () => call.end(null);
      signal?.addEventListener('abort', giveUp, { once: true });
      const place = waiting.findIndex(({ rank }) => rank > call.rank);
      waiting.splice(place === -1 ? waiting.length : place, 0, call);
    });
  }

  return {
    join,
    foremost: () => waiting[0],
    all: () => [...waiting],
    of: (kind) => waiting.filter((call) => call.kind === kind),
    endHopeless(at) {
      for (const call of waiting.filter(({ until }) => until < at)) call.end(null);
    },
  };
}
