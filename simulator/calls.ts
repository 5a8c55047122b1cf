/** The flat log of every call Bootpay received, and waiting until something is true of the simulator. */

export type CallKind = 'cancel' | 'look_up' | 'token';
/** `reset`: the connection broke (also half way through the body); `abandoned`: the caller left first. */
export type CallEnd = 'answered' | 'reset' | 'hung' | 'abandoned';

export interface Call {
  /** 1 for the first call of the simulator's life. */
  readonly number: number;
  /** Milliseconds of the simulator's clock. */
  readonly at: number;
  readonly kind: CallKind;
  readonly receiptId: string | null;
  readonly cancelId: string | null;
  /** As received; the text when it was no JSON; never the private key of a token call. */
  readonly body: unknown;
  readonly authorization: 'basic' | 'bearer' | 'none';
  /** `accepted`, `shown`, `issued`, an error code, or the scripted reply. `null`: not decided yet. */
  readonly outcome: string | null;
  readonly httpStatus: number | null;
  readonly ended: CallEnd | null;
}

export type Arrival = Omit<Call, 'number' | 'outcome' | 'httpStatus' | 'ended'>;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface OpenCall {
  end(result: { outcome: string; httpStatus: number | null; ended: CallEnd }): void;
}

export class CallLog {
  readonly #calls: Mutable<Call>[] = [];
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): readonly Call[] {
    return this.#calls;
  }

  begin(arrival: Arrival): OpenCall {
    const call: Mutable<Call> = {
      number: this.#calls.length + 1,
      ...arrival,
      outcome: null,
      httpStatus: null,
      ended: null,
    };
    this.#calls.push(call);
    this.#changed();
    return {
      end: (result) => {
        Object.assign(call, result);
        this.#changed();
      },
    };
  }
}

interface Waiter {
  check(): void;
  giveUp(reason: string): void;
}

/** Those who wait for a state; asked again after each change. */
export class Waiters {
  readonly #waiters = new Set<Waiter>();

  /** To be called after anything changed. */
  readonly changed = (): void => {
    for (const waiter of [...this.#waiters]) waiter.check();
  };

  until(isTrue: () => boolean, what: string, timeoutMs: number): Promise<void> {
    if (isTrue()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        done();
      };
      const waiter: Waiter = {
        check: () => {
          try {
            if (isTrue()) settle(resolve);
          } catch (error) {
            settle(() => reject(error));
          }
        },
        giveUp: (reason) => settle(() => reject(new Error(`waited for ${what}: ${reason}`))),
      };
      const timer = setTimeout(() => waiter.giveUp(`not within ${timeoutMs} ms`), timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  close(): void {
    for (const waiter of [...this.#waiters]) waiter.giveUp('the simulator was closed');
  }
}
