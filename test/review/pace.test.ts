// Work on many things: how many at once, and how fast.
import { expect, test } from 'vitest';
import { eachOf, paceOf } from '../../src/review/pace.ts';

/** A clock that only sleeping moves. */
function fakeTime() {
  let at = 1_000;
  return {
    now: () => at,
    sleep: async (ms: number) => {
      at += ms;
    },
    pass: (ms: number) => {
      at += ms;
    },
  };
}

const { signal } = new AbortController();

test('the first has its turn at once, and each next one no earlier than the rate allows', async () => {
  const time = fakeTime();
  const turn = paceOf(time, 2_000);
  const at: number[] = [];
  await Promise.all([1, 2, 3].map(async () => void ((await turn(signal)) && at.push(time.now() - 1_000))));
  expect(at).toEqual([0, 2_000, 4_000]);
  time.pass(10_000); // what was not used is lost: no two at once
  expect(await turn(signal)).toBe(true);
  expect(time.now()).toBe(15_000);
  await turn(signal);
  expect(time.now()).toBe(17_000);
});

test('a thousand a second are a thousand a second, though a timer is late', async () => {
  const time = fakeTime();
  const late = { now: time.now, sleep: (ms: number) => time.sleep(Math.max(ms, 15)) };
  const turn = paceOf(late, 1);
  for (let n = 0; n < 2_000; n += 1) await turn(signal);
  expect(time.now() - 1_000).toBeGreaterThan(1_700);
  expect(time.now() - 1_000).toBeLessThan(2_100);
});

test('nobody has a turn once it is over', async () => {
  const over = AbortSignal.abort();
  expect(await paceOf(fakeTime(), 1)(over)).toBe(false);
});

test('so many at once, and no more', async () => {
  let [under, most] = [0, 0];
  const done: number[] = [];
  await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    under += 1;
    most = Math.max(most, under);
    await new Promise(setImmediate);
    under -= 1;
    done.push(item);
  });
  expect([most, done.sort()]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
});
