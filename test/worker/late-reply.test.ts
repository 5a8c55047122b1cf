// A reply that comes after somebody else wrote the outcome changes nothing, and is kept as evidence whatever it says.
import { expect, it } from 'vitest';
import type { Activation } from '../../src/domain/ledger.ts';
import type { HistoryEntry } from '../../src/domain/refund.ts';
import type { CancelReply } from '../../src/domain/reply.ts';
import type { CommitResult, Transition } from '../../src/domain/transition.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { withoutOutcome } from '../../src/policies/transition.ts';
import { callOnce } from '../../src/worker/call-once.ts';
import type { WorkerDeps } from '../../src/worker/ports.ts';
import { receiptWith } from '../policies/receipts.ts';
import {
  emptyAccount,
  noAnswer,
  now,
  refundWith,
  settings,
  totals,
  unauthorized,
} from '../policies/refunds.ts';
import { impatientLimiter } from '../support/impatient-limiter.ts';

it.each([noAnswer, unauthorized])('a late reply is kept as evidence ($kind)', async (reply) => {
  const { deps, notes } = overtaken(reply);
  const ended = await callOnce(deps, activation, { kind: 'send', totalsBefore: totals() });
  expect(notes.map(({ what }) => what)).toEqual(['late reply to attempt 1']);
  expect(ended).toMatchObject({ kind: 'delayed', refund: null });
});

const activation: Activation = {
  refund: refundWith(),
  account: emptyAccount,
  sealedAccount: null,
  jobId: 'job',
  activations: 1,
  seen: null,
  about: null,
};

/** The attempt is written; by the time of the reply another process has called it cut off. */
function overtaken(reply: CancelReply) {
  const notes: HistoryEntry[] = [];
  const changes: Transition[] = [];
  const ledger: Partial<WorkerDeps['ledger']> = {
    commit: async (change): Promise<CommitResult> => {
      changes.push(change);
      return changes.length === 1
        ? { kind: 'done', nextWaiter: null, receiptVersion: 1 }
        : { kind: 'moved', version: 3, state: 'unknown' };
    },
    lastAnsweredReceipt: async () => activation.refund.receiptId,
    note: async (_id, entry) => void notes.push(entry),
    read: async () => {
      const [written] = changes;
      const refund = written === undefined ? null : withoutOutcome(written.refund);
      return {
        refund,
        unread: null,
        purged: false,
        state: 'unknown',
        version: 3,
        jobId: null,
        history: [],
      };
    },
  };
  const deps = {
    ledger,
    gateway: {
      cancel: async () => reply,
      lookUp: async () => ({ kind: 'accepted', httpStatus: 200, body: receiptWith() }),
    },
    rateLimiter: impatientLimiter,
    clock: { now: () => now, jumpedAt: () => null, steadySince: () => 0 },
    chance: () => 0,
    settings,
    log: silentLogger(),
    stopping: new AbortController().signal,
  } as unknown as WorkerDeps;
  return { deps, notes };
}
