// The stub's process: settings come over the channel to the parent, so that they cost no request.
import { z } from 'zod';
import { answerRequests } from '../helper-process.ts';
import { startStub, stubSettingsSchema } from './server.ts';

const requestSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('url') }),
  z.object({ do: z.literal('set'), settings: stubSettingsSchema }),
  z.object({ do: z.literal('calls') }),
  z.object({ do: z.literal('arrivals') }),
  z.object({ do: z.literal('forget') }),
]);

const stub = await startStub();
answerRequests(async (message) => {
  const request = requestSchema.parse(message);
  switch (request.do) {
    case 'url':
      return stub.url;
    case 'set':
      return stub.set(request.settings);
    case 'calls':
      return stub.calls();
    case 'arrivals':
      return stub.arrivals();
    default:
      return stub.forget();
  }
});
