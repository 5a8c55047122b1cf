// A refund that was looked up and may not be sent gives its receipt back, and what the look-up has shown stays known.
import { expect, it } from 'vitest';
import type { Change, CommitResult } from '../../src/domain/ports.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import type { AttemptDeps } from '../../src/worker/ports.ts';
import { send } from '../../src/worker/send-cancel.ts';
import { emptyAccount, now, refundWith, settings, totals } from '../policies/refunds.ts';
import { impatientLimiter } from '../support/impatient-limiter.ts';

it.each<CommitResult>([
  { kind: 'lane_held', by: 'person' },
  { kind: 'lane_held', by: 'credentials' },
  { kind: 'wait', waitMs: 600_000 },
])('what was seen before the call is not forgotten with it ($kind)', async (answer) => {
  const changes: Change[] = [];
  const commit = async (change: Change): Promise<CommitResult> => {
    changes.push(change);
    return changes.length === 1
      ? answer
      : { kind: 'done', nextWaiter: null, permit: null, receiptVersion: 1 };
  };
  const deps = {
    ledger: { commit },
    rateLimiter: impatientLimiter,
    clock: { now: () => now, jumpedAt: () => null, steadySince: () => 0 },
    chance: () => 0,
    settings,
    log: silentLogger(),
    stopping: new AbortController().signal,
  } as unknown as AttemptDeps;
  const activation = {
    refund: refundWith(),
    account: emptyAccount,
    sealedAccount: null,
    jobId: 'job',
    activations: 1,
    permit: { kind: 'go', at: now },
    consecutiveFailures: 0,
  } as const;
  await send(deps, activation, { kind: 'send', totalsBefore: totals(3_000, 0, 500) });
  expect(changes.at(-1)).toMatchObject({ lock: 'release', seen: { totalWon: 3_000 } });
});
