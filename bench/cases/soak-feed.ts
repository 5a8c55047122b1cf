// Keeps a backlog at its height: the order service of a soak.
import type { System } from '../../src/compose.ts';
import { receiptIds } from '../contenders/contender.ts';
import { eventFor } from '../contenders/ours.ts';

export function fillEvents({ enqueue, ledger, clock }: System, backlog: number): { stop(): Promise<void> } {
  let stopped = false;
  let sent = 0;
  const loop = async () => {
    while (!stopped) {
      const { byState } = await ledger.counts();
      const missing = backlog - byState.queued;
      if (missing > 0) {
        const ids = receiptIds({ name: 's', from: sent, count: missing });
        await enqueue.enqueueMany(ids.map(eventFor));
        sent += missing;
      }
      await clock.sleep(100);
    }
  };
  const running = loop();
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}
