// A refund whose account was sealed with a data key that this process lacks waits for it and uses nothing up; a worker
// that has the key wakes it.
import { messageOf } from '../domain/errors.ts';
import type { Activation, Ledger, MissingKey } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import type { Logger } from '../logging/logger.ts';
import { decideKeyIsHere, decideNoKey, withKey } from '../policies/data-keys.ts';
import { transitionFor } from '../policies/transition.ts';
import type { Clock } from '../redis/clock.ts';
import type { WorkerDeps } from './ports.ts';
import { type JobResult, situationOf, type WriteOptions, write } from './write.ts';

export async function waitForKey(
  deps: WorkerDeps,
  activation: Activation,
  missing: MissingKey,
  options: WriteOptions = {},
): Promise<JobResult> {
  const { refund } = activation;
  const decision = decideNoKey(situationOf(deps, activation), missing);
  const result = await write(deps, activation, decision, options);
  // Not one step with the write: after a crash in between, the refund is found when it looks for its key again.
  if (decision.kind === 'wait_for_key') await deps.ledger.noteKeyWait(refund.refundId, decision.wait.since);
  return result;
}

/** A refund that waits goes on if its account can be opened now; else the id of the key that it waits for. */
export async function withItsKey(
  { ledger, clock }: WorkerDeps,
  { refund, sealedAccount }: Activation,
): Promise<{ kind: 'go'; refund: Refund } | MissingKey> {
  if (refund.keyWait === undefined) return { kind: 'go', refund };
  const now = clock.now();
  const opened =
    sealedAccount === null ? null : await ledger.openAccount(sealedAccount, refund.refundId, now);
  return opened?.kind === 'no_key' ? opened : { kind: 'go', refund: withKey(refund, now) };
}

interface KeyWatchDeps {
  readonly ledger: Pick<Ledger, 'keyWaits' | 'commit' | 'noteWorkerKeys' | 'forgetWorkerKeys'>;
  readonly revive: (refund: Refund, jobId: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

const everyMs = 10_000;

/** Tells the others which keys this process has, and wakes what waits for one of them. Answers how to stop. */
export function startKeyWatch(deps: KeyWatchDeps, name: string): () => Promise<void> {
  const { ledger, clock, log } = deps;
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look(deps, name).catch((error: unknown) =>
        log.warn({ error: messageOf(error) }, 'key_watch_failed'),
      );
      await clock.sleep(everyMs, stopping.signal);
    }
  };
  const running = loop();
  return async () => {
    stopping.abort();
    await running;
    await ledger.forgetWorkerKeys(name).catch(() => undefined);
  };
}

async function look({ ledger, revive, clock }: KeyWatchDeps, name: string): Promise<void> {
  await ledger.noteWorkerKeys(name, clock.now());
  for await (const { refund, wait, jobId, canOpen } of ledger.keyWaits()) {
    const now = clock.now();
    if (!canOpen || (refund.nextWakeUpAt ?? 0) <= now) continue;
    const change = transitionFor(refund, decideKeyIsHere(refund, wait, now), { now });
    if ((await ledger.commit(change, {})).kind === 'done') await revive(change.refund, jobId);
  }
}
