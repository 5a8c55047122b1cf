// A month of refunds, day after day, with every way in which one ends: what accounting reads of each day and of the month
// is what the payment book moved in it, to the won.
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { seoulDay } from '../../src/policies/seoul-time.ts';
import { daysOfMonth } from '../../src/review/book.ts';
import type { ResolveRequest } from '../../src/review/ports.ts';
import { operatorsEnv, viewer } from '../server/people.ts';
import { openServer, type Served } from '../server/support.ts';
import { useMovedClock } from '../support/moved-clock.ts';
import { useRedis } from '../support/redis.ts';

const redis = useRedis();
const clock = useMovedClock(redis);
/** The next whole month in Seoul, each day at noon. */
const days = daysOfMonth(nextMonth());
const refused = { cancel: [{ reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND', times: 'always' } as const] };
const lost = { cancel: [{ reply: 'reset_after_commit' } as const] };
const retried = { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const] };

function nextMonth(): string {
  const [year = 0, month = 0] = seoulDay(Date.now()).split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
}

/** One of each, each day; amounts differ from day to day so that no error of one hides one of another. */
const receiptsOf = (day: number) => [
  { id: `full-${day}`, price: 10_000 + day, taxFree: 1_000 },
  { id: `part-${day}`, price: 20_000 + day },
  { id: `lost-${day}`, price: 30_000 + 3 * day, script: lost },
  { id: `retried-${day}`, price: 7_000 + 7 * day, script: retried },
  { id: `hand-${day}`, price: 5_000 + day, script: refused },
  { id: `already-${day}`, price: 6_000 + 11 * day, script: refused },
  { id: `not-${day}`, price: 4_000, script: refused },
];

async function playDay({ send, until, system, simulator }: Served, day: number): Promise<void> {
  const ends = async (name: string, state: 'succeeded' | 'dead_lettered', event: object = {}) => {
    const { refund_id } = await send({ receipt_id: `${name}-${day}`, order_id: `${name}-${day}`, ...event });
    await until(refund_id, state);
    return refundIdSchema.parse(refund_id);
  };
  const closes = async (name: string, verdict: Partial<ResolveRequest>) => {
    const id = await ends(name, 'dead_lettered');
    if (name === 'already') simulator.cancelOutside(`${name}-${day}`, 6_000 + 11 * day);
    const by = { who: '김민지', via: 'cli', reason: '확인', version: null, evidence: null } as const;
    const request = { ...by, outcome: 'not_to_be_refunded', acknowledge: true, ...verdict } as const;
    expect((await system.deadLetters.resolve(id, request)).kind).toBe('done');
  };
  await Promise.all([
    ends('full', 'succeeded'),
    ends('part', 'succeeded', { cancel_price: 1_000 + day }).then(() =>
      ends('part', 'succeeded', { cancel_price: 2_000 + day }),
    ),
    ends('lost', 'succeeded'),
    ends('retried', 'succeeded'),
    closes('hand', { outcome: 'refunded_by_hand', amountWon: 4_000 + day, evidence: '이체 확인' }),
    closes('already', { outcome: 'already_refunded' }),
    closes('not', {}),
  ]);
}

test('the accounting CSV of a month equals the payment book, on each of its days', {
  timeout: 240_000,
}, async () => {
  const receipts = days.flatMap((_, day) => receiptsOf(day));
  const served = await openServer(redis, { worker: true, scenario: { receipts }, env: await operatorsEnv() });
  const { system, simulator } = served;
  const paidWon = () => receipts.reduce((sum, { id }) => sum + simulator.book.of(id).refundedAmount, 0);
  const moved: Record<string, number> = {};
  for (const [day, name] of days.entries()) {
    await clock.move(Date.parse(`${name}T12:00:00+09:00`) - Date.now());
    await system.clock.refresh();
    const before = paidWon();
    await playDay(served, day);
    moved[name] = paidWon() - before;
  }

  const { text } = await served.call(`/v1/exports?month=${nextMonth()}`, { headers: viewer });
  const rows: Record<string, string>[] = parse(text, { bom: true, columns: true });
  const [lines, [sum]] = [rows.slice(0, -2), rows.slice(-2)];
  const told: Record<string, number> = {};
  let byHandWon = 0;
  for (const row of lines) {
    const day = row['날짜'] ?? '';
    told[day] = (told[day] ?? 0) + Number(row['환불금액']);
    byHandWon += Number(row['직접 환불한 금액']);
  }
  expect(told).toEqual(moved);
  expect(sum).toMatchObject({ 환불금액: String(paidWon()), '직접 환불한 금액': String(byHandWon) });
  expect(byHandWon).toBe(days.reduce((all, _, day) => all + 4_000 + day, 0));
  expect(lines).toHaveLength(days.length * 8);
});
