// The pure loop: as many loops as there may be refunds in hand, each taking the next receipt. No queue, no memory.
import { measure } from '../measure.ts';
import { type Calls, createCalls } from './calls.ts';
import { type Contender, receiptIds } from './contender.ts';

export function undiciLoop(): Contender {
  let calls: Calls | null = null;
  let concurrency = 1;
  let waiting: string[] = [];

  const drain: Contender['drain'] = (count) =>
    measure({
      count,
      redis: null,
      async run() {
        const taken = waiting.splice(0, count).values();
        const loop = async () => {
          for (const receiptId of taken) await calls?.refund(receiptId);
        };
        await Promise.all(Array.from({ length: concurrency }, loop));
        return undefined;
      },
    });

  return {
    async open(place) {
      concurrency = place.concurrency;
      calls = createCalls(place.bootpayUrl, concurrency);
    },
    enqueue: (batch) =>
      measure({
        count: batch.count,
        redis: null,
        async run() {
          waiting = [...waiting, ...receiptIds(batch)];
          return undefined;
        },
      }),
    drain,
    work: () => Promise.reject(new Error('a loop has an end')),
    rest: () => Promise.resolve(),
    pickUp: () => Promise.reject(new Error('nothing is picked up')),
    async close() {
      await calls?.close();
      calls = null;
      waiting = [];
    },
  };
}
