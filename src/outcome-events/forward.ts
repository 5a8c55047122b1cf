// Outcome events to the merchant's webhook: each at least once, until it is taken or set aside. Each event is judged by
// itself, so that one that is refused holds up no other; an outage, in which none is taken, sets none aside.
import { messageOf } from '../domain/errors.ts';
import { createPoster, type Poster } from '../outbound/poster.ts';
import { type Backoff, backoffMs } from '../policies/retry-schedule.ts';
import { deliver } from './deliver.ts';
import { type ForwardDeps, type ForwardLimits, type ForwardOptions, forwardLimits } from './ports.ts';
import { ensureGroup, readNew, readOwn, type StreamEntry, settle, takeOver, tidy } from './stream.ts';
import { notTaken, readTries, type Tries } from './tries.ts';

/**
 * How long a read may wait for new entries, in ms: entries of other processes are looked after in between. Shorter than
 * the silence after which its connection is given up.
 */
export const longestBlockMs = 5_000;
const newAtOnce = 10;

interface Forwarder {
  readonly deps: ForwardDeps;
  readonly options: ForwardOptions;
  readonly limits: ForwardLimits;
  readonly poster: Poster;
  readonly stopping: AbortSignal;
  /** Different events that failed since the last one was taken; no more than make an outage. */
  readonly failing: Set<string>;
  /** Rounds of an outage so far. */
  downRounds: number;
  /** When an outage last ended: what failed before is due. In ms. */
  recoveredAt: number;
  /** When others' entries were last looked after; where to go on among them. */
  lookedAt: number;
  cursor: string;
  /** The event in hand, until it is settled. */
  inHand: Promise<void>;
}

/** Starts forwarding; the answer stops it once the event in hand is settled. */
export function startForwarding(deps: ForwardDeps, options: ForwardOptions): () => Promise<void> {
  const stopping = new AbortController();
  const limits = { ...forwardLimits, ...options.limits };
  const { url, proxy = null } = options;
  const poster = createPoster(url, { proxy, connectTimeoutMs: limits.answerMs });
  const forwarder: Forwarder = {
    ...{ deps, options, limits, poster, stopping: stopping.signal },
    ...{ failing: new Set<string>(), downRounds: 0, recoveredAt: 0 },
    ...{ lookedAt: 0, cursor: '0-0', inHand: Promise.resolve() },
  };
  const running = loop(forwarder);
  return async () => {
    stopping.abort();
    const settled = new AbortController();
    const longest = deps.clock.sleep(forwarder.limits.answerMs + 2_000, settled.signal);
    await Promise.race([forwarder.inHand, longest]);
    settled.abort();
    // Ends a read that waits for something new.
    deps.redis.disconnect();
    await running;
    await poster.close();
  };
}

async function loop(forwarder: Forwarder): Promise<void> {
  const { deps, limits, stopping } = forwarder;
  let troubles = 0;
  while (!stopping.aborted) {
    let waitMs = 0;
    try {
      waitMs = await round(forwarder);
      troubles = 0;
    } catch (error) {
      if (stopping.aborted) return;
      troubles += 1;
      waitMs = backoffMs(troubles, backoffOf(limits));
      deps.log.warn({ error: messageOf(error) }, 'forwarding_failed');
    }
    await deps.clock.sleep(waitMs, stopping);
  }
}

/** Own entries that are due, then new ones. In an outage only the one that waits longest, and one new one. */
async function round(forwarder: Forwarder): Promise<number> {
  const { deps, limits, stopping } = forwarder;
  await ensureGroup(deps);
  await lookAfterOthers(forwarder);
  const own = await readOwn(deps);
  const tries = await readTries(
    deps,
    own.map(({ entry }) => entry),
  );
  const waiting = own.map((entry, index) => ({ entry, tries: tries[index] ?? null }));
  const wasDown = isDown(forwarder);
  const nextDueAt = await deliverDue(forwarder, waiting);
  if (stopping.aborted || wasDown !== isDown(forwarder) || nextDueAt === null) return pauseMs(forwarder);
  const wish = wasDown
    ? { count: 1, blockMs: null }
    : { count: newAtOnce, blockMs: Math.min(longestBlockMs, lookMs(limits), nextDueAt - deps.clock.now()) };
  await deliverAll(forwarder, await readNew(deps, wish));
  return pauseMs(forwarder);
}

interface WaitingEvent {
  readonly entry: StreamEntry;
  readonly tries: Tries | null;
}

/** Answers when the next one is due, or null when some that are due were left for the next round. */
async function deliverDue(forwarder: Forwarder, waiting: readonly WaitingEvent[]): Promise<number | null> {
  const now = forwarder.deps.clock.now();
  const due = waiting.filter(({ tries }) => isDue(forwarder, tries, now));
  const later = waiting.flatMap(({ tries }) =>
    tries === null || isDue(forwarder, tries, now) ? [] : [tries.dueAt],
  );
  const longestFirst = [...due].sort((one, other) => (one.tries?.dueAt ?? 0) - (other.tries?.dueAt ?? 0));
  const chosen = isDown(forwarder) ? longestFirst.slice(0, 1) : due;
  const again = await deliverAll(
    forwarder,
    chosen.map(({ entry }) => entry),
  );
  return again === null ? null : Math.min(...later, ...again, Number.POSITIVE_INFINITY);
}

function isDue({ limits, recoveredAt }: Forwarder, tries: Tries | null, now: number): boolean {
  if (tries === null) return true;
  // Further away than the longest wait: the clock was wrong when it was written, or is now.
  if (tries.dueAt <= now || tries.dueAt > now + limits.longestRetryMs) return true;
  return tries.kind === 'not_now' && tries.at < recoveredAt && recoveredAt <= now;
}

/** Answers when those that were not taken are due again, or null when it broke off: an outage, a long time, a stop. */
async function deliverAll(forwarder: Forwarder, entries: readonly StreamEntry[]): Promise<number[] | null> {
  const { deps, limits, stopping } = forwarder;
  const startedAt = deps.clock.now();
  const wasDown = isDown(forwarder);
  const again: number[] = [];
  for (const entry of entries) {
    // A long pass would leave the rest to be taken over by another process.
    const isLong = Math.abs(deps.clock.now() - startedAt) > limits.takeOverMs / 3;
    if (stopping.aborted || isLong || isDown(forwarder) !== wasDown) return null;
    const attempt = deliverOne(forwarder, entry);
    forwarder.inHand = attempt.then(nothing, nothing);
    const dueAt = await attempt;
    if (dueAt !== null) again.push(dueAt);
  }
  return again;
}

function nothing(): void {}

/** Answers when it is due again; null: it is not. */
async function deliverOne(forwarder: Forwarder, { entry, event }: StreamEntry): Promise<number | null> {
  const { deps, options, limits, poster } = forwarder;
  const fields = { event_id: event.id, type: event.type };
  const webhook = { poster, secrets: options.secrets, answerMs: limits.answerMs };
  const answer = await deliver(webhook, event, deps.clock.now());
  if (answer.kind === 'taken') {
    await settle(deps, entry, { as: 'taken' });
    noteTaken(forwarder);
    return null;
  }
  const after = await notTaken(deps, { entry: { entry, event }, answer }, limits);
  const seen = { ...fields, http_status: answer.status, reason: answer.reason };
  deps.log.warn(seen, after.kind === 'set_aside' ? 'event_set_aside' : 'event_not_taken');
  if (after.kind === 'set_aside' && after.dropped.length > 0) {
    deps.log.error({ event_ids: after.dropped }, 'events_dropped');
  }
  // A refusal shows that the webhook is there, unless it refuses every event.
  const isOut = answer.kind === 'not_now' || after.kind === 'kept';
  if (isOut && forwarder.failing.size < limits.outage) forwarder.failing.add(entry);
  return 'dueAt' in after ? after.dueAt : null;
}

function noteTaken(forwarder: Forwarder): void {
  if (isDown(forwarder)) forwarder.recoveredAt = forwarder.deps.clock.now();
  forwarder.failing.clear();
  forwarder.downRounds = 0;
}

function isDown({ failing, limits }: Forwarder): boolean {
  return failing.size >= limits.outage;
}

/** Before the next round. Never so long that another process takes over what is pending here. */
function pauseMs(forwarder: Forwarder): number {
  if (!isDown(forwarder)) return 0;
  forwarder.downRounds += 1;
  return Math.min(
    backoffMs(forwarder.downRounds, backoffOf(forwarder.limits)),
    forwarder.limits.takeOverMs / 2,
  );
}

/** Now and then: entries of processes that are gone, and their consumers. */
async function lookAfterOthers(forwarder: Forwarder): Promise<void> {
  const { deps, limits, lookedAt } = forwarder;
  const now = deps.clock.now();
  if (Math.abs(now - lookedAt) < lookMs(limits)) return;
  forwarder.lookedAt = now;
  forwarder.cursor = await takeOver(deps, forwarder.cursor, limits.takeOverMs);
  await tidy(deps, limits.takeOverMs);
}

function backoffOf({ retryMs, longestRetryMs }: ForwardLimits): Backoff {
  return { firstMs: retryMs, longestMs: longestRetryMs };
}

function lookMs({ takeOverMs }: ForwardLimits): number {
  return takeOverMs / 6;
}
