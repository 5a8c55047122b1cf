// A refund that was looked up and may not be sent gives its receipt back, and what the look-up has shown stays known.
import { expect, it } from 'vitest';
import type { RateLimiter } from '../../src/domain/rate-limiter.ts';
import type { CommitResult, Transition } from '../../src/domain/transition.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { callOnce } from '../../src/worker/call-once.ts';
import type { WorkerDeps } from '../../src/worker/ports.ts';
import { emptyAccount, now, refundWith, settings, totals } from '../policies/refunds.ts';
import { impatientLimiter } from '../support/impatient-limiter.ts';

const shut: RateLimiter = { ...impatientLimiter, acquire: async () => null };

it.each<[string, CommitResult | null]>([
  ['a person holds the lane', { kind: 'lane_held', by: 'person' }],
  ['the credentials are refused', { kind: 'lane_held', by: 'credentials' }],
  ['the rate limiter is shut', null],
])('what was seen before the call stays known where %s', async (_, answer) => {
  const transitions: Transition[] = [];
  const commit = async (transition: Transition): Promise<CommitResult> => {
    transitions.push(transition);
    const isFirst = transitions.length === 1;
    return isFirst && answer !== null ? answer : { kind: 'done', nextWaiter: null, receiptVersion: 1 };
  };
  const deps = {
    ledger: { commit },
    rateLimiter: answer === null ? shut : impatientLimiter,
    clock: { now: () => now, jumpedAt: () => null, steadySince: () => 0 },
    chance: () => 0,
    settings,
    log: silentLogger(),
    stopping: new AbortController().signal,
  } as unknown as WorkerDeps;
  const activation = {
    refund: refundWith(),
    account: emptyAccount,
    sealedAccount: null,
    seen: { totalWon: 3_000 },
    about: null,
    jobId: 'job',
    activations: 1,
  } as const;
  await callOnce(deps, activation, { kind: 'send', totalsBefore: totals(3_000, 0, 500) });
  expect(transitions.at(-1)).toMatchObject({ lock: 'release', seen: { totalWon: 3_000 } });
});
