// What is compared: three ways to make the same two calls for each refund, all driven in the same way.
import { z } from 'zod';
import type { Measured } from '../measure.ts';

export const contenderNames = ['undici', 'bullmq', 'ours'] as const;
export type ContenderName = (typeof contenderNames)[number];

export const placeSchema = z.object({
  redisUrl: z.string(),
  prefix: z.string(),
  bootpayUrl: z.string(),
  concurrency: z.int(),
  /** For ours: what differs from the benchmark's configuration, by variable. */
  env: z.record(z.string(), z.string()),
  /** For ours: calls per second that the rate limiter lets through; null: so many that it never says wait. */
  callsPerSecond: z.number().nullable(),
});
export type Place = z.infer<typeof placeSchema>;

export const batchSchema = z.object({
  /** Receipts are named by it and a number; `no-CODE` makes the stub refuse them. */
  name: z.string(),
  from: z.int(),
  count: z.int(),
});
export type Batch = z.infer<typeof batchSchema>;

export interface Contender {
  open(place: Place): Promise<void>;
  enqueue(batch: Batch): Promise<Measured>;
  /** Works until so many have ended, then stops. Everything was enqueued before. */
  drain(count: number): Promise<Measured>;
  /** Works until `rest`. */
  work(): Promise<void>;
  rest(): Promise<void>;
  /** Enqueues one, waits until it is picked up, and again: the milliseconds of each. */
  pickUp(count: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

export function receiptIds({ name, from, count }: Batch): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${from + index}`);
}

/** Chunks of 250, four under way: what our producer does, done by everybody. */
export async function inChunks<Item>(
  items: readonly Item[],
  add: (chunk: readonly Item[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += 1_000) {
    const wave = [0, 250, 500, 750].map((offset) => items.slice(at + offset, at + offset + 250));
    await Promise.all(wave.filter(({ length }) => length > 0).map(add));
  }
}

/** Counts to a number; tells when the first one came. */
export function countdown(count: number): { tick(): void; begin(): void; done: Promise<number> } {
  let left = count;
  let firstAt: number | null = null;
  let finish = (_firstAt: number) => {};
  const done = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const begin = () => {
    firstAt ??= performance.now();
  };
  return {
    begin,
    tick() {
      left -= 1;
      if (left === 0) finish(firstAt ?? performance.now());
    },
    done,
  };
}
