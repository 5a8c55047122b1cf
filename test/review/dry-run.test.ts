// What a dry run of many replays says of each case, with the worker's own rules and Bootpay's own numbers.
import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { LookUpReply } from '../../src/domain/reply.ts';
import { mostAsked } from '../../src/policies/preview.ts';
import { dryRun } from '../../src/review/dry-run.ts';
import type { BulkResult, ReviewDeps } from '../../src/review/ports.ts';
import { receiptWith } from '../policies/receipts.ts';
import {
  caseAfter,
  codes,
  full,
  hour,
  noAnswer,
  now,
  refused,
  rowWith,
  settings,
} from '../policies/refunds.ts';
import { unread } from '../policies/unread.ts';

async function expected(
  cases: readonly (Refund | ReturnType<typeof unread>)[],
  reply: LookUpReply,
  row = rowWith(),
): Promise<{ results: Omit<BulkResult, 'refundId'>[]; asked: number }> {
  let asked = 0;
  const deps = {
    ledger: { readReceipt: async () => row },
    gateway: {
      async lookUp() {
        asked += 1;
        return reply;
      },
    },
    rateLimiter: { acquire: async () => ({ at: now }) },
    now: () => now + hour,
    jumpedAt: () => null,
    settings,
  } as unknown as ReviewDeps;
  const results: Omit<BulkResult, 'refundId'>[] = [];
  async function* all() {
    yield* cases;
  }
  for await (const { refundId: _, ...result } of dryRun(deps, all())) results.push(result);
  return { results, asked };
}

const shows = (changes: Parameters<typeof receiptWith>[0] = {}): LookUpReply => ({
  kind: 'accepted',
  httpStatus: 200,
  body: receiptWith(changes),
});
const refusedCase = caseAfter([refused(codes[2032])]);

describe('a dry run', () => {
  test.each<[string, Refund, LookUpReply, Omit<BulkResult, 'refundId'>]>([
    ['what would be sent', refusedCase, shows(), { result: 'would_send', rule: null, amountWon: 1_000 }],
    [
      'what a full cancel would send: the rest',
      caseAfter([refused(codes[2032])], {}, { cancel: full }),
      shows(),
      { result: 'would_send', rule: null, amountWon: 10_000 },
    ],
    [
      'what went back already',
      caseAfter([noAnswer, refused(codes[2032])]),
      shows({ cancelledWon: 1_000 }),
      { result: 'already_refunded', rule: null, amountWon: 1_000 },
    ],
    [
      'a look-up that failed',
      refusedCase,
      { kind: 'no_answer', cause: 'timeout' },
      { result: 'not_asked', rule: 'no_look_up', amountWon: null },
    ],
    [
      'money that cannot be attributed',
      refusedCase,
      shows({ cancelledWon: 300 }),
      { result: 'needs_person', rule: 'integrity_mismatch', amountWon: null },
    ],
    [
      'an outcome that is not certain, without asking',
      caseAfter([noAnswer], { case: 'outcome_unknown', code: null, severity: 'critical' }),
      shows(),
      { result: 'needs_person', rule: 'acknowledge', amountWon: null },
    ],
  ])('tells %s', async (_, refund, reply, result) => {
    expect((await expected([refund], reply)).results).toEqual([result]);
  });

  test('tells what a policy would refuse, and why', async () => {
    const { results } = await expected([refusedCase], shows({ priceWon: 500 }));
    expect(results).toMatchObject([
      { result: 'would_be_refused', rule: expect.any(String), amountWon: null },
    ]);
  });

  test('tells a look-up that is older than what was seen before', async () => {
    const { results } = await expected([refusedCase], shows(), rowWith({ highestWon: 4_000 }));
    expect(results).toEqual([{ result: 'not_asked', rule: 'stale_look_up', amountWon: null }]);
  });

  test('leaves a record that cannot be read to a person', async () => {
    const { results, asked } = await expected([unread()], shows());
    expect(results).toEqual([{ result: 'needs_person', rule: 'unreadable', amountWon: null }]);
    expect(asked).toBe(0);
  });

  test('asks for 200 cases at most, and says of the rest that they were not asked', async () => {
    const many = Array.from({ length: mostAsked + 3 }, () => refusedCase);
    const { results, asked } = await expected(many, shows());
    expect(asked).toBe(mostAsked);
    expect(results.slice(-3)).toEqual(Array(3).fill({ result: 'not_asked', rule: 'limit', amountWon: null }));
  });
});
