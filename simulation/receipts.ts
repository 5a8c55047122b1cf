// What the referee knows of each receipt: added up from confirmed writes, never read from the ledger. Every change gets a
// number of its own, so that a look-up and the write that follows from it can be held against each other.

import type { LookUpReply, Receipt } from '../src/domain/reply.ts';
import type { CommitResult, Transition } from '../src/domain/transition.ts';
import type { Known } from './reading.ts';
import type { Actor } from './scheduler.ts';

export interface Receipts {
  known(receiptId: string): Known;
  holder(receiptId: string): string | null;
  /** How an actor came to what it does: since when it builds on the receipt, what it read of it, what it was shown. */
  view(actor: Actor, receiptId: string): View;
  /** An activation has taken the receipt lock. */
  taken(actor: Actor, ids: { readonly refundId: string; readonly receiptId: string }): void;
  read(actor: Actor, receiptId: string): void;
  asked(actor: Actor, receiptId: string): void;
  shown(actor: Actor, receiptId: string, reply: LookUpReply): void;
  written(
    actor: Actor,
    change: Transition,
    told: { readonly seenWon: readonly number[]; readonly tries: boolean },
  ): void;
  lowered(receiptId: string, totalWon: number): void;
  /** The version that the ledger answers with: another one after each change, the same without. */
  checkVersion(receiptId: string, answer: Extract<CommitResult, { kind: 'done' }>): void;
  snapshot(): () => void;
}

export interface View {
  readonly begun: Known;
  readonly read: Known;
  readonly saw: Receipt | null;
}

const nothing: Known = { settledWon: 0, highestWon: 0, marks: 0, openDrifts: 0, change: 0 };

export function createReceipts(fail: (what: string) => void): Receipts {
  let receipts = new Map<string, Known>();
  let holders = new Map<string, string>();
  let versions = new Map<string, { readonly change: number; readonly version: number }>();
  const views = new WeakMap<Actor, Map<string, View>>();
  /** Those that took the receipt lock look at the receipt from then on, however often they look it up. */
  const holding = new WeakMap<Actor, string>();
  const refused = new WeakSet<Actor>();
  let changes = 0;

  const known = (receiptId: string) => receipts.get(receiptId) ?? nothing;
  const view = (actor: Actor, receiptId: string): View =>
    views.get(actor)?.get(receiptId) ?? { begun: nothing, read: known(receiptId), saw: null };

  function look(actor: Actor, receiptId: string, more: Partial<View>): void {
    const own = views.get(actor) ?? new Map<string, View>();
    own.set(receiptId, { ...view(actor, receiptId), ...more });
    views.set(actor, own);
  }

  function change(receiptId: string, to: Omit<Known, 'change'>, tries: boolean): void {
    const from = known(receiptId);
    const numbers = ({ settledWon, highestWon, marks, openDrifts }: Omit<Known, 'change'>) =>
      [settledWon, highestWon, marks, openDrifts].join(' ');
    if (!tries && numbers(from) === numbers(to)) return;
    changes += 1;
    receipts.set(receiptId, { ...to, change: changes });
  }

  return {
    known,
    view,
    holder: (receiptId) => holders.get(receiptId) ?? null,
    taken(actor, { refundId, receiptId }) {
      holders.set(receiptId, refundId);
      holding.set(actor, receiptId);
      look(actor, receiptId, { begun: known(receiptId), read: known(receiptId), saw: null });
    },
    read: (actor, receiptId) => look(actor, receiptId, { read: known(receiptId) }),
    asked(actor, receiptId) {
      if (holding.get(actor) !== receiptId) look(actor, receiptId, { begun: known(receiptId), saw: null });
    },
    shown(actor, receiptId, reply) {
      // What is looked up after a refusal shows whose credentials are wrong, and no more.
      if (reply.kind === 'unauthorized') refused.add(actor);
      if (reply.kind === 'accepted' && !refused.has(actor)) look(actor, receiptId, { saw: reply.body });
    },
    written(actor, { refund, lock, settledWon, marks, openDrifts = 0, lowersHighest }, { seenWon, tries }) {
      const { receiptId, refundId } = refund;
      const before = known(receiptId);
      const seen = Math.max(0, ...seenWon);
      const to = {
        settledWon: before.settledWon + settledWon,
        highestWon: lowersHighest === true ? seen : Math.max(before.highestWon, seen),
        marks: before.marks + (marks === true ? 1 : 0),
        openDrifts: Math.max(before.openDrifts + openDrifts, 0),
      };
      const undisturbed = view(actor, receiptId).begun.change === before.change;
      change(receiptId, to, tries);
      const holder = holders.get(receiptId);
      if (lock === 'keep' && holder === undefined) holders.set(receiptId, refundId);
      if (lock === 'release' && holder === refundId) holders.delete(receiptId);
      // What others did between its look-up and a write that is not conditional stays unknown to it.
      look(actor, receiptId, { read: known(receiptId), ...(undisturbed && { begun: known(receiptId) }) });
    },
    lowered(receiptId, totalWon) {
      changes += 1;
      receipts.set(receiptId, { ...known(receiptId), highestWon: totalWon, change: changes });
      versions.delete(receiptId);
    },
    checkVersion(receiptId, { receiptVersion: version }) {
      const last = versions.get(receiptId);
      const { change: now } = known(receiptId);
      if (last !== undefined && last.change === now && last.version !== version)
        fail(`${receiptId} has another version, and nothing has changed`);
      if (last !== undefined && last.change !== now && last.version >= version)
        fail(`${receiptId} has changed, and its version ${version} has not grown`);
      versions.set(receiptId, { change: now, version });
    },
    snapshot() {
      const kept = { receipts: new Map(receipts), holders: new Map(holders), versions: new Map(versions) };
      return () => {
        ({ receipts, holders, versions } = kept);
      };
    },
  };
}
