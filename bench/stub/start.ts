// Starts the stub in a process of its own and speaks to it.
import { z } from 'zod';
import { startHelper } from '../helper-process.ts';
import type { Arrival } from './arrivals.ts';
import type { StubSettings } from './server.ts';

export interface StubProcess {
  readonly url: string;
  /** What is not named goes back to: no latency, seed 1, nothing refused. */
  set(settings: Partial<StubSettings>): Promise<void>;
  calls(): Promise<z.infer<typeof callsSchema>>;
  /** When each call since the last question came in. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Every receipt is paid and whole again. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

const callsSchema = z.object({ lookUps: z.int(), cancels: z.int(), secondCancels: z.int() });
const arrivalsSchema = z.array(z.object({ after: z.number(), at: z.number() }));

export async function startStubProcess(): Promise<StubProcess> {
  const helper = await startHelper(new URL('./main.ts', import.meta.url));
  return {
    url: z.string().parse(await helper.ask({ do: 'url' })),
    async set(settings) {
      await helper.ask({ do: 'set', settings });
    },
    calls: async () => callsSchema.parse(await helper.ask({ do: 'calls' })),
    arrivals: async () => arrivalsSchema.parse(await helper.ask({ do: 'arrivals' })),
    async forget() {
      await helper.ask({ do: 'forget' });
    },
    stop: helper.stop,
  };
}
