// Events that the webhook refused too often: counting, listing and sending them again.
import { z } from 'zod';
import { chunks } from '../domain/chunks.ts';
import { parseJson } from '../domain/problem.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { fieldOf } from './event.ts';
import type { ForwardDeps } from './ports.ts';
import { triesOf } from './tries.ts';

type Deps = Pick<ForwardDeps, 'redis' | 'keys'>;

const aboutSchema = z.object({
  tries: z.number(),
  since: z.number(),
  at: z.number(),
  status: z.number().nullish(),
  reason: z.string(),
});
const envelopeSchema = z.object({ type: z.string(), subject: z.string().nullish() });

export interface SetAsideEvent {
  /** Among those set aside. */
  readonly entry: string;
  /** Of the event. */
  readonly id: string;
  readonly type: string | null;
  /** The refund_id; null: of the lane. */
  readonly subject: string | null;
  /** null: what stands beside it cannot be read. `since`, `at`: of the first and the last try, in ms. */
  readonly about: z.infer<typeof aboutSchema> | null;
}

interface Resend {
  readonly who: string;
  readonly reason: string;
  readonly at: number;
}

export interface Delivery {
  readonly setAside: number;
  /** Of the first of those set aside, in ms. */
  readonly setAsideSince: number | null;
  /** Not taken yet and tried again; `since`: the oldest one's first try, in ms. */
  readonly waiting: { readonly count: number; readonly since: number; readonly reason: string } | null;
  /** Never sent, with the time of the last one, in ms. */
  readonly lost: readonly { readonly how: LossKind; readonly count: number; readonly at: number }[];
}

const lossKinds = ['gone', 'unreadable', 'dropped'] as const;
export type LossKind = (typeof lossKinds)[number];

const pageSize = 200;
const script = loadScript(import.meta.url, ['./scripts/resend.lua']);
const sentSchema = jsonAnswer(z.object({ sent: z.array(z.string()).default([]) }));

/** Oldest first; those that are set aside while it runs are left for the next time. */
export async function* listSetAside({ redis, keys }: Deps): AsyncIterable<SetAsideEvent> {
  const [last] = await redis.xrevrange(keys.eventsSetAside, '+', '-', 'COUNT', 1);
  if (last === undefined) return;
  let from = '-';
  for (;;) {
    const page = await redis.xrange(keys.eventsSetAside, from, last[0], 'COUNT', pageSize);
    for (const [entry, fields] of page) yield viewOf(entry, fields);
    const end = page.at(-1);
    if (end === undefined || page.length < pageSize) return;
    from = `(${end[0]}`;
  }
}

/** Answers those that went back. */
export async function resend(
  { redis, keys }: Deps,
  events: readonly SetAsideEvent[],
  how: Resend,
): Promise<SetAsideEvent[]> {
  const sent = new Set<string>();
  for (const some of chunks(events, pageSize)) {
    const entries = jsonArgument(some.map(({ entry }) => entry));
    const args = [entries, JSON.stringify(how)];
    const answer = await script.run(redis, [keys.events, keys.eventsSetAside], args);
    for (const entry of sentSchema.parse(answer).sent) sent.add(entry);
  }
  return events.filter(({ entry }) => sent.has(entry));
}

/** For `doctor`. */
export async function readDelivery({ redis, keys }: Deps): Promise<Delivery> {
  const [first] = await redis.xrange(keys.eventsSetAside, '-', '+', 'COUNT', 1);
  const names = lossKinds.flatMap((how) => [`events_${how}`, `events_${how}_at`]);
  const counters = await redis.hmget(keys.counters, ...names);
  const numberAt = (index: number) => Number(counters[index] ?? 0);
  const lost = lossKinds.map((how, index) => ({
    how,
    count: numberAt(2 * index),
    at: numberAt(2 * index + 1),
  }));
  return {
    setAside: await redis.xlen(keys.eventsSetAside),
    setAsideSince: first === undefined ? null : (viewOf(...first).about?.at ?? null),
    waiting: await readWaiting({ redis, keys }),
    lost: lost.filter(({ count }) => count > 0),
  };
}

async function readWaiting({ redis, keys }: Deps): Promise<Delivery['waiting']> {
  const tries = (await redis.hvals(keys.eventTries)).map(triesOf).filter((one) => one !== null);
  const [oldest] = tries.sort((one, other) => one.since - other.since);
  return oldest === undefined ? null : { count: tries.length, since: oldest.since, reason: oldest.reason };
}

function viewOf(entry: string, fields: readonly string[]): SetAsideEvent {
  const envelope = envelopeSchema.safeParse(parseJson(fieldOf(fields, 'event'))).data;
  return {
    entry,
    id: fieldOf(fields, 'id') ?? '',
    type: envelope?.type ?? null,
    subject: envelope?.subject ?? null,
    about: aboutSchema.safeParse(parseJson(fieldOf(fields, 'about'))).data ?? null,
  };
}
