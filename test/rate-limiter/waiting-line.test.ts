// Who waits in one process stands in line: the first asks, the others are called.
import { describe, expect, it } from 'vitest';
import { createWaitingLine, type Line, type Place } from '../../src/rate-limiter/waiting-line.ts';
import { systemClock } from '../../src/redis/clock.ts';

const patient: Place = { longestMs: 60_000, eager: false };

function lineOf(): {
  line: Line;
  came: string[];
  stand(name: string, place?: Partial<Place>): Promise<boolean>;
} {
  const line = createWaitingLine(systemClock().sleep);
  const came: string[] = [];
  return {
    line,
    came,
    async stand(name, place = {}) {
      const first = await line.enter({ ...patient, ...place });
      if (first) came.push(name);
      return first;
    },
  };
}

describe('the line', () => {
  it('lets one in, and the next when that one leaves, in the order they came', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    const others = [stand('b'), stand('c')];
    expect(came).toEqual(['a']);
    line.leave(false);
    await others[0];
    expect(came).toEqual(['a', 'b']);
    line.leave(false);
    await others[1];
    expect(came).toEqual(['a', 'b', 'c']);
    expect(line.busy).toBe(true);
    line.leave(false);
    expect(line.busy).toBe(false);
  });

  it('puts who is eager at its front', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    void stand('b');
    const eager = stand('person', { eager: true });
    line.leave(false);
    await eager;
    expect(came).toEqual(['a', 'person']);
  });

  it('keeps the order among those who are eager', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    const others = ['b', 'c'].map((name) => stand(name));
    const eager = ['first', 'second'].map((name) => stand(name, { eager: true }));
    for (const one of [...eager, ...others]) {
      line.leave(false);
      await one;
    }
    expect(came).toEqual(['a', 'first', 'second', 'b', 'c']);
  });

  it('opens when one passes at once: two follow, each lets two more in, and who comes later need not stand', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    const others = ['b', 'c', 'd', 'e', 'f'].map((name) => stand(name));
    line.leave(false);
    await others[0];
    expect(came).toEqual(['a', 'b']);
    line.leave(true);
    await others[2];
    expect(came).toEqual(['a', 'b', 'c', 'd']);
    expect(line.busy).toBe(false);
    line.leave(true);
    await Promise.all(others);
    expect(came).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('closes again once somebody is told to wait: one after another, however many ask at that time', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    const others = ['b', 'c', 'd'].map((name) => stand(name));
    line.leave(true);
    await others[1];
    const told = stand('told to wait');
    expect(line.busy).toBe(true);
    line.leave(false);
    await settled();
    expect(came).toEqual(['a', 'b', 'c']);
    line.leave(false);
    await others[2];
    expect(came).toEqual(['a', 'b', 'c', 'd']);
    line.leave(false);
    await told;
  });

  it('forgets who was aborted, and who waited long enough', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    const stopping = new AbortController();
    const aborted = stand('b', { signal: stopping.signal });
    const hasty = stand('c', { longestMs: 5 });
    const last = stand('d');
    stopping.abort();
    expect(await aborted).toBe(false);
    expect(await hasty).toBe(false);
    line.leave(false);
    await last;
    expect(came).toEqual(['a', 'd']);
  });

  it('lets nobody in who was aborted before', async () => {
    const { line, stand } = lineOf();
    expect(await stand('a', { signal: AbortSignal.abort() })).toBe(false);
    expect(line.busy).toBe(false);
  });
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
