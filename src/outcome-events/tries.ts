// The tries of events that the webhook has not taken: kept in Redis, so that they survive a restart.
import { z } from 'zod';
import { parseJson } from '../domain/problem.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import type { WebhookAnswer } from './deliver.ts';
import { type ForwardDeps, type ForwardLimits, group } from './ports.ts';
import type { StreamEntry } from './stream.ts';

const triesSchema = z.object({
  tries: z.number(),
  /** Of the first try, of the last one and of the next one, in ms. */
  since: z.number(),
  at: z.number(),
  dueAt: z.number(),
  kind: z.enum(['refused', 'not_now']),
  status: z.number().nullish(),
  reason: z.string(),
});
export type Tries = z.infer<typeof triesSchema>;

const failureOutcomeSchema = jsonAnswer(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['again', 'kept']), dueAt: z.number() }),
    z.object({ kind: z.literal('set_aside'), tries: z.number(), dropped: z.array(z.string()).default([]) }),
    z.object({ kind: z.literal('settled') }),
  ]),
);
type FailureOutcome = z.infer<typeof failureOutcomeSchema>;

const script = loadScript(import.meta.url, ['./scripts/not-taken.lua']);

/** In the order of the entries; null: not tried yet. */
export async function readTries(
  { redis, keys }: Pick<ForwardDeps, 'redis' | 'keys'>,
  entries: readonly string[],
): Promise<(Tries | null)[]> {
  if (entries.length === 0) return [];
  const stored = await redis.hmget(keys.eventTries, ...entries);
  return entries.map((_, index) => triesOf(stored[index] ?? null));
}

export function triesOf(text: string | null): Tries | null {
  return triesSchema.safeParse(parseJson(text)).data ?? null;
}

interface Failure {
  readonly entry: StreamEntry;
  readonly answer: Exclude<WebhookAnswer, { kind: 'taken' }>;
}

/** Counts the try, and sets the event aside after enough of them. */
export async function notTaken(
  { redis, keys, clock }: ForwardDeps,
  { entry: { entry, event }, answer }: Failure,
  limits: ForwardLimits,
): Promise<FailureOutcome> {
  const ask = {
    ...{ group, entry, id: event.id, ...answer, now: clock.now() },
    ...{ refusals: limits.refusals, passes: limits.passes, inARow: limits.refusedInARow },
    ...{ most: limits.setAside, firstMs: limits.retryMs, longestMs: limits.longestRetryMs },
  };
  const result = await script.run(
    redis,
    [keys.events, keys.eventTries, keys.eventsSetAside, keys.counters],
    [jsonArgument(ask), event.body],
  );
  return failureOutcomeSchema.parse(result);
}
