// What a dry run of many replays says of each case, with the worker's own rules and Bootpay's own numbers.
import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { LookUpReply } from '../../src/domain/reply.ts';
import type { Preview } from '../../src/policies/preview.ts';
import { needsAcknowledgement } from '../../src/policies/replay-rules.ts';
import { dryRun } from '../../src/review/dry-run.ts';
import type { ReviewDeps } from '../../src/review/ports.ts';
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
  refund: Refund | ReturnType<typeof unread>,
  reply: LookUpReply,
  { row = rowWith(), mayAsk = true } = {},
): Promise<{ result: Preview; asked: number }> {
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
    twoPeople: { thresholdWon: null, people: [] },
  } as unknown as ReviewDeps;
  const rule = 'unread' in refund ? 'unreadable' : needsAcknowledgement(refund) ? 'acknowledge' : null;
  const { asked: wasAsked, ...result } = await dryRun(deps, { refund, rule, mayAsk: () => mayAsk });
  expect(wasAsked).toBe(asked === 1);
  return { result, asked };
}

const shows = (changes: Parameters<typeof receiptWith>[0] = {}): LookUpReply => ({
  kind: 'accepted',
  httpStatus: 200,
  body: receiptWith(changes),
});
const refusedCase = caseAfter([refused(codes[2032])]);

describe('a dry run', () => {
  test.each<[string, Refund, LookUpReply, Preview]>([
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
    expect((await expected(refund, reply)).result).toEqual(result);
  });

  test('tells what a policy would refuse, and why', async () => {
    const { result } = await expected(refusedCase, shows({ priceWon: 500 }));
    expect(result).toMatchObject({ result: 'would_be_refused', rule: expect.any(String), amountWon: null });
  });

  test('tells a look-up that is older than what was seen before', async () => {
    const { result } = await expected(refusedCase, shows(), { row: rowWith({ highestWon: 4_000 }) });
    expect(result).toEqual({ result: 'not_asked', rule: 'stale_look_up', amountWon: null });
  });

  test('leaves a record that cannot be read to a person', async () => {
    const { result, asked } = await expected(unread(), shows());
    expect(result).toEqual({ result: 'needs_person', rule: 'unreadable', amountWon: null });
    expect(asked).toBe(0);
  });

  test('does not ask for more cases than it may, and says so', async () => {
    const { result, asked } = await expected(refusedCase, shows(), { mayAsk: false });
    expect(asked).toBe(0);
    expect(result).toEqual({ result: 'not_asked', rule: 'limit', amountWon: null });
  });
});
