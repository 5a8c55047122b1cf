// The interfaces of many cases at once, shared by the command line, the server and the desk.
import type { Actor } from '../domain/action.ts';
import type { Bulk, BulkCase, BulkFilter, BulkStore } from '../domain/bulk.ts';
import type { BulkWork } from './bulk-work.ts';
import type { ReviewDeps } from './ports.ts';

export interface BulkDeps extends ReviewDeps {
  readonly store: BulkStore;
  /** Replays under way at once: each waits for Redis several times. */
  readonly replaysAtOnce: number;
  /** Another one each time; the end of an id. */
  readonly newId: () => string;
  readonly warn: (fields: Readonly<Record<string, string>>, event: string) => void;
  /** Redis failed, so that nothing is known of the case in hand. */
  readonly isRedisFault: (error: unknown) => boolean;
}

/** What is started: the cases of a filter, or exactly what a preview showed. */
type BulkSubject = { readonly filter: BulkFilter } | { readonly preview: string };

export type BulkRequest = Actor &
  BulkSubject & {
    readonly reason: string;
    /** Replays per minute. */
    readonly perMinute: number;
  };

export type BulkStarted =
  | { readonly kind: 'started'; readonly id: string }
  /** One runs at a time. */
  | { readonly kind: 'busy'; readonly running: Bulk | null }
  | { readonly kind: 'not_found' }
  /** It was started, stopped or is not ready. */
  | { readonly kind: 'moved'; readonly bulk: Bulk };

export interface Bulks {
  /** Makes the list of cases and asks Bootpay what would become of them. Answers the id at once. */
  preview(by: Actor, filter: BulkFilter): Promise<string>;
  start(request: BulkRequest): Promise<BulkStarted>;
  /** Waits for the cases in hand. null: there is no such bulk. */
  stop(id: string, by: Actor): Promise<Bulk | null>;
  read(id: string): Promise<Bulk | null>;
  /** The latest first. */
  recent(limit: number): Promise<readonly Bulk[]>;
  /** In the order of the list, from a place on. */
  cases(id: string, from: number, limit: number): Promise<readonly BulkCase[]>;
  /** How many cases fit the filter since the list was made, and are not taken; null: it is not made yet. */
  newlyFitting(bulk: Bulk): Promise<number | null>;
  /** This process works from now on on what anybody has started, or only on one. */
  work(only?: string): BulkWork;
}
