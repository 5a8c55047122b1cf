// The dependencies, settings and limits of alerts.
import type { AlertCause, AlertKind } from '../domain/alert.ts';
import type { PolicySettings } from '../domain/decision.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { Logger } from '../logging/logger.ts';
import type { QuietHours } from '../policies/alerts.ts';
import type { Clock } from '../redis/clock.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

export interface AlertDeps {
  readonly redis: RedisClient;
  readonly keys: Keys;
  readonly ledger: Pick<Ledger, 'read' | 'readReceipt'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: PolicySettings;
  /** What stops refunds now. */
  readonly standing: () => Promise<AlertStandings>;
  /** Of this process; another one in each. */
  readonly name: string;
}

export interface AlertStandings {
  readonly causes: readonly {
    readonly cause: AlertCause;
    readonly since: number | null;
    readonly text: Text;
  }[];
  /** Redis takes no writes, and so forgets what it is told; null: it does. */
  readonly unwritable: Text | null;
  /** null: nothing stands still. */
  readonly waiting: { readonly refunds: number; readonly won: number; readonly uncounted: number } | null;
}

/** Where messages go, and how they are written. */
export interface AlertReceiver {
  readonly url: string;
  readonly kind: AlertKind;
  readonly language: keyof Text;
  /** Where people reach the desk, without a slash at the end; null: messages have no links. */
  readonly deskUrl: string | null;
  /** The proxy that leads there; null: straight. */
  readonly proxy: string | null;
}

export interface AlertOptions extends AlertReceiver {
  readonly quiet: QuietHours | null;
  /** Overrides of `alertLimits`, for tests. */
  readonly limits?: Partial<AlertLimits>;
}

export type AlertLimits = typeof alertLimits;

export const alertLimits = {
  /** Between two looks, ms. */
  everyMs: 10_000,
  /** A process that has not looked for so long has lost its turn, ms. Longer than a look and an answer take. */
  turnMs: 40_000,
  /** How long the receiver may take to answer, ms. */
  answerMs: 10_000,
  /** New cases, and deadlines, that one look tells at most. */
  fresh: 2_000,
  /** Known cases that one look goes through. */
  pageSize: 1_000,
  /** A case is placed a moment after it became one, by the clock of another process, ms. */
  overlapMs: 60_000,
  /** Redis has to be away or full for so long before people are told, ms. */
  outageMs: 30_000,
};
