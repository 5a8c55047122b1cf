// What the accounting book says of an end, and of one that is taken back.
import { expect, test } from 'vitest';
import { entryFields } from '../../src/ledger/book.ts';
import { drift } from '../../src/policies/decisions.ts';
import { transitionFor } from '../../src/policies/transition.ts';
import { now, partial, refundIn } from '../policies/refunds.ts';

/** By name, as the script stores them. */
function entry(change: Parameters<typeof entryFields>[0]): Record<string, string> | null {
  const fields = entryFields(change) ?? [];
  const pairs = fields.flatMap((name, place) => (place % 2 === 0 ? [[name, fields[place + 1] ?? '']] : []));
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
}

const paid = { cancel: partial(1_000, 400) };

test('what was paid has its tax-free share', () => {
  const change = transitionFor(
    refundIn('sending', paid),
    { kind: 'settle', settledWon: 1_000, by: 'answer' },
    { now },
  );
  expect(entry(change)).toMatchObject({ to: 'succeeded', won: '1000', tax_free: '400' });
});

test('a drift takes back both: the month adds up to what went back', () => {
  const change = transitionFor(refundIn('succeeded', { ...paid, settledWon: 1_000 }), drift('the totals'), {
    now,
  });
  expect(entry(change)).toMatchObject({ from: 'succeeded', won: '-1000', tax_free: '-400', asked: '1000' });
});

test('a step that ends nothing and moves nothing has no entry', () => {
  const change = transitionFor(
    refundIn('queued', paid),
    { kind: 'look_up_at', at: now, reason: 'the look-up failed' },
    { now },
  );
  expect(entry(change)).toBeNull();
});
