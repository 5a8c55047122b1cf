// Where the keys of refund accounts come from, and what the processes of one Redis do with theirs.
import type { DataKey } from './event.ts';

export interface DataKeys {
  /** Names the folder in which a key is made where none is configured; null: none is made. */
  readonly folder: string | null;
  /** Those that are there now, the one that seals first. None is made. */
  known(): Promise<readonly DataKey[]>;
  /** As `known`; where none is there, one is made if that may be. */
  toSeal(): Promise<readonly DataKey[]>;
}

export function fixedDataKeys(keys: readonly DataKey[]): DataKeys {
  return { folder: null, known: async () => keys, toSeal: async () => keys };
}

/** A key as other processes see it. `print` tells two keys of one id apart. */
export interface KeyName {
  readonly id: string;
  readonly print: string;
}

export interface OwnKeys {
  /** The one that seals first. */
  readonly keys: readonly KeyName[];
  /** As in `DataKeys`. */
  readonly folder: string | null;
}

export interface KeyUse {
  /** Those that accounts were sealed with in the last days. */
  readonly sealing: readonly KeyName[];
  /** What the workers that run open accounts with. */
  readonly workers: readonly OwnKeys[];
}

/** Why no account is sealed. `ids`: of the keys that others seal with. */
export type SealObstacle =
  | { readonly kind: 'no_key' }
  | { readonly kind: 'other_key'; readonly ids: readonly string[] };
