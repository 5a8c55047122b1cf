// The worker processes: several at a time, each can stop for a deploy, stand still or die; another takes its place.
import { setMaxListeners } from 'node:events';
import type { Context } from './context.ts';
import type { Actor, Process } from './scheduler.ts';

export interface Processes {
  /** One that takes jobs now; null: all stop or stand still. */
  any(): Process | null;
  /** For what is no worker: a person's click, a sweep, the order service. Dies like any other. */
  single(name: string): Process;
  /** Everything in it ends where it is. */
  kill(process: Process): void;
  block(process: Process, ms: number): void;
  /** SIGTERM to one worker: 25 s for calls under way, then it is gone. */
  deploy(): void;
}

const workers = 3;
/** How long BullMQ leaves a job with a silent worker: its lock, and until the next check for stalled jobs. In ms. */
export const lockMs = { least: 30_000, most: 60_000 };
const stopMs = 25_000;

export function createProcesses(context: () => Context): Processes {
  let made = 0;
  const pool: Process[] = Array.from({ length: workers }, createWorker);

  function createWorker(): Process {
    made += 1;
    return create(`w${made}`, true);
  }

  function replace(process: Process): void {
    const place = pool.indexOf(process);
    if (place !== -1) pool[place] = createWorker();
  }
  function kill(process: Process): void {
    if (process.dead) return;
    process.dead = true;
    context().transcript.say(process.name, 'process ends');
    context().jobs.letGoOf(process);
    replace(process);
  }

  return {
    kill,
    any() {
      const now = context().scheduler.now();
      const ready = pool.filter((one) => !one.stopping.signal.aborted && one.blockedUntil <= now);
      return ready.length === 0 ? null : context().chance.pick(ready);
    },
    single: (name) => create(name, false),
    block(process, ms) {
      const { scheduler, transcript, jobs } = context();
      process.blockedUntil = Math.max(process.blockedUntil, scheduler.now() + ms);
      transcript.say(process.name, `stands still for ${Math.round(ms / 1000)} s`);
      if (ms > lockMs.least) jobs.letGoOf(process);
    },
    deploy() {
      const { scheduler, chance, transcript } = context();
      const process = chance.pick(pool);
      transcript.say(process.name, 'SIGTERM');
      process.stopping.abort();
      scheduler.after(stopMs, () => kill(process));
    },
  };
}

function create(name: string, isWorker: boolean): Process {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every wait of every activation listens
  return { name, isWorker, stopping, dead: false, blockedUntil: 0 };
}

export function isGone({ dead, process }: Actor): boolean {
  return dead || process.dead;
}
