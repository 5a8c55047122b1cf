// Alerts of a running service: where a webhook is set, this process takes its part in telling people.
import type { AlertStandings } from '../alerts/ports.ts';
import { startAlerts } from '../alerts/run.ts';
import { readAlertState } from '../alerts/store.ts';
import type { System } from '../compose.ts';
import { alertCauses } from '../domain/alert.ts';
import { isOpen, stateSchema } from '../domain/states.ts';
import { laneHeldText } from '../policies/alert-words.ts';
import { keysFor } from '../redis/keys.ts';
import { standingOf, waitingOf } from './standing.ts';

/** Answers how to stop. @param name of this process, another one in each. */
export function startAlerting(system: System, name: string): () => Promise<void> {
  const { config, redis, clock, ledger } = system;
  const { receiver, quiet } = config.alerts;
  if (receiver === null) return async () => {};
  const deps = {
    ...{ redis, ledger, clock, log: system.log, settings: config.policy },
    keys: keysFor(config.redis.prefix),
    standing: () => alertStandings(system),
    name,
  };
  return startAlerts(deps, { ...receiver, quiet });
}

async function alertStandings(system: System): Promise<AlertStandings> {
  const { standstills, waiting } = await standingOf(system);
  const unwritable = standstills.find(({ cause }) => cause === 'redis_not_writable');
  if (unwritable !== undefined) return { causes: [], unwritable: unwritable.text, waiting };
  const { person } = await system.lane.status();
  const held = person === null ? [] : [{ cause: 'lane_held', since: person.at, text: laneHeldText } as const];
  const causes = alertCauses.flatMap((cause) => {
    const found = [...standstills, ...held].find((one) => one.cause === cause);
    return found === undefined ? [] : [{ cause, since: found.since, text: found.text }];
  });
  const waits = waiting ?? (person === null ? null : await waitingOf(system, await openRefunds(system)));
  return { causes, unwritable: null, waiting: waits };
}

async function openRefunds({ ledger }: System): Promise<number> {
  const { byState } = await ledger.counts();
  return stateSchema.options.filter(isOpen).reduce((sum, state) => sum + byState[state], 0);
}

/** For `/readyz` and `doctor`; null: no webhook is set. */
export async function alertHealth({ config, redis }: System) {
  if (config.alerts.receiver === null) return null;
  const { failing, sentAt } = await readAlertState({ redis, keys: keysFor(config.redis.prefix) });
  return { failing, sentAt };
}
