// Watches the ledger until nothing is open any more, showing how far it is.
import { openStates } from '../src/domain/states.ts';
import { callsPerSecond, patienceMs } from './environment.ts';
import type { Progress } from './progress.ts';
import type { Shop } from './shop.ts';

const pollMs = 200;

/** False when patience ran out first. */
export async function untilNothingIsOpen(
  { system, simulator }: Pick<Shop, 'system' | 'simulator'>,
  progress: Progress,
  startedAt: number,
): Promise<boolean> {
  for (;;) {
    const { byState } = await system.ledger.counts();
    const elapsedMs = performance.now() - startedAt;
    const aSecondAgo = Date.now() - 1_000;
    const calls = simulator.calls.filter(({ at }) => at > aSecondAgo).length;
    progress.show({ elapsedMs, byState, calls, callsPerSecond });
    if (openStates.every((state) => byState[state] === 0)) return true;
    if (elapsedMs > patienceMs) return false;
    await system.clock.sleep(pollMs);
  }
}
