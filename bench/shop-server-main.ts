// The process of our HTTP server: opens the place it is told, and answers with its address.
import { z } from 'zod';
import { startServer } from '../src/server/server.ts';
import { placeSchema } from './contenders/contender.ts';
import { openPlace } from './contenders/ours.ts';
import { answerRequests } from './helper-process.ts';

answerRequests(async (message) => {
  const { place } = z.object({ place: placeSchema }).parse(message);
  const { url } = await startServer(await openPlace(place));
  return url;
});
