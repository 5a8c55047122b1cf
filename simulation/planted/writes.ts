// Planted bugs in the ledger's writes, and in what is enqueued for them.
import { readReceipt } from '../../src/ledger/read.ts';
import type { PlantedBug } from '../planted-bugs.ts';

export const writes: readonly PlantedBug[] = [
  {
    name: 'lock dropped',
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
  {
    name: 'the version ignored',
    found: { scenario: 'plain', within: 300, shows: /became v|written twice|was rewritten|moved from/ },
    replaces: {
      'ledger/commit.ts#commit': (real) => async (deps, transition, options) => {
        const version = await deps.redis.hget(deps.keys.refund(transition.refund.refundId), 'version');
        return real(deps, { ...transition, comparedVersion: Number(version) }, options);
      },
    },
  },
  {
    name: 'the same event accepted twice',
    found: { scenario: 'plain', within: 100, shows: /moved from null|written|became/ },
    replaces: {
      'ledger/accept.ts#accept': (real) => async (deps, batch) => {
        for (const { refund } of batch) await deps.redis.del(deps.keys.refund(refund.refundId));
        return real(deps, batch);
      },
    },
  },
  {
    name: 'a lost job is never enqueued again',
    found: { scenario: 'plain', within: 300, shows: /it is quiet/ },
    replaces: {
      'worker/sweeper.ts#createSweep': (real) => (deps, options, signal) =>
        real({ ...deps, revive: async () => undefined }, options, signal),
    },
  },
  {
    name: 'a job given up because another writer was first',
    found: { scenario: 'plain', within: 100, shows: /and its job ends/ },
    replaces: {
      'worker/refund-job.ts#runRefundJob': (real) => async (deps, job) => {
        const { ledger } = deps;
        let overtaken = false;
        const commit: typeof ledger.commit = async (transition, options) => {
          const result = await ledger.commit(transition, options);
          overtaken = result.kind === 'moved' || result.kind === 'disturbed';
          return result;
        };
        const result = await real({ ...deps, ledger: { ...ledger, commit } }, job);
        return overtaken ? { kind: 'done' } : result;
      },
    },
  },
  {
    name: 'a cancel_id of two refunds',
    found: { scenario: 'plain', within: 100, shows: /belongs to two refunds/ },
    replaces: {
      'ledger/accept.ts#accept': (real) => async (deps, batch) => {
        for (const { refund } of batch) await deps.redis.del(deps.keys.cancelId(refund.firstCancelId));
        return real(deps, batch);
      },
    },
  },
  {
    name: 'what follows from a look-up written although the receipt has moved on',
    found: { scenario: 'by-hand', within: 300, shows: /the receipt has moved on since/ },
    replaces: {
      'ledger/commit.ts#commit':
        (real) =>
        async (deps, transition, { lookedAt, ...options }) => {
          if (lookedAt === undefined) return real(deps, transition, options);
          const { version } = await readReceipt(deps.redis, deps.keys, transition.refund.receiptId);
          return real(deps, transition, { ...options, lookedAt: { ...lookedAt, receiptVersion: version } });
        },
    },
  },
  {
    name: 'what follows from a look-up written while another refund has the lock',
    found: { scenario: 'by-hand', within: 1_200, shows: /while another holds the receipt/ },
    replaces: {
      'ledger/commit.ts#commit':
        (real) =>
        (deps, transition, { lookedAt, ...options }) =>
          real(
            deps,
            transition,
            lookedAt === undefined ? options : { ...options, lookedAt: { ...lookedAt, lock: 'any' } },
          ),
    },
  },
  {
    name: 'a reply written over an attempt that another process made anew',
    found: { scenario: 'failover', within: 300, shows: /was rewritten|left sending although/ },
    replaces: {
      'ledger/commit.ts#commit': (real) => async (deps, transition, options) => {
        const { refund, from: state, comparedVersion } = transition;
        const record = deps.keys.refund(refund.refundId);
        const attempt = String(refund.attempts.at(-1)?.sentAt);
        // What else is compared is made to agree.
        if (Number(await deps.redis.hget(record, 'version')) === comparedVersion)
          await deps.redis.hset(record, { state, attempt });
        return real(deps, transition, options);
      },
    },
  },
  {
    name: 'a beginning stops the other live jobs of its refund',
    found: {
      scenario: 'repeated-events',
      within: 100,
      shows: /is refused a write, and its receipt is as it was/,
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
  {
    name: 'activations of several jobs counted together',
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
  {
    name: 'a repeated event enqueues a job under a name of its own',
    found: { scenario: 'repeated-events', within: 100, shows: /is rung as/ },
    replaces: {
      'producer/enqueue.ts#createEnqueue': (real) => (deps) =>
        real({
          ...deps,
          enqueueJobs: (requests) =>
            deps.enqueueJobs(requests.map((request) => ({ ...request, jobId: null }))),
        }),
    },
  },
  {
    name: 'a beginning that comes late shortens a wait',
    found: { scenario: 'plain', within: 1_000, shows: /before its wake-up|was rewritten/ },
    replaces: {
      'ledger/begin.ts#begin': (real) => async (deps, request) => {
        const record = deps.keys.refund(request.refundId);
        const begun = await real(deps, request);
        const written = Number(await deps.redis.hget(record, 'written'));
        if (begun.kind !== 'early' || written <= request.now + 1_000) return begun;
        await deps.redis.hset(record, { wake: request.now + begun.at - written });
        return real(deps, request);
      },
    },
  },
];
