// What a review needs, of a system that the test may change a part of.
import type { System } from '../../src/compose.ts';
import { createBulkStore } from '../../src/ledger/bulks.ts';
import { redisFault } from '../../src/redis/fault.ts';
import type { BulkDeps } from '../../src/review/bulk-ports.ts';
import type { ReviewDeps } from '../../src/review/ports.ts';

export function reviewDepsOf({
  ledger,
  gateway,
  rateLimiter,
  clock,
  config,
  refundQueue,
}: System): ReviewDeps {
  return {
    ...{ ledger, gateway, rateLimiter, now: clock.now, jumpedAt: clock.jumpedAt, sleep: clock.sleep },
    settings: config.policy,
    twoPeople: { thresholdWon: config.approvalThresholdWon, people: config.operators },
    ...{ enqueueJob: refundQueue.enqueueJob, wakeWaiter: refundQueue.wake, closeCase: refundQueue.closeCase },
  };
}

let ids = 0;

export function bulkDepsOf(system: System): BulkDeps {
  return {
    ...reviewDepsOf(system),
    store: createBulkStore(system.redis, system.config.redis.prefix),
    replaysAtOnce: 10,
    newId: () => {
      ids += 1;
      return ids.toString(16).padStart(24, '0');
    },
    warn: () => undefined,
    isRedisFault: (error) => redisFault(error) !== null,
  };
}
