// Nothing stands in the way of refunds.
import type { Obstacles } from '../../src/policies/waiting-for.ts';

export const noObstacles: Obstacles = {
  workersRunning: 1,
  lane: { person: false, credentials: false },
  silentSince: null,
  pausedUntil: null,
};
