// Virtual time and who runs next: activations are ordinary async code that stops at every port, and only this
// scheduler lets one go on, so that a history depends on nothing but its seed.
import type { Chance } from './random.ts';

interface Due {
  readonly at: number;
  /** Among those due at one moment chance decides. */
  readonly order: number;
  readonly run: () => void | Promise<void>;
}

/** A process of ours: it can be stopped, stand still, and die with everything that runs in it. */
export interface Process {
  readonly name: string;
  readonly isWorker: boolean;
  readonly stopping: AbortController;
  dead: boolean;
  /** ms; nothing of it goes on before. */
  blockedUntil: number;
}

/** One piece of async code under the scheduler: an activation, a click of a person, a sweep. */
export interface Actor {
  readonly name: string;
  readonly process: Process;
  dead: boolean;
  ended: boolean;
  outstanding: number;
  /** Called when it stops at a port or ends. */
  parked: (() => void) | null;
}

export interface Scheduler {
  now(): number;
  at(time: number, run: Due['run']): void;
  after(ms: number, run: Due['run']): void;
  /** Runs code as an actor until its first port; `ended` hears how it ended, unless it died. */
  spawn(name: string, process: Process, code: (actor: Actor) => Promise<void>): Actor;
  /** Lets an actor go on after a port has answered. Dead or blocked ones do not. */
  resume(actor: Actor, goOn: () => void): void;
  /** The next event; false when none is left. */
  step(): Promise<boolean>;
  readonly pending: number;
}

export function createScheduler(chance: Chance, start: number): Scheduler {
  const queue: Due[] = [];
  let now = start;
  let running: Promise<void>[] = [];

  function at(time: number, run: Due['run']): void {
    const due = { at: Math.max(time, now), order: chance.next(), run };
    let low = 0;
    for (let high = queue.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (isLater(queue[middle], due)) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, due);
  }

  /** The scheduler waits for it before the next event. */
  function letRun(actor: Actor, goOn: () => void): void {
    if (actor.outstanding > 0) {
      // It waits for several ports at once: it is not known when it parks.
      goOn();
      running.push(new Promise((resolve) => setImmediate(resolve)));
      return;
    }
    running.push(
      new Promise((resolve) => {
        actor.parked = resolve;
      }),
    );
    goOn();
  }

  function resume(actor: Actor, goOn: () => void): void {
    if (actor.dead || actor.process.dead) return;
    const { blockedUntil } = actor.process;
    if (blockedUntil > now) {
      at(blockedUntil, () => resume(actor, goOn));
      return;
    }
    actor.outstanding -= 1;
    letRun(actor, goOn);
  }

  return {
    now: () => now,
    at,
    after: (ms, run) => at(now + ms, run),
    resume,
    spawn(name, process, code) {
      const actor: Actor = { name, process, dead: false, ended: false, outstanding: 0, parked: null };
      letRun(actor, () => {
        const end = () => {
          actor.ended = true;
          park(actor);
        };
        void code(actor).then(end, end);
      });
      return actor;
    },
    async step() {
      const due = queue.pop();
      if (due === undefined) return false;
      now = due.at;
      await due.run();
      while (running.length > 0) {
        const all = running;
        running = [];
        await Promise.all(all);
      }
      return true;
    },
    get pending() {
      return queue.length;
    },
  };
}

/** Said by a port when an actor calls it. */
export function park(actor: Actor): void {
  const { parked } = actor;
  actor.parked = null;
  parked?.();
}

/** The queue is sorted latest first, so that the next event is popped off its end. */
function isLater(entry: Due | undefined, than: Due): boolean {
  return entry !== undefined && (entry.at > than.at || (entry.at === than.at && entry.order > than.order));
}
