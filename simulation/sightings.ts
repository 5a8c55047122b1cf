// What reconciliations were shown, and what may follow from it: money was only taken back where two look-ups, a settle
// window apart, show less than before on a receipt that nothing moved meanwhile and no refund held, but for one that
// stands still: a case, or one that only waits for a look-up that is not stale.
import type { PolicySettings } from '../src/domain/decision.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { Receipt } from '../src/domain/reply.ts';
import type { Receipts } from './receipts.ts';
import type { Move } from './rules.ts';
import type { Actor } from './scheduler.ts';

interface Sightings {
  asked(actor: Actor, receiptId: string): void;
  shown(actor: Actor, receipt: Receipt): void;
  judgeDrift(actor: Actor, move: Move): void;
  judgeLowered(actor: Actor, receiptId: string, totalWon: number): void;
}

interface Sighting {
  readonly askedAt: number;
  readonly shownAt: number;
  readonly totalWon: number;
  /** What was known of the receipt when it was asked for; null: it was held. */
  readonly change: number | null;
}

interface SightingsDeps {
  readonly receipts: Receipts;
  readonly now: () => number;
  readonly settings: PolicySettings;
  readonly fail: (what: string) => void;
  readonly record: (refundId: string) => Refund | undefined;
}

export function createSightings({ receipts, now, settings, fail, record }: SightingsDeps): Sightings {
  const all = new Map<string, Sighting[]>();
  const begun = new WeakMap<Actor, Pick<Sighting, 'askedAt' | 'change'>>();
  const last = new WeakMap<Actor, Sighting>();

  const standsStill = (holder: string) => {
    const { state, staleSince = null } = record(holder) ?? {};
    return state === 'dead_lettered' || (staleSince !== null && state !== 'sending');
  };
  const freeAt = (receiptId: string) => {
    const holder = receipts.holder(receiptId);
    return holder === null || standsStill(holder) ? receipts.known(receiptId).change : null;
  };

  /** The last one shows less than `thanWon`, and so did one a settle window before it, with nothing in between. */
  function isTwice(actor: Actor, receiptId: string, thanWon: number): boolean {
    const latest = last.get(actor);
    if (latest === undefined || latest.change === null || latest.totalWon >= thanWon) return false;
    return (all.get(receiptId) ?? []).some(
      ({ shownAt, totalWon, change }) =>
        totalWon < thanWon && change === latest.change && latest.askedAt - shownAt >= settings.settleWindowMs,
    );
  }

  return {
    asked(actor, receiptId) {
      begun.set(actor, { askedAt: now(), change: freeAt(receiptId) });
    },
    shown(actor, { receiptId, cancelledWon }) {
      const { askedAt, change } = begun.get(actor) ?? { askedAt: now(), change: null };
      const still = freeAt(receiptId) === change;
      const sighting = { askedAt, shownAt: now(), totalWon: cancelledWon, change: still ? change : null };
      last.set(actor, sighting);
      all.set(receiptId, [...(all.get(receiptId) ?? []), sighting]);
    },
    judgeDrift(actor, { refund, before, change, begun: { settledWon, change: since } }) {
      // The money of the cases before it in the same look-up was taken back already.
      const first = last.get(actor)?.change === since;
      const { receiptId, refundId } = refund;
      if (first && !isTwice(actor, receiptId, settledWon))
        fail(`${refundId} is called a drift without two look-ups that show it`);
      const takenBackWon = -change.settledWon;
      if (before.settledWon === null || takenBackWon !== before.settledWon)
        fail(`${refundId} is called a drift of ${takenBackWon} won`);
      if (change.seen?.totalWon !== last.get(actor)?.totalWon || change.lowersHighest !== true)
        fail(`${refundId} is called a drift, and look-ups stay stale`);
    },
    judgeLowered(actor, receiptId, totalWon) {
      const { highestWon, settledWon } = receipts.known(receiptId);
      const than = Math.max(highestWon, settledWon);
      if (totalWon !== last.get(actor)?.totalWon || !isTwice(actor, receiptId, than))
        fail(`${receiptId} is shown with ${totalWon} won from now on without two look-ups that show it`);
    },
  };
}
