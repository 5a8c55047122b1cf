// One line in the log when Redis fails, and one when it is back; what is wrong now is remembered for people who ask.
import { type RedisFault, redisFault, withReason } from './fault.ts';

export interface Trouble {
  readonly fault: RedisFault | null;
  readonly error: string;
}

/** What this needs of a logger. */
interface TroubleLog {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
}

export interface RedisTrouble {
  /** Called with every error of a connection: many say the same, some twice a second. */
  note(error: unknown): void;
  /** A connection is ready. */
  over(): void;
  /** null: none since the last time that a connection was ready. */
  current(): Trouble | null;
}

/** The same words are said again after so long. In ms. */
const againAfterMs = 60_000;
/** Connections that break together are made anew one after the other. In ms. */
const togetherMs = 5_000;

/** @param monotonic ms since anything */
export function createRedisTrouble(log: TroubleLog, monotonic: () => number): RedisTrouble {
  const said = new Map<string, number>();
  let trouble: Trouble | null = null;
  let hasBegun = false;
  return {
    note(given) {
      const error = given instanceof Error ? withReason(given) : given;
      const text = textOf(error);
      trouble = { fault: redisFault(error), error: text };
      // Pauses, ports of the client and times differ from line to line.
      const key = text.replace(/\d+/g, '0');
      if (monotonic() < (said.get(key) ?? 0)) return;
      said.set(key, monotonic() + againAfterMs);
      hasBegun = true;
      log.warn({ error: text, fault: trouble.fault ?? undefined }, 'redis_error');
    },
    over() {
      const soon = monotonic() + togetherMs;
      for (const [key, until] of said) said.set(key, Math.min(until, soon));
      if (trouble === null) return;
      trouble = null;
      // Of connections that break together, those that are noticed later begin nothing.
      if (hasBegun) log.info({}, 'redis_answers');
      hasBegun = false;
    },
    current: () => trouble,
  };
}

/** An error of several addresses of one host has no words of its own. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.message !== '') return error.message;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : null;
  if (inner instanceof Error && inner.message !== '') return inner.message;
  return 'code' in error ? String(error.code) : error.name;
}
