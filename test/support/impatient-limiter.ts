// A rate limiter that lets everything through.
import type { RateLimiter } from '../../src/domain/rate-limiter.ts';

export const impatientLimiter: RateLimiter = {
  acquire: async () => ({ at: 0 }),
  isFresh: () => true,
  report: () => undefined,
};
