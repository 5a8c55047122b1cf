// Events that the webhook refuses: tried some times, set aside, and no obstacle to those behind them.
import { describe, expect, it } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { type Behaviour, merchant, mostWithin, until, world } from './support.ts';

const redis = useRedis();
const refusing =
  (status: number, ...ids: readonly string[]): Behaviour =>
  (id) =>
    ids.includes(id) ? status : 204;
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `e${index + 1}`);

describe('an event that is refused', () => {
  it.each([400, 401, 404, 410, 422, 302, 308])('with %i is set aside after five tries', async (status) => {
    const { start, add, ...stream } = world(redis);
    const { url, delivered, taken, postsOf } = await merchant(redis, refusing(status, 'bad'));
    await add('bad', 'one', 'two');
    const { lines } = start(url);
    await until(stream.setAside, ['bad']);
    await until(() => taken, ['one', 'two']);
    await until(stream.pending, 0);
    expect(postsOf('bad')).toBe(5);
    // A redirect is not followed.
    expect(delivered).toHaveLength(7);
    expect(lines.filter(({ event }) => event === 'event_set_aside')).toMatchObject([
      { fields: { event_id: 'bad', http_status: status } },
    ]);
  });

  it('lets those behind it pass before its second try', async () => {
    const { start, add } = world(redis);
    const { url, delivered, taken } = await merchant(redis, refusing(400, 'bad'));
    await add('bad', ...numbered(15));
    start(url, { limits: { retryMs: 60_000, longestRetryMs: 60_000 } });
    await until(() => taken, numbered(15));
    expect(delivered).toHaveLength(16);
  });

  it('is set aside while nothing else is sent at all', async () => {
    const { start, add, setAside } = world(redis);
    const { url } = await merchant(redis, () => 410);
    await add('bad');
    start(url);
    await until(setAside, ['bad']);
  });

  it('keeps its tries when the process ends and another one goes on', async () => {
    const { start, add, ...stream } = world(redis);
    const { url, postsOf } = await merchant(redis, () => 400);
    await add('bad');
    const slow = { retryMs: 300, longestRetryMs: 300, takeOverMs: 200 };
    const first = start(url, { limits: slow });
    await until(() => postsOf('bad'), 2);
    await first.stop();
    const tried = postsOf('bad');
    const second = start(url, { limits: slow });
    await until(stream.setAside, ['bad']);
    expect(postsOf('bad')).toBe(5);
    expect(tried).toBeLessThan(5);
    await until(stream.consumers, [second.consumer]);
  });

  it.each([
    ['a moment beyond every wait', { dueAt: Date.now() + 3_600_000 }],
    ['nothing that can be read', 'no JSON'],
  ])('is tried again where %s stands beside it', async (_, found) => {
    const { start, add, redis: connection, keys, setAside } = world(redis);
    const { url, postsOf } = await merchant(redis, () => 400);
    await add('bad');
    const slow = { retryMs: 2_000, longestRetryMs: 2_000, takeOverMs: 5_000 };
    const { stop } = start(url, { limits: slow, consumer: 'process' });
    await until(() => postsOf('bad'), 1);
    await stop();
    const [[entry, stored] = ['', '']] = Object.entries(await connection.hgetall(keys.eventTries));
    const wrong = typeof found === 'string' ? found : JSON.stringify({ ...JSON.parse(stored), ...found });
    await connection.hset(keys.eventTries, entry, wrong);
    start(url, { consumer: 'process' });
    await until(setAside, ['bad']);
  });

  it('is kept with the answer, the number of tries and the times', async () => {
    const { start, add, redis: connection, keys, setAside } = world(redis);
    const { url } = await merchant(redis, () => 422);
    await add('bad');
    const before = Date.now();
    start(url);
    await until(setAside, ['bad']);
    const [[, fields] = ['', []]] = await connection.xrange(keys.eventsSetAside, '-', '+');
    const about = JSON.parse(fields[5] ?? '');
    expect(about).toMatchObject({ tries: 5, status: 422, reason: 'http_422' });
    expect(about.since).toBeGreaterThanOrEqual(before);
    expect(about.at).toBeGreaterThan(about.since);
    expect(await connection.hlen(keys.eventTries)).toBe(0);
  });
});

describe('an event that fails for now', () => {
  it.each([500, 503, 408, 429])(
    'with %i again and again is set aside only as others are taken',
    async (status) => {
      const { start, add, ...stream } = world(redis);
      const { url, postsOf, taken } = await merchant(redis, refusing(status, 'bad'));
      await add('bad');
      start(url, { limits: { passes: 3 } });
      await until(() => postsOf('bad') > 6, true);
      expect(await stream.setAside()).toEqual([]);
      for (const id of numbered(3)) {
        await add(id);
        await until(() => taken.includes(id), true);
        const posts = postsOf('bad');
        await until(() => postsOf('bad') > posts, true);
      }
      await until(stream.setAside, ['bad']);
      await until(stream.pending, 0);
    },
  );

  it('without an answer does not stop those behind it', async () => {
    const { start, add } = world(redis);
    const { url, taken } = await merchant(redis, (id) => (id === 'bad' ? () => undefined : 204));
    await add('bad', 'one', 'two');
    start(url, { limits: { answerMs: 1_000 } });
    await until(() => taken, ['one', 'two']);
  });
});

describe('an outage of the webhook', () => {
  it('sets nothing aside, knocks with few events, and ends with all taken in their order', async () => {
    const { start, add, ...stream } = world(redis);
    const ids = numbered(40);
    const { url, delivered, taken, behave } = await merchant(redis, () => 503);
    await add(...ids);
    // It knocks every 200 ms, and what failed is due after 300.
    const limits = { retryMs: 300, longestRetryMs: 300, takeOverMs: 400, passes: 2 };
    start(url, { limits });
    await until(() => delivered.length > 16, true);
    expect(mostWithin(delivered.slice(3), 120)).toBeLessThanOrEqual(2);
    expect(await stream.setAside()).toEqual([]);
    behave(() => 204);
    await until(() => taken.length, 40);
    await until(stream.pending, 0);
    expect(await stream.setAside()).toEqual([]);
    // But for the one that found out.
    expect(taken.slice(1)).toEqual(ids.filter((id) => id !== taken[0]));
  });

  it('does not hide an event that would be taken behind three that never are', async () => {
    const { start, add } = world(redis);
    const { url, taken } = await merchant(redis, refusing(500, 'b1', 'b2', 'b3', 'b4'));
    await add('b1', 'b2', 'b3', 'b4', 'one', 'two');
    start(url);
    await until(() => taken, ['one', 'two']);
  });

  it('does not hide one that became pending in it, with nothing new to come', async () => {
    const { start, add, pending } = world(redis);
    const { url, taken, delivered, behave } = await merchant(redis, () => 500);
    await add('b1', 'b2', 'b3', 'one', 'two');
    start(url, { limits: { retryMs: 40, longestRetryMs: 40 } });
    await until(() => new Set(delivered.map(({ id }) => id)).size, 5);
    behave(refusing(500, 'b1', 'b2', 'b3'));
    await until(() => [...taken].sort(), ['one', 'two']);
    await until(pending, 3);
  });

  it('is also one that refuses whatever comes: only some are set aside, the rest is sent when it is over', async () => {
    const { start, add, ...stream } = world(redis);
    const { url, taken, behave, delivered } = await merchant(redis, () => 404);
    await add(...numbered(12));
    start(url, { limits: { refusedInARow: 4 } });
    await until(stream.setAside, ['e1', 'e2', 'e3', 'e4']);
    const posts = delivered.length;
    await until(() => delivered.length > posts + 30, true);
    // Every 100 ms one of those known and one that is new, as long as there are new ones.
    expect(mostWithin(delivered.slice(posts + 12), 60)).toBeLessThanOrEqual(2);
    expect(await stream.setAside()).toEqual(['e1', 'e2', 'e3', 'e4']);
    behave(() => 204);
    await until(() => taken.length, 8);
    await until(stream.pending, 0);
    expect(await stream.setAside()).toHaveLength(4);
    behave(() => 404);
    await add('e13', 'e14');
    await until(async () => (await stream.setAside()).slice(4), ['e13', 'e14']);
  });

  it('is over when the webhook listens again', async () => {
    const { start, add } = world(redis);
    const { url, taken } = await merchant(redis);
    const { lines } = start(url.replace(/:\d+/, ':1'));
    await add('one');
    await until(() => lines.some(({ event }) => event === 'event_not_taken'), true);
    expect(taken).toEqual([]);
    start(url, { limits: { takeOverMs: 5 } });
    await until(() => taken.includes('one'), true);
  });
});

describe('an answer', () => {
  it('with a body that never ends is taken for its status', async () => {
    const { start, add, ...stream } = world(redis);
    const endless: Behaviour = () => (response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write(Buffer.alloc(16_384)), 1);
      response.on('close', () => clearInterval(more));
    };
    const { url, delivered } = await merchant(redis, endless);
    await add('one', 'two');
    start(url);
    await until(() => delivered.map(({ id }) => id), ['one', 'two']);
    await until(stream.pending, 0);
    // No more of it is read than is worth a connection.
    expect(mostWithin(delivered, 900)).toBe(2);
  });

  it('with a body that stands still is taken for its status', async () => {
    const { start, add, ...stream } = world(redis);
    const silent: Behaviour = () => (response) => response.writeHead(200).write('o');
    const { url, delivered } = await merchant(redis, silent);
    await add('one', 'two');
    start(url);
    await until(() => delivered.map(({ id }) => id), ['one', 'two']);
    await until(stream.pending, 0);
    expect(delivered).toHaveLength(2);
  });
});

describe('events that were set aside', () => {
  it('are bounded, and what is dropped for it is counted and told', async () => {
    const { start, add, ...stream } = world(redis);
    const { url } = await merchant(redis, () => 400);
    await add(...numbered(5));
    const { lines } = start(url, { limits: { setAside: 3 } });
    await until(() => stream.counter('events_dropped'), 2);
    await until(stream.pending, 0);
    expect(await stream.setAside()).toHaveLength(3);
    const dropped = lines.filter(({ event }) => event === 'events_dropped');
    const ids = dropped.flatMap(({ fields }) => fields['event_ids']);
    expect([...ids, ...(await stream.setAside())].sort()).toEqual(numbered(5));
  });
});

describe('a forwarder that is stopped', () => {
  it('settles the event in hand first, so that it is not sent again', async () => {
    const { start, add, pending } = world(redis);
    const answers: (() => void)[] = [];
    const { url, delivered } = await merchant(
      redis,
      () => (response) => void answers.push(() => response.writeHead(204).end()),
    );
    await add('one', 'two');
    const { stop } = start(url);
    await until(() => answers.length, 1);
    const stopped = stop();
    answers[0]?.();
    await stopped;
    expect(await pending()).toBe(1);
    expect(delivered).toHaveLength(1);
  });
});
