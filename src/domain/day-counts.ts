// What happened on one day in Seoul, hour by hour.

const countKinds = [
  'accepted',
  'succeeded',
  'unaided',
  'won',
  'dead_lettered',
  'replayed',
  'resolved',
] as const;
export type CountKind = (typeof countKinds)[number];

/** `unaided`: of those that succeeded, the ones that never were a case. `won`: what was settled, less what drifts took out again. All else are moves. */
export type Counts = Readonly<Record<CountKind, number>>;

export interface DayCounts {
  /** Such as 2026-11-29. */
  readonly day: string;
  /** 24 of them, from midnight in Seoul on. */
  readonly hours: readonly Counts[];
  readonly totals: Counts;
}
