// A contender's process: does what it is asked to, one thing after another, and answers with what it measured.
import { z } from 'zod';
import { answerRequests } from '../helper-process.ts';
import { nodeCpuUs } from '../measure.ts';
import { watchRoundTrips } from '../round-trips.ts';
import { bareBullmq } from './bare-bullmq.ts';
import { batchSchema, type Contender, contenderNames, placeSchema } from './contender.ts';
import { ours } from './ours.ts';
import { undiciLoop } from './undici-loop.ts';

export const requestSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('be'), name: z.enum(contenderNames) }),
  z.object({ do: z.literal('open'), place: placeSchema }),
  z.object({ do: z.literal('enqueue'), batch: batchSchema }),
  z.object({ do: z.literal('drain'), count: z.int() }),
  z.object({ do: z.literal('work') }),
  z.object({ do: z.literal('rest') }),
  z.object({ do: z.literal('pickUp'), count: z.int() }),
  z.object({ do: z.literal('memory') }),
  z.object({ do: z.literal('cpuUs') }),
  z.object({ do: z.literal('close') }),
]);

const makers = { undici: undiciLoop, bullmq: bareBullmq, ours };

watchRoundTrips();
let contender: Contender = undiciLoop();
answerRequests(async (message) => {
  const request = requestSchema.parse(message);
  switch (request.do) {
    case 'be':
      contender = makers[request.name]();
      return null;
    case 'open':
      return contender.open(request.place);
    case 'enqueue':
      return contender.enqueue(request.batch);
    case 'drain':
      return contender.drain(request.count);
    case 'pickUp':
      return contender.pickUp(request.count);
    case 'memory':
      return process.memoryUsage();
    case 'cpuUs':
      return nodeCpuUs();
    default:
      return contender[request.do]();
  }
});
