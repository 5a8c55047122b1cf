// Watches the ledger until nothing is open any more, showing how far it is.
import { openStates } from '../src/domain/states.ts';
import { callsPerSecond, patienceMs } from './environment.ts';
import type { Progress } from './progress.ts';
import type { Shop } from './shop.ts';

const pollMs = 200;

/** False when patience ran out first. */
export async function untilNothingIsOpen(
  { system, permits }: Pick<Shop, 'system' | 'permits'>,
  progress: Progress,
  startedAt: number,
): Promise<boolean> {
  for (;;) {
    const { byState } = await system.ledger.counts();
    const elapsedMs = performance.now() - startedAt;
    // Our reading of Redis' clock may lie a little behind: a window must not be longer than a second for that.
    const aSecondAgo = Math.max(system.clock.now(), ...permits) - 1_000;
    const calls = permits.filter((at) => at > aSecondAgo).length;
    progress.show({ elapsedMs, byState, calls, callsPerSecond });
    if (openStates.every((state) => byState[state] === 0)) return true;
    if (elapsedMs > patienceMs) return false;
    await system.clock.sleep(pollMs);
  }
}
