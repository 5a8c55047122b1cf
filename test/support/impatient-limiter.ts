// A rate limiter that lets everything through.
import type { RateLimiter } from '../../src/domain/ports.ts';

export const impatientLimiter: RateLimiter = {
  acquire: async () => ({ at: 0 }),
  isFresh: () => true,
  report: () => undefined,
};
