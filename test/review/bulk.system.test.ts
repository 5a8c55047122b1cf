// Many at once: a list that is made once, an owner that may die, and one that runs at a time.
import { expect, test } from 'vitest';
import { openSystem } from '../../src/compose.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { idOf, kim, replayMany } from '../support/bulk.ts';
import { makeCase } from '../support/made-case.ts';
import { useRedis } from '../support/redis.ts';
import { refused, shopWithCases, survivesKill } from './bulk-kill.ts';

const redis = useRedis();
const start = { ...kim, reason: 'PG is back', perMinute: 60_000 };

test('it goes on in another process when the one that works on it is killed: each case once', () =>
  survivesKill(redis, 300));

test('of starts at the same time one runs, and the others are told which', async () => {
  const shop = await shopWithCases(redis, 2);
  const { bulks, config } = shop.system;
  const other = await openSystem(config, { log: silentLogger(), whenDown: 'wait' });
  redis.onEnd(() => other.close());
  const wishes = [bulks, other.bulks, bulks, other.bulks].map((each) => each.start({ ...start, filter: {} }));
  const answers = await Promise.all(wishes);
  const [one, ...more] = answers.filter(({ kind }) => kind === 'started');
  expect(more).toEqual([]);
  const id = one !== undefined && 'id' in one ? one.id : '';
  for (const answer of answers.filter(({ kind }) => kind !== 'started'))
    expect(answer).toMatchObject({ kind: 'busy', running: { id, start: { who: 'kim' } } });
  // Nobody works on it: a stop ends it at once, and the next may start.
  expect(await other.bulks.stop(id, kim)).toMatchObject({ state: 'stopped', results: {} });
  expect((await replayMany(shop.system, {})).results).toHaveLength(2);
});

test('what was previewed is what is started: new cases are told, moved ones left alone, refused ones skipped', async () => {
  const shop = await shopWithCases(redis, 3);
  const { bulks, deadLetters, clock } = shop.system;
  const acceptedAt = clock.now() - 60_000;
  shop.simulator.cancelOutside('r-1', 9_950);
  await makeCase(shop, { name: 'critical', acceptedAt, severity: 'critical' });
  const { id, results } = await replayMany(shop.system, {}, { dryRun: true });
  const shown = results.map(({ result, rule, amountWon }) => [result, rule, amountWon]);
  expect(shown).toEqual(
    expect.arrayContaining([
      ['would_send', null, 100],
      ['would_be_refused', expect.any(String), 101],
      ['would_send', null, 102],
      ['needs_person', 'acknowledge', 100],
    ]),
  );

  const byHand = results.find(({ amountWon }) => amountWon === 102)?.refundId;
  const plain = { ...kim, reason: 'r', version: null, newGeneration: false, acknowledge: false, edits: {} };
  await deadLetters.replay(refundIdSchema.parse(byHand), plain);
  await makeCase(shop, { name: 'new', acceptedAt, deadAt: clock.now(), ...refused });
  const preview = await bulks.read(id);
  expect(preview?.previews).toMatchObject({
    would_send: { count: 2, won: 202 },
    would_be_refused: { count: 1 },
  });
  expect(preview && (await bulks.newlyFitting(preview))).toBe(1);

  const work = bulks.work();
  redis.onEnd(() => work.stop());
  await idOf(bulks.start({ ...start, preview: id }));
  await expect.poll(async () => (await bulks.read(id))?.state).toBe('done');
  expect((await bulks.read(id))?.results).toEqual({
    replayed: { count: 1, won: 100, uncounted: 0 },
    moved: { count: 1, won: 102, uncounted: 0 },
    skipped: { count: 2, won: 201, uncounted: 0 },
  });
  expect(await bulks.start({ ...start, preview: id })).toMatchObject({
    kind: 'moved',
    bulk: { state: 'done' },
  });
});
