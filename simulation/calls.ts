// A call at a port: the actor stops, the call happens after a while, the answer comes after another while, and at each
// of these boundaries something may go wrong.

import type { Context } from './context.ts';
import type { StoreFault } from './faults.ts';
import { isGone } from './processes.ts';
import { type Actor, park } from './scheduler.ts';

/** What ioredis would throw: the only error that an activation may end with. */
export class RedisTrouble extends Error {
  override readonly name = 'RedisTrouble';
}

type Answer<Value> = (how: { readonly value: Value } | { readonly error: Error }) => void;

/** Stops the actor until `answer` is called, in whichever event; only the first answer counts. */
export function portCall<Value>(
  { scheduler }: Pick<Context, 'scheduler'>,
  actor: Actor,
  start: (answer: Answer<Value>) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    actor.outstanding += 1;
    let answered = false;
    start((how) => {
      if (answered) return;
      answered = true;
      scheduler.resume(actor, () => ('error' in how ? reject(how.error) : resolve(how.value)));
    });
    park(actor);
  });
}

interface StoreCall<Value> {
  readonly what: string;
  readonly run: () => Value | Promise<Value>;
  readonly tell?: (value: Value) => string;
}

/** A command of Redis or of the queue. */
export function storeCall<Value>(context: Context, actor: Actor, call: StoreCall<Value>): Promise<Value> {
  const { chance, scheduler, transcript, processes, faults } = context;
  const { store, storeOfPeople = store } = faults;
  const weights = actor.process.isWorker ? store : storeOfPeople;
  const fault = context.faulty() ? chance.weighted(weights) : 'none';
  return portCall<Value>(context, actor, (answer) => {
    if (fault === 'die_before') {
      transcript.say(actor.name, `${call.what}: dies before it`);
      processes.kill(actor.process);
      return;
    }
    const stuckMs = chance.pick([5_000, 100_000, 900_000]);
    const wayThereMs = fault === 'stuck' ? chance.int(1_000, stuckMs) : chance.int(0, 3);
    scheduler.after(wayThereMs, () => execute(context, actor, { ...call, fault, answer }));
  });
}

async function execute<Value>(
  context: Context,
  actor: Actor,
  call: StoreCall<Value> & { readonly fault: StoreFault; readonly answer: Answer<Value> },
): Promise<void> {
  const { chance, scheduler, transcript, processes } = context;
  const { what, run, tell, fault, answer } = call;
  // What a dead process had written to its socket arrives; what waited in it does not.
  if (isGone(actor) && (fault === 'stuck' || chance.is(0.5))) return;
  if (fault === 'error_before') {
    transcript.say(actor.name, `${what}: Redis fails`);
    answer({ error: new RedisTrouble('before') });
    return;
  }
  let value = await run();
  if (fault === 'repeated') value = await run();
  const told = tell === undefined ? what : `${what}: ${tell(value)}`;
  transcript.say(actor.name, fault === 'none' ? told : `${told} (${fault})`);
  if (fault === 'die_after') processes.kill(actor.process);
  if (fault === 'blocked') processes.block(actor.process, chance.pick([3_000, 40_000, 100_000, 900_000]));
  const answered = fault === 'error_after' ? { error: new RedisTrouble('after') } : { value };
  scheduler.after(chance.int(0, 3), () => answer(answered));
}

/** Ends when the time is up or the signal aborts. */
export function sleepCall(
  context: Pick<Context, 'scheduler'>,
  actor: Actor,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
  return portCall<void>(context, actor, (answer) => {
    const wake = () => {
      signal?.removeEventListener('abort', abort);
      answer({ value: undefined });
    };
    const abort = () => context.scheduler.after(0, wake);
    signal?.addEventListener('abort', abort, { once: true });
    context.scheduler.after(Math.ceil(ms), wake);
  });
}
