// How long a connection may be silent.
import { expect, it } from 'vitest';
import { longestBlockMs } from '../../src/outcome-events/forward.ts';
import { patience } from '../../src/redis/connection.ts';

/** BullMQ's longest BZPOPMIN (`maximumBlockTimeout`) and the second after which it gives up by itself. */
const bullmqBlockMs = 11_000;
/** The longest pause before a connection is tried again. */
const pauseMs = 2_000;

it.each(Object.entries(patience))('a dead connection of %s is made anew within 30 s', (_kind, one) => {
  const { silentMs, connectMs } = one;
  expect(silentMs + pauseMs + connectMs).toBeLessThanOrEqual(30_000);
});

it('is longer than any read that blocks', () => {
  expect(patience.wait.silentMs).toBeGreaterThan(Math.max(bullmqBlockMs, longestBlockMs));
});

it('of what answers people ends before its commands do', () => {
  expect(patience.fail.silentMs).toBeLessThan(5_000);
});
