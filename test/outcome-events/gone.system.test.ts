// Entries of the stream that hold no event any more, or never did: acknowledged, told, and no obstacle.
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logging/logger.ts';
import { readOwn, takeOver, tidy } from '../../src/outcome-events/stream.ts';
import { systemClock } from '../../src/redis/clock.ts';
import type { Keys } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { cloudEvent, type Forwarding, merchant, until, world } from './support.ts';

const redis = useRedis();
const depsOf = (connection: Redis, keys: Keys) => ({
  ...{ redis: connection, keys, clock: systemClock(), log: silentLogger(), consumer: 'own' },
});
const linesOf = ({ lines }: Forwarding, event: string) => lines.filter((line) => line.event === event);

describe('entries that are gone', () => {
  it.each([2, 3] as const)(
    'from under their reader are told, and the next ones go on (RESP%i)',
    async (protocol) => {
      const { start, add, leave, redis: connection, ...stream } = world(redis);
      const { url, taken } = await merchant(redis);
      const [first = '', second = ''] = await add('one', 'two', 'three');
      await leave('process', 3);
      await connection.xdel(stream.keys.events, first, second);
      await add('four');
      const own = new Redis(redis.url, { protocol, maxRetriesPerRequest: null });
      const forwarding = start(url, { consumer: 'process', connection: own });
      await until(() => taken, ['three', 'four']);
      await until(stream.pending, 0);
      expect(linesOf(forwarding, 'event_gone')).toMatchObject([
        { fields: { count: 2, first_entry: first, last_entry: second } },
      ]);
      expect(await stream.counter('events_gone')).toBe(2);
    },
  );

  it('are acknowledged at the next look at what is in hand, too', async () => {
    const { add, leave, keys, redis: connection, ...stream } = world(redis);
    const [first = ''] = await add('one', 'two');
    await leave('own', 2);
    await connection.xdel(keys.events, first);
    const deps = depsOf(connection, keys);
    expect((await readOwn(deps)).map(({ event }) => event.id)).toEqual(['two']);
    expect(await stream.pending()).toBe(1);
    expect(await stream.counter('events_gone')).toBe(1);
  });

  it('are told once when a dead process had them', async () => {
    const { start, add, leave, redis: connection, ...stream } = world(redis);
    const { url, taken } = await merchant(redis);
    await add('one', 'two', 'three');
    await leave('dead', 2);
    await connection.xtrim(stream.keys.events, 'MAXLEN', 1);
    const limits = { takeOverMs: 60 };
    const both = [start(url, { limits }), start(url, { limits })];
    await until(() => taken, ['three']);
    await until(stream.pending, 0);
    await until(() => stream.counter('events_gone'), 2);
    const told = both.flatMap((one) => linesOf(one, 'event_gone')).map(({ fields }) => fields['count']);
    expect(told).toEqual([2]);
  });

  it('before anything had read them are told by their number', async () => {
    const { start, add, redis: connection, ...stream } = world(redis);
    const { url, taken } = await merchant(redis);
    await add('one');
    const before = start(url);
    await until(() => taken, ['one']);
    await until(stream.pending, 0);
    await before.stop();
    await add('two', 'three', 'four', 'five');
    await connection.xtrim(stream.keys.events, 'MAXLEN', 1);
    const forwarding = start(url);
    await until(() => taken, ['one', 'five']);
    expect(linesOf(forwarding, 'event_gone')).toMatchObject([{ fields: { count: 3, unread: true } }]);
    expect(await stream.counter('events_gone')).toBe(3);
  });

  it('before anything had read them are counted once, whichever process looks', async () => {
    const { add, leave, keys, redis: connection, ...stream } = world(redis);
    await add('one', 'two', 'three');
    await leave('own', 1);
    await connection.xtrim(keys.events, 'MAXLEN', 0);
    const deps = depsOf(connection, keys);
    for (const consumer of ['own', 'other', 'own']) await tidy({ ...deps, consumer }, 60_000);
    expect(await stream.counter('events_gone')).toBe(2);
  });

  it('are not counted where Redis cannot tell how many were unread', async () => {
    const { add, leave, keys, redis: connection, ...stream } = world(redis);
    const entries = await add('one', 'two', 'three', 'four', 'five');
    await leave('own', 1);
    await connection.xtrim(keys.events, 'MAXLEN', 3);
    await connection.xdel(keys.events, entries[3] ?? '');
    const deps = depsOf(connection, keys);
    await tidy(deps, 60_000);
    expect(await stream.counter('events_gone')).toBe(0);
  });

  it('are not told where single ones were deleted that had been read', async () => {
    const { start, add, redis: connection, ...stream } = world(redis);
    const { url, taken } = await merchant(redis);
    const [first = ''] = await add('one', 'two');
    const before = start(url);
    await until(() => taken, ['one', 'two']);
    await until(stream.pending, 0);
    await before.stop();
    await connection.xdel(stream.keys.events, first);
    await add('three');
    const forwarding = start(url);
    await until(() => taken, ['one', 'two', 'three']);
    expect(linesOf(forwarding, 'event_gone')).toEqual([]);
  });
});

describe('an entry that is no event', () => {
  it.each([
    ['is no JSON', ['event', '{"id": ']],
    ['is JSON of something else', ['event', '"refund.succeeded"']],
    ['is no CloudEvent', ['event', JSON.stringify({ id: 'x', type: 'y' })]],
    ['cannot be named in a header', ['event', JSON.stringify(cloudEvent('취소-1'))]],
    ['has no field of that name', ['other', JSON.stringify(cloudEvent('x'))]],
  ])('is told and passed over: it %s', async (_, fields) => {
    const { start, add, addEntry, ...stream } = world(redis);
    const { url, taken } = await merchant(redis);
    await add('one');
    const entry = await addEntry(fields);
    await add('two');
    const forwarding = start(url);
    await until(() => taken, ['one', 'two']);
    await until(stream.pending, 0);
    expect(linesOf(forwarding, 'event_unreadable')).toMatchObject([{ fields: { entry } }]);
    expect(await stream.counter('events_unreadable')).toBe(1);
  });

  it('does not hide the event beside other fields', async () => {
    const { start, addEntry } = world(redis);
    const { url, taken } = await merchant(redis);
    await addEntry(['note', 'event', 'event', JSON.stringify(cloudEvent('one'))]);
    start(url);
    await until(() => taken, ['one']);
  });
});

describe('the consumer group', () => {
  it('may be destroyed under its reader: it is made again', async () => {
    const { start, add, redis: connection, keys } = world(redis);
    const { url, taken } = await merchant(redis);
    start(url);
    await add('one');
    await until(() => taken, ['one']);
    await connection.xgroup('DESTROY', keys.events, 'webhook');
    await add('two');
    await until(() => taken.includes('two'), true);
  });

  it('may go with its whole stream', async () => {
    const { start, add, redis: connection, keys } = world(redis);
    const { url, taken } = await merchant(redis);
    start(url);
    await add('one');
    await until(() => taken, ['one']);
    await connection.del(keys.events);
    await add('two');
    await until(() => taken, ['one', 'two']);
  });
});

describe('consumers of dead processes', () => {
  it('go once what they left was taken over', async () => {
    const { start, add, leave, ...stream } = world(redis);
    const { url, taken } = await merchant(redis);
    await add('one', 'two');
    await leave('dead', 2);
    const { consumer } = start(url, { limits: { takeOverMs: 120 } });
    await until(() => taken, ['one', 'two']);
    await until(stream.consumers, [consumer]);
    await until(stream.pending, 0);
  });

  it('have their entries taken over behind any number that living ones have in hand', async () => {
    const { add, leave, keys, redis: connection } = world(redis);
    await add(...Array.from({ length: 1_500 }, (_, index) => `e${index}`));
    await leave('living', 1_500);
    const [entry = ''] = await add('last');
    await leave('dead', 1);
    await connection.call('XCLAIM', keys.events, 'webhook', 'dead', '0', entry, 'IDLE', '90000', 'JUSTID');
    const deps = depsOf(connection, keys);
    const half = await takeOver(deps, '0-0', 60_000);
    expect(await takeOver(deps, half, 60_000)).toBe('0-0');
    expect((await readOwn(deps)).map(({ event }) => event.id)).toEqual(['last']);
  });

  it('stay as long as anything is pending with them', async () => {
    const { add, leave, keys, redis: connection, ...stream } = world(redis);
    await add('one');
    await leave('busy', 1);
    await connection.xgroup('CREATECONSUMER', keys.events, 'webhook', 'idle');
    const deps = depsOf(connection, keys);
    await tidy(deps, 0);
    expect(await stream.consumers()).toEqual(['busy']);
    expect(await stream.pending()).toBe(1);
  });
});

it('tries of entries that are pending no more are forgotten, those of pending ones are not', async () => {
  const { add, leave, keys, redis: connection } = world(redis);
  const [pending = ''] = await add('one');
  await leave('own', 1);
  await connection.hset(keys.eventTries, { [pending]: '{}', '1-1': '{}' });
  const deps = depsOf(connection, keys);
  await tidy(deps, 60_000);
  expect(await connection.hkeys(keys.eventTries)).toEqual([pending]);
});
