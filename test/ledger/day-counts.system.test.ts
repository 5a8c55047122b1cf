// What happens is counted by day and hour in Seoul, once for each move, and for as long as the books are kept.
import { expect, it } from 'vitest';
import { cancellationEventSchema } from '../../src/domain/event.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { poison } from '../../src/policies/decisions.ts';
import { seoulDay, seoulHour } from '../../src/policies/seoul-time.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();
const nothing = { accepted: 0, succeeded: 0, unaided: 0, won: 0, dead_lettered: 0, replayed: 0, resolved: 0 };

it('accepted, succeeded, won, dead-lettered, replayed and resolved are counted where they happen', async () => {
  const shop = await openShop(redis, {
    scenario: {
      receipts: [
        { id: 'paid', price: 1_500 },
        { id: 'over', price: 1_000 },
        { id: 'mended', price: 1_000 },
      ],
    },
  });
  const { ledger, deadLetters, clock } = shop.system;
  const startedAt = clock.now();
  const paid = await shop.send({ receipt_id: 'paid' });
  await shop.until(paid.refund_id, 'succeeded');
  const over = refundIdSchema.parse((await shop.send({ receipt_id: 'over', cancel_price: 2_000 })).refund_id);
  await shop.until(over, 'dead_lettered');
  const by = { who: 'kim', via: 'desk', reason: 'r', version: null } as const;
  await deadLetters.replay(over, { ...by, newGeneration: false, acknowledge: false, edits: {} });
  await shop.until(over, 'dead_lettered');
  await deadLetters.resolve(over, {
    ...by,
    ...{ outcome: 'not_to_be_refunded', evidence: null, acknowledge: true },
  });
  // Paid in the end, but not without a person.
  const mended = refundIdSchema.parse(
    (await shop.send({ receipt_id: 'mended', cancel_price: 2_000 })).refund_id,
  );
  await shop.until(mended, 'dead_lettered');
  const edits = { amountWon: 1_000 };
  await deadLetters.replay(mended, { ...by, newGeneration: false, acknowledge: false, edits });
  await shop.until(mended, 'succeeded');
  const day = await ledger.day(seoulDay(startedAt));
  expect(day.totals).toEqual({
    accepted: 3,
    succeeded: 2,
    unaided: 1,
    won: 2_500,
    dead_lettered: 3,
    replayed: 2,
    resolved: 1,
  });
  expect(day.hours).toHaveLength(24);
  const hours = [seoulHour(startedAt), seoulHour(clock.now())];
  expect(hours.some((hour) => (day.hours[hour]?.accepted ?? 0) > 0)).toBe(true);
  const left = await redis.connect().ttl(keysFor(redis.prefix).day(seoulDay(startedAt)));
  expect(Math.round(left / 86_400)).toBe(400);
  expect((await ledger.day('2020-01-01')).totals).toEqual(nothing);
});

it('each event of a batch is counted in its own hour, and a duplicate in none', async () => {
  const { ledger } = (await openShop(redis, { worker: false })).system;
  const at = (time: string) => Date.parse(`2026-11-29T${time}+09:00`);
  const times = ['08:59:59.999', '09:00:00.000', '23:59:59.999'].map(at);
  times.push(at('23:59:59.999') + 1, at('09:30:00.000'));
  const batch = times.map((acceptedAt, n) => {
    const event = { event_id: `e-${n}`, order_id: `o-${n}`, receipt_id: 'r' };
    return newRefund(cancellationEventSchema.parse(event), acceptedAt, 1_000);
  });
  await ledger.accept(batch);
  await ledger.accept(batch);
  const { hours, totals } = await ledger.day('2026-11-29');
  expect(hours.map(({ accepted }) => accepted).join('')).toBe('000000001200000000000001');
  expect(totals).toEqual({ ...nothing, accepted: 4 });
  expect((await ledger.day('2026-11-30')).hours[0]).toEqual({ ...nothing, accepted: 1 });
});

it('a write that is made a second time, or too late, is counted once', async () => {
  const shop = await openShop(redis, { worker: false });
  const { ledger, clock } = shop.system;
  const { refund } = await shop.read((await shop.send({})).refund_id);
  if (refund === null) throw new Error('it cannot be read');
  const change = transitionFor(refund, poison(refund, 'twice'), { now: clock.now() });
  expect((await ledger.commit(change, {})).kind).toBe('done');
  expect((await ledger.commit(change, {})).kind).toBe('moved');
  expect((await ledger.day(seoulDay(clock.now()))).totals).toEqual({
    ...nothing,
    accepted: 1,
    dead_lettered: 1,
  });
});
