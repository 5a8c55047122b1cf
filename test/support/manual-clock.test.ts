// The clock of the tests keeps the promises of the real one.
import { expect, test } from 'vitest';
import { manualClock } from './manual-clock.ts';

test('time stands still until it is moved, and sleepers wake in the order in which they are due', async () => {
  const clock = manualClock(1000);
  const woken: string[] = [];
  void clock.sleep(300).then(() => woken.push(`late at ${clock.now()}`));
  void clock.sleep(100).then(async () => {
    woken.push(`early at ${clock.now()}`);
    await clock.sleep(50);
    woken.push(`again at ${clock.now()}`);
  });
  expect(clock.sleeping()).toBe(2);
  await clock.advance(250);
  expect(woken).toEqual(['early at 1100', 'again at 1150']);
  await clock.advance(50);
  expect(woken).toEqual(['early at 1100', 'again at 1150', 'late at 1300']);
  expect(clock.now()).toBe(1300);
});

test('an aborted sleep ends at once', async () => {
  const clock = manualClock();
  const abort = new AbortController();
  const sleep = clock.sleep(1000, abort.signal);
  abort.abort();
  await sleep;
  expect(clock.sleeping()).toBe(0);
});
