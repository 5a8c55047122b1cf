// Planted bugs in the ledger's writes, and in what is enqueued for them.

import type { Refund } from '../../src/domain/refund.ts';
import type { CommitOptions, Transition } from '../../src/domain/transition.ts';
import { recordAction } from '../../src/ledger/actions.ts';
import type { LedgerDeps } from '../../src/ledger/commit.ts';
import { readReceipt, readRefund } from '../../src/ledger/read.ts';
import type { Keys } from '../../src/redis/keys.ts';
import type { PlantedBugs, Replacements } from '../planted-bugs.ts';
import { andThen } from './changed.ts';

type LookedAt = NonNullable<CommitOptions['lookedAt']>;

/** Writes that follow from a look-up compare something else. */
function lookedAtAs(
  change: (deps: LedgerDeps, transition: Transition, lookedAt: LookedAt) => Promise<LookedAt>,
): Replacements {
  return {
    'ledger/commit.ts#commit': (real) => async (deps, transition, options) => {
      const { lookedAt } = options;
      const changed = lookedAt && { lookedAt: await change(deps, transition, lookedAt) };
      return real(deps, transition, { ...options, ...changed });
    },
  };
}

/** Keys of an event are gone before it is stored. */
function storedWithout(keyOf: (keys: Keys, refund: Refund) => string): Replacements {
  return {
    'ledger/accept.ts#accept': (real) => async (deps, batch) => {
      await deps.redis.del(...batch.map(({ refund }) => keyOf(deps.keys, refund)));
      return real(deps, batch);
    },
  };
}

export const writes: PlantedBugs = {
  'lock dropped': {
    found: { scenario: 'no-id-guard', within: 300, shows: /is sent while|is refused a write/ },
    replaces: {
      'ledger/begin.ts#begin': (real) => async (deps, request) => {
        const begun = await real(deps, request);
        if (begun.kind !== 'receipt_held') return begun;
        await deps.redis.hdel(deps.keys.receipt(request.receiptId), 'lock');
        return real(deps, request);
      },
    },
  },
  'the version ignored': {
    found: { scenario: 'plain', within: 300, shows: /became v|written twice|was rewritten|moved from/ },
    replaces: {
      'ledger/commit.ts#commit': (real) => async (deps, transition, options) => {
        const stored = await readRefund(deps.redis, deps.keys, transition.refund.refundId);
        return real(deps, { ...transition, comparedVersion: stored?.version ?? 0 }, options);
      },
    },
  },
  'the same event accepted twice': {
    found: { scenario: 'plain', within: 100, shows: /moved from null|written|became/ },
    replaces: storedWithout((keys, refund) => keys.refund(refund.refundId)),
  },
  'a case that stands where its first look-up put it': {
    found: { scenario: 'plain', within: 300, shows: /by amount, not at/ },
    replaces: {
      'ledger/case-places.ts#placeOf': (real) => (refund) => ({
        ...real(refund),
        amount: real({ ...refund, lastLookUp: null }).amount,
      }),
    },
  },
  'a resolve that is not counted': {
    found: { scenario: 'plain', within: 300, shows: /resolved:.* is counted as/ },
    replaces: {
      'ledger/day-counts.ts#countsOf': (real) => (change) => {
        const { resolved: _, ...others } = real(change);
        return others;
      },
    },
  },
  'an act that is kept for itself, not with the write': {
    found: { scenario: 'plain', within: 300, shows: /acts are kept/ },
    replaces: {
      'ledger/commit.ts#commit':
        (real) =>
        async (deps, transition, { action, ...options }) => {
          if (action !== undefined) await recordAction(deps.redis, deps.keys, action);
          return real(deps, transition, options);
        },
    },
  },
  'a lost job is never enqueued again': {
    found: { scenario: 'plain', within: 300, shows: /it is quiet/ },
    replaces: {
      'worker/sweeper.ts#createSweep': (real) => (deps, options, signal) =>
        real({ ...deps, revive: async () => undefined }, options, signal),
    },
  },
  'a job given up because another writer was first': {
    found: { scenario: 'plain', within: 100, shows: /and its job ends/ },
    replaces: {
      'worker/refund-job.ts#runRefundJob': (real) => async (deps, job) => {
        let overtaken = false;
        const commit = andThen(deps.ledger.commit, ({ kind }) => {
          overtaken = kind === 'moved' || kind === 'disturbed';
        });
        const result = await real({ ...deps, ledger: { ...deps.ledger, commit } }, job);
        return overtaken ? { kind: 'done' } : result;
      },
    },
  },
  'a cancel_id of two refunds': {
    found: { scenario: 'plain', within: 100, shows: /belongs to two refunds/ },
    replaces: storedWithout((keys, refund) => keys.cancelId(refund.firstCancelId)),
  },
  'what follows from a look-up written although the receipt has moved on': {
    found: { scenario: 'by-hand', within: 300, shows: /the receipt has moved on since/ },
    replaces: lookedAtAs(async (deps, { refund }, lookedAt) => {
      const { version } = await readReceipt(deps.redis, deps.keys, refund.receiptId);
      return { ...lookedAt, receiptVersion: version };
    }),
  },
  'what follows from a look-up written while another refund has the lock': {
    found: { scenario: 'delayed-writes', within: 600, shows: /while another refund has the receipt lock/ },
    replaces: lookedAtAs(async (_deps, _transition, lookedAt) => ({ ...lookedAt, lock: 'any' })),
  },
  'a reply written over an attempt that another process made anew': {
    found: { scenario: 'failover', within: 300, shows: /was rewritten|left sending although/ },
    replaces: {
      'ledger/commit.ts#commit': (real) => async (deps, transition, options) => {
        const { refund, from: state, comparedVersion } = transition;
        const stored = await readRefund(deps.redis, deps.keys, refund.refundId);
        const attempt = String(refund.attempts.at(-1)?.sentAt);
        // What else is compared is made to agree.
        if (stored?.version === comparedVersion)
          await deps.redis.hset(deps.keys.refund(refund.refundId), { state, attempt });
        return real(deps, transition, options);
      },
    },
  },
  'a beginning stops the other live jobs of its refund': {
    found: {
      scenario: 'repeated-events',
      within: 100,
      shows: /is refused a write, and its receipt is as it was|has another version, and nothing has changed/,
    },
    replaces: {
      'ledger/begin.ts#begin': (real) => async (deps, request) => {
        const begun = await real(deps, request);
        if (begun.kind !== 'go') return begun;
        const version = await deps.redis.hincrby(deps.keys.receipt(request.receiptId), 'version', 1);
        return { ...begun, account: { ...begun.account, version } };
      },
    },
  },
  'activations of several jobs counted together': {
    found: { scenario: 'repeated-events', within: 300, shows: /is poison after/ },
    replaces: {
      'ledger/begin.ts#begin': (real) => async (deps, request) => {
        const begun = await real(deps, request);
        if (begun.kind !== 'go') return begun;
        const counts = await deps.redis.hget(deps.keys.refund(request.refundId), 'activations');
        const each = [...(counts ?? '').matchAll(/=(\d+)/g)].map(([, count]) => Number(count));
        return { ...begun, activations: each.reduce((sum, count) => sum + count, 0) };
      },
    },
  },
  'a repeated event enqueues a job under a name of its own': {
    found: { scenario: 'repeated-events', within: 100, shows: /is enqueued as/ },
    replaces: {
      'producer/enqueue.ts#createEnqueue': (real) => (deps) =>
        real({
          ...deps,
          enqueueJobs: (requests) =>
            deps.enqueueJobs(requests.map((request) => ({ ...request, jobId: null }))),
        }),
    },
  },
  'a beginning that comes late shortens a wait': {
    found: { scenario: 'delayed-writes', within: 300, shows: /before its wake-up|was rewritten/ },
    replaces: {
      'ledger/begin.ts#begin': (real) => async (deps, request) => {
        const record = deps.keys.refund(request.refundId);
        const begun = await real(deps, request);
        const written = Number(await deps.redis.hget(record, 'written'));
        if (begun.kind !== 'early' || written <= request.now) return begun;
        await deps.redis.hset(record, { wake: request.now + begun.at - written });
        return real(deps, request);
      },
    },
  },
};
