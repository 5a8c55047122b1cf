// Starts a contender in a process of its own; between rounds it stays, warm and idle.
import { z } from 'zod';
import { startHelper } from '../helper-process.ts';
import { type Measured, measuredSchema } from '../measure.ts';
import type { Batch, Contender, ContenderName, Place } from './contender.ts';

export interface ContenderProcess extends Contender {
  readonly name: ContenderName;
  memory(): Promise<{ readonly rss: number; readonly heapUsed: number }>;
  /** Since its start. */
  cpuUs(): Promise<number>;
  stop(): Promise<void>;
}

const memorySchema = z.object({ rss: z.number(), heapUsed: z.number() });

export async function startContender(name: ContenderName): Promise<ContenderProcess> {
  const helper = await startHelper(new URL('./main.ts', import.meta.url));
  const ask = async (request: object): Promise<void> => void (await helper.ask(request));
  const askMeasured = async (request: object): Promise<Measured> =>
    measuredSchema.parse(await helper.ask(request));
  await ask({ do: 'be', name });
  return {
    name,
    open: (place: Place) => ask({ do: 'open', place }),
    enqueue: (batch: Batch) => askMeasured({ do: 'enqueue', batch }),
    drain: (count: number) => askMeasured({ do: 'drain', count }),
    work: () => ask({ do: 'work' }),
    rest: () => ask({ do: 'rest' }),
    pickUp: async (count: number) => z.array(z.number()).parse(await helper.ask({ do: 'pickUp', count })),
    memory: async () => memorySchema.parse(await helper.ask({ do: 'memory' })),
    cpuUs: async () => z.number().parse(await helper.ask({ do: 'cpuUs' })),
    close: () => ask({ do: 'close' }),
    stop: helper.stop,
  };
}
