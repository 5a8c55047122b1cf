// Who waits in one process stands in line: the first asks, the others are called.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createLine, type Line, type Place } from '../../src/queue/line.ts';

const patient: Place = { longestMs: 60_000, eager: false };

function lineOf(): {
  line: Line;
  came: string[];
  stand(name: string, place?: Partial<Place>): Promise<boolean>;
} {
  const line = createLine(systemClock().sleep);
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
    line.leave();
    await others[0];
    expect(came).toEqual(['a', 'b']);
    line.leave();
    await others[1];
    expect(came).toEqual(['a', 'b', 'c']);
    expect(line.busy).toBe(true);
    line.leave();
    expect(line.busy).toBe(false);
  });

  it('puts who is eager at its front', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    void stand('b');
    const eager = stand('person', { eager: true });
    line.leave();
    await eager;
    expect(came).toEqual(['a', 'person']);
  });

  it('keeps the order among those who are eager', async () => {
    const { line, came, stand } = lineOf();
    await stand('a');
    const others = ['b', 'c'].map((name) => stand(name));
    const eager = ['first', 'second'].map((name) => stand(name, { eager: true }));
    for (const one of [...eager, ...others]) {
      line.leave();
      await one;
    }
    expect(came).toEqual(['a', 'first', 'second', 'b', 'c']);
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
    line.leave();
    await last;
    expect(came).toEqual(['a', 'd']);
  });

  it('lets nobody in who was aborted before', async () => {
    const { line, stand } = lineOf();
    expect(await stand('a', { signal: AbortSignal.abort() })).toBe(false);
    expect(line.busy).toBe(false);
  });
});
