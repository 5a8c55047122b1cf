// Virtual time: actors run alone, stop at their ports, and the same seed runs them in the same order.
import { describe, expect, it } from 'vitest';
import { portCall } from '../../simulation/calls.ts';
import type { Context } from '../../simulation/context.ts';
import { type Chance, chanceFrom } from '../../simulation/random.ts';
import { type Actor, createScheduler, type Process, type Scheduler } from '../../simulation/scheduler.ts';

function process(): Process {
  return { isWorker: true, name: 'w1', stopping: new AbortController(), dead: false, blockedUntil: 0 };
}

async function interleave(seed: string, of: Process = process()): Promise<string> {
  const chance: Chance = chanceFrom(seed);
  const scheduler: Scheduler = createScheduler(chance, 0);
  const order: string[] = [];
  const pause = (actor: Actor) =>
    portCall<void>({ scheduler } as Context, actor, (answer) =>
      scheduler.after(chance.int(0, 3), () => answer({ value: undefined })),
    );
  for (const name of ['a', 'b', 'c']) {
    scheduler.spawn(name, of, async (actor) => {
      for (let step = 1; step <= 4; step += 1) {
        order.push(`${name}${step}@${scheduler.now()}`);
        await pause(actor);
      }
    });
  }
  while (await scheduler.step());
  return order.join(' ');
}

describe('the scheduler', () => {
  it('runs one seed in one order, and other seeds in others', async () => {
    expect(await interleave('1')).toBe(await interleave('1'));
    const orders = new Set(await Promise.all(['1', '2', '3', '4', '5'].map((seed) => interleave(seed))));
    expect(orders.size).toBeGreaterThan(3);
  });

  it('lets nothing of a dead process go on, and nothing of a blocked one before its time', async () => {
    expect(await interleave('1', { ...process(), dead: true })).toBe('a1@0 b1@0 c1@0');
    const blocked = await interleave('1', { ...process(), blockedUntil: 50 });
    expect(blocked.split(' ').slice(3)[0]).toMatch(/@50$/);
    expect(blocked.split(' ')).toHaveLength(12);
  });
});

describe('chance', () => {
  it('is the same for the same words, even, and within its bounds', () => {
    const one = chanceFrom('words');
    const numbers = Array.from({ length: 1_000 }, () => one.int(1, 6));
    const again = chanceFrom('words');
    expect(Array.from({ length: 1_000 }, () => again.int(1, 6))).toEqual(numbers);
    for (let side = 1; side <= 6; side += 1) {
      expect(numbers.filter((number) => number === side).length).toBeGreaterThan(100);
    }
    expect(chanceFrom('other words').next()).not.toBe(chanceFrom('words').next());
  });
});
