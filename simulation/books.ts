// What the ledger has to have counted, and kept of people's acts: added up from confirmed writes by a reading of its own.
import type { Refund } from '../src/domain/refund.ts';
import type { Transition } from '../src/domain/transition.ts';

export interface Books {
  /** By day, kind and hour in Seoul, such as `2026-11-29 won:09`. */
  readonly counts: ReadonlyMap<string, number>;
  /** Moves of a person, by refund. */
  readonly acts: ReadonlyMap<string, number>;
  /** Ends, and ends that were taken back: day, refund, version, states and won, such as `2026-11-29 rf_… v3 sending succeeded 500`. */
  readonly ends: ReadonlySet<string>;
  accepted(refund: Refund): void;
  moved(before: Refund, change: Transition): void;
  snapshot(): () => void;
}

const kinds: Readonly<Record<string, string>> = {
  succeeded: 'succeeded',
  dead_lettered: 'dead_lettered',
  resolved: 'resolved',
};

export function createBooks(): Books {
  const counts = new Map<string, number>();
  const acts = new Map<string, number>();
  /** How often each refund was a case; 0 as long as no person could have helped it. */
  const cases = new Map<string, number>();
  const ends = new Set<string>();
  const add = (map: Map<string, number>, key: string, more: number) =>
    void map.set(key, (map.get(key) ?? 0) + more);
  const seoul = (at: number) => new Date(at + 9 * 3_600_000).toISOString().split('T');
  const count = (at: number, kind: string, more = 1) => {
    const [day, time = ''] = seoul(at);
    add(counts, `${day} ${kind}:${time.slice(0, 2)}`, more);
  };

  return {
    counts,
    acts,
    ends,
    accepted: ({ acceptedAt }) => count(acceptedAt, 'accepted'),
    moved(before, { refund, history, settledWon }) {
      if (settledWon !== 0) count(history.at, 'won', settledWon);
      if (refund.version === before.version || refund.state === before.state) return;
      const { refundId, version, state } = refund;
      if ([before.state, state].some((one) => one === 'succeeded' || one === 'resolved'))
        ends.add(`${seoul(history.at)[0]} ${refundId} v${version} ${before.state} ${state} ${settledWon}`);
      const kind = kinds[refund.state];
      if (kind !== undefined) count(history.at, kind);
      if (kind === 'dead_lettered') add(cases, refund.refundId, 1);
      if (kind === 'succeeded' && !cases.has(refund.refundId)) count(history.at, 'unaided');
      if (before.state !== 'dead_lettered') return;
      if (refund.state === 'queued') count(history.at, 'replayed');
      add(acts, refund.refundId, 1);
    },
    snapshot() {
      const kept = [new Map(counts), new Map(acts), new Map(cases)] as const;
      const keptEnds = [...ends];
      return () => {
        ends.clear();
        for (const end of keptEnds) ends.add(end);
        for (const [map, old] of [
          [counts, kept[0]],
          [acts, kept[1]],
          [cases, kept[2]],
        ] as const) {
          map.clear();
          for (const [key, value] of old) map.set(key, value);
        }
      };
    },
  };
}
