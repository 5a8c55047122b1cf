// A call gate that lets everything through; who is told to wait leaves.
import type { RateLimiter } from '../../src/domain/ports.ts';
import { isWait } from '../../src/rate-limiter/rate-limiter.ts';

export const impatientLimiter: RateLimiter = {
  acquire: async () => true,
  async askInLine(_kind, question) {
    const answer = await question();
    return isWait(answer) ? null : answer;
  },
  report: () => undefined,
  noteFailures: () => undefined,
};
