// What a history leaves behind that the judgement at its end rests on: which case was closed and when, since when a refund's
// growth is measured, where money was found missing.
import type { Refund } from '../src/domain/refund.ts';
import { sameStart } from './reading.ts';

export interface Traces {
  /** When a person closed a case, and as what. */
  readonly closings: readonly Closing[];
  /** By refund: when the look-up was made that its growth is measured from. */
  readonly startedAt: ReadonlyMap<string, number>;
  /** When money was found missing, by receipt. */
  readonly drifts: readonly { readonly receiptId: string; readonly at: number }[];
  /** By refund: when a person sent it back; and with an acknowledgement that its record carries. */
  readonly replayedAt: ReadonlyMap<string, readonly number[]>;
  readonly acknowledgedAt: ReadonlyMap<string, readonly number[]>;
  moved(before: Refund, refund: Refund): void;
}

interface Closing {
  readonly refundId: string;
  readonly receiptId: string;
  readonly at: number;
  /** `replay`: not closed, but sent back. */
  readonly as: string;
  readonly wasDrift: boolean;
}

export function createTraces(now: () => number): Traces {
  const closings: Closing[] = [];
  const startedAt = new Map<string, number>();
  const drifts: { receiptId: string; at: number }[] = [];
  const replayedAt = new Map<string, number[]>();
  const acknowledgedAt = new Map<string, number[]>();
  const add = (times: Map<string, number[]>, refundId: string) =>
    times.set(refundId, [...(times.get(refundId) ?? []), now()]);

  function closed(
    { deadLetter }: Refund,
    { refundId, receiptId, state, resolution, acknowledged }: Refund,
  ): void {
    const as = state === 'queued' ? 'replay' : (resolution?.outcome ?? 'already_refunded');
    closings.push({ refundId, receiptId, at: now(), as, wasDrift: deadLetter?.case === 'drift' });
    if (as !== 'replay') return;
    add(replayedAt, refundId);
    if (acknowledged) add(acknowledgedAt, refundId);
  }

  return {
    closings,
    startedAt,
    drifts,
    replayedAt,
    acknowledgedAt,
    moved(before, refund) {
      const { refundId, receiptId, lastLookUp, deadLetter, state } = refund;
      if (!sameStart(before.totalsBefore, refund.totalsBefore))
        startedAt.set(refundId, lastLookUp?.at ?? now());
      if (deadLetter?.case === 'drift' && before.deadLetter === null) drifts.push({ receiptId, at: now() });
      if (before.state === 'dead_lettered' && state !== 'dead_lettered') closed(before, refund);
    },
  };
}
