// How long one question takes when it is asked some times in a row.
import { percentile } from './stats.ts';

export interface Timed<Result> {
  readonly p50Ms: number;
  readonly maxMs: number;
  readonly result: Result;
}

export async function timed<Result>(ask: () => Promise<Result>, times = 9): Promise<Timed<Result>> {
  const samples: number[] = [];
  let result = await ask(); // unmeasured: compiles, connects
  for (let time = 0; time < times; time += 1) {
    const startedAt = performance.now();
    result = await ask();
    samples.push(performance.now() - startedAt);
  }
  return { p50Ms: percentile(samples, 50), maxMs: Math.max(...samples), result };
}

export async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
