// The referee: judges each written move by the design's own rules, from what it has itself seen of the receipt, the
// reply and the activation. What it knows of a receipt is added up from confirmed writes, never read from the ledger.
import type { PolicySettings } from '../src/domain/decision.ts';
import type { Change } from '../src/domain/ports.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { CancelReply } from '../src/domain/reply.ts';
import { fromACase } from './person-rules.ts';
import { answeredWon, type Known } from './reading.ts';
import { everyMove, mostActivations, type Question, type Rule } from './rules.ts';
import { fromUnknown } from './unknown-rules.ts';
import { afterTheCall, beforeSending } from './worker-rules.ts';

export interface Referee {
  /** An activation has taken the receipt's hold. */
  began(actor: string, ids: Pick<Refund, 'refundId' | 'receiptId'>): void;
  /** An activation asks for its receipt. */
  looksUp(actor: string): void;
  heard(refundId: string, attempt: number, reply: CancelReply): void;
  lastHeard(refund: Refund): CancelReply | null;
  reconciled(receiptId: string, totalWon: number): void;
  /** A person's hold of the lane begins or ends. */
  laneHeld(held: boolean): void;
  judge(before: Refund, change: Change, called: boolean): void;
  known(receiptId: string): Known;
  /** Redis forgot: calling the answer forgets too. */
  snapshot(): () => void;
}

export interface RefereeDeps {
  readonly now: () => number;
  readonly settings: PolicySettings;
  readonly fail: (what: string) => void;
  /** Have our credentials been refused for every receipt, for a while? */
  readonly lockedOut: () => boolean;
}

const nothing: Known = { settledWon: 0, highestWon: 0 };

const rules: Readonly<Record<Refund['state'], Rule>> = {
  queued: beforeSending,
  waiting_retry: beforeSending,
  sending: afterTheCall,
  unknown: fromUnknown,
  dead_lettered: fromACase,
  succeeded: () => [],
  resolved: () => [],
};

export function createReferee({ now, settings, fail, lockedOut }: RefereeDeps): Referee {
  let receipts = new Map<string, Known>();
  const begun = new Map<string, Known>();
  /** By receipt: what reconciliations saw since somebody last took its hold. */
  const sightings = new Map<string, { readonly at: number; readonly totalWon: number }[]>();
  const activations = new Map<string, number>();
  const activationOf = new Map<string, number>();
  const heard = new Map<string, CancelReply>();
  let laneIsHeld = false;
  let failedOver = false;

  const known = (receiptId: string) => receipts.get(receiptId) ?? nothing;
  const lastHeard = ({ refundId, attempts }: Refund) => heard.get(`${refundId} ${attempts.length}`) ?? null;

  function questionOf(before: Refund, change: Change, called: boolean): Question {
    const { refund } = change;
    const { refundId, receiptId, lastLookUp } = refund;
    const fresh = lastLookUp !== null && lastLookUp.at !== before.lastLookUp?.at;
    return {
      before,
      refund,
      change,
      called,
      settings,
      failedOver,
      decidedAt: change.history.at,
      begun: begun.get(refundId) ?? nothing,
      known: known(receiptId),
      receipt: fresh ? lastLookUp.receipt : null,
      heard: failedOver ? null : lastHeard(refund),
      activations: activations.get(refundId) ?? 0,
    };
  }

  /** Drift: less than we settled, seen twice a settle window apart, with nobody on the receipt in between. */
  function* judgeDrift({ refund, change, known: { settledWon } }: Question): Iterable<string> {
    if (change.history.who !== 'reconcile' || failedOver) return;
    const seen = sightings.get(refund.receiptId) ?? [];
    const long = seen.some(
      ({ at, totalWon }) => totalWon < settledWon && now() - at >= settings.settleWindowMs,
    );
    const short = (seen.at(-1)?.totalWon ?? 0) < settledWon;
    if (!long || !short) yield 'is called a drift without two look-ups that show it';
  }

  /** A person's hold stops cancels; refused credentials are nobody's refund's fault. */
  function* judgeLane({ before, refund }: Question): Iterable<string> {
    if (refund.state === 'sending' && laneIsHeld && !failedOver)
      yield 'is sent while a person holds the lane';
    const blamed = refund.deadLetter?.code === 'TOKEN_KEY_INVALID' && before.state !== 'dead_lettered';
    if (blamed && lockedOut()) yield 'is blamed for our credentials';
  }

  /** The totals of an answer that agreed and was written; one that was lost on its way is nobody's knowledge. */
  function writtenAnswer(refund: Refund) {
    const reply = lastHeard(refund);
    const last = refund.attempts.at(-1);
    if (reply?.kind !== 'accepted' || last?.outcome?.reply !== 'accepted') return null;
    return answeredWon(last, reply) === null ? null : reply.body;
  }

  function remember({ refund, change, receipt }: Question): void {
    const before = known(refund.receiptId);
    const told = change.from === 'sending' ? writtenAnswer(refund) : null;
    receipts.set(refund.receiptId, {
      settledWon: before.settledWon + change.settledWon,
      highestWon: Math.max(before.highestWon, receipt?.cancelledWon ?? 0, told?.cancelledWon ?? 0),
    });
    if (refund.state !== 'sending') activations.delete(refund.refundId);
  }

  return {
    known,
    lastHeard,
    began(actor, { refundId, receiptId }) {
      begun.set(refundId, known(receiptId));
      sightings.delete(receiptId);
      const count = (activations.get(refundId) ?? 0) + 1;
      activations.set(refundId, count);
      activationOf.set(actor, count);
    },
    looksUp(actor) {
      const count = activationOf.get(actor) ?? 0;
      if (count > mostActivations && !failedOver) fail(`${actor} is activation ${count} without progress`);
    },
    heard: (refundId, attempt, reply) => void heard.set(`${refundId} ${attempt}`, reply),
    reconciled(receiptId, totalWon) {
      sightings.set(receiptId, [...(sightings.get(receiptId) ?? []), { at: now(), totalWon }]);
    },
    laneHeld(held) {
      laneIsHeld = held;
    },
    judge(before, change, called) {
      const question = questionOf(before, change, called);
      if (change.refund.version !== before.version) {
        for (const rule of [everyMove, rules[before.state], judgeDrift, judgeLane]) {
          for (const wrong of rule(question)) fail(`${change.refund.refundId} ${wrong}`);
        }
      }
      remember(question);
    },
    snapshot() {
      const kept = new Map(receipts);
      return () => {
        failedOver = true;
        receipts = kept;
      };
    },
  };
}
