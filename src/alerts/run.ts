// Alerts people as long as it runs. Of all processes one has the turn; what it saw is kept before a message is sent, so that
// whoever comes next tells it if this one dies. Refunds do not wait for any of this.
import { messageOf } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import { endedLine, standingLine, waitingText } from '../policies/alert-words.ts';
import { nextMessage, withFacts, withFailure } from '../policies/alerts.ts';
import { redisFault } from '../redis/fault.ts';
import { type AlertChannel, openChannel } from './deliver.ts';
import { gather } from './gather.ts';
import {
  type AlertDeps,
  type AlertLimits,
  type AlertOptions,
  type AlertStandings,
  alertLimits,
} from './ports.ts';
import { giveTurn, keep, takeTurn } from './store.ts';

interface Alerting {
  readonly deps: AlertDeps;
  readonly options: AlertOptions;
  readonly limits: AlertLimits;
  readonly channel: AlertChannel;
  /** The turn was ours at the last look that Redis answered. */
  isOurs: boolean;
  /** Redis is away or takes no writes: told by this process from memory. */
  outage: { readonly since: number; told: boolean; triedAt: number } | null;
}

/** Starts alerting; the answer stops it once the message in hand is answered, and gives the turn back. */
export function startAlerts(deps: AlertDeps, options: AlertOptions): () => Promise<void> {
  const stopping = new AbortController();
  const limits = { ...alertLimits, ...options.limits };
  const channel = openChannel(options, limits.answerMs);
  const alerting: Alerting = { deps, options, limits, channel, isOurs: false, outage: null };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look(alerting);
      await deps.clock.sleep(limits.everyMs, stopping.signal);
    }
  };
  const running = loop();
  return async () => {
    stopping.abort();
    await running;
    await giveTurn(deps).catch(() => undefined);
    await channel.close();
  };
}

/** Never throws. */
async function look(alerting: Alerting): Promise<void> {
  const { deps } = alerting;
  try {
    const unwritable = await tellWhatIsNew(alerting);
    await (unwritable === null ? outageOver(alerting) : outageSeen(alerting, unwritable));
  } catch (error) {
    deps.log.warn({ error: messageOf(error) }, 'alerts_failed');
    const fault = redisFault(error);
    if (fault !== null && fault !== 'refused') await outageSeen(alerting, noAnswer);
  }
}

/** Answers why Redis takes no writes; null: it does. */
async function tellWhatIsNew(alerting: Alerting): Promise<Text | null> {
  const { deps, limits } = alerting;
  const before = await takeTurn(deps, limits.turnMs);
  alerting.isOurs = before !== null;
  if (before === null) return null;
  const standings = await deps.standing();
  if (standings.unwritable !== null) return standings.unwritable;
  const { marks, places, ...cases } = await gather(deps, before, limits);
  const now = deps.clock.now();
  const state = withFacts({ ...before, ...places }, { ...cases, standing: standings.causes }, now);
  if (await keep(deps, state, marks)) await tell(alerting, state, standings);
  return null;
}

async function tell(
  { deps, options, channel }: Alerting,
  state: Parameters<typeof nextMessage>[0],
  standings: AlertStandings,
): Promise<void> {
  const moment = { now: deps.clock.now(), quiet: options.quiet, about: aboutOf(standings) };
  const next = nextMessage(state, moment);
  if (next === null) return;
  const answer = await channel.send(next.message);
  const lines = next.message.lines.length;
  if (answer.kind === 'taken') {
    deps.log.info({ lines, critical: next.message.critical }, 'alert_sent');
    await keep(deps, next.after);
    return;
  }
  const failed = withFailure(state, { now: deps.clock.now(), reason: answer.reason });
  deps.log.warn({ lines, reason: answer.reason, tries: failed.failing?.tries }, 'alert_not_sent');
  await keep(deps, failed);
}

/** What waits is said once, by the first of them. */
function aboutOf({ causes, waiting }: AlertStandings): Readonly<Partial<Record<string, Text>>> {
  const waits = waitingText(waiting);
  const withWaits = ({ ko, en }: Text, place: number): Text =>
    waits === null || place > 0 ? { ko, en } : { ko: `${ko} · ${waits.ko}`, en: `${en} · ${waits.en}` };
  return Object.fromEntries(causes.map(({ cause, text }, place) => [cause, withWaits(text, place)]));
}

const noAnswer: Text = {
  ko: 'Redis가 응답하지 않아 접수와 환불이 모두 멈췄어요.',
  en: 'Redis does not answer: nothing is accepted and nothing is paid.',
};

/** Only by the process that had the turn, so that one tells it; nothing can be kept. */
async function outageSeen(alerting: Alerting, about: Text): Promise<void> {
  if (!alerting.isOurs) return;
  const { deps, limits, channel } = alerting;
  const now = deps.clock.now();
  alerting.outage ??= { since: now, told: false, triedAt: 0 };
  const { outage } = alerting;
  if (outage.told || now - outage.since < limits.outageMs || now - outage.triedAt < limits.outageMs) return;
  outage.triedAt = now;
  const line = standingLine('redis_not_writable', { since: outage.since, about });
  const answer = await channel.send({ critical: true, lines: [line] });
  outage.told = answer.kind === 'taken';
  deps.log.warn({ ...answer }, outage.told ? 'alert_sent' : 'alert_not_sent');
}

async function outageOver(alerting: Alerting): Promise<void> {
  const { deps, channel, outage } = alerting;
  if (outage === null) return;
  alerting.outage = null;
  if (!outage.told) return;
  const ended = { cause: 'redis_not_writable', since: outage.since, endedAt: deps.clock.now() } as const;
  await channel.send({ critical: false, lines: [endedLine(ended)] });
}
