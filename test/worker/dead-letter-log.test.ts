// How loud a case is: a warning, or an error where the outcome is critical, with what it is about.
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/logging/logger.ts';
import { outcomeEvent } from '../../src/policies/outcome-event.ts';
import { logDeadLetter } from '../../src/worker/write.ts';
import { receiptWith } from '../policies/receipts.ts';
import { caseAfter, codes, full, looked, now, refundIn, refused } from '../policies/refunds.ts';

function logged(refund: Parameters<typeof logDeadLetter>[1]['refund']): unknown[] {
  const lines: unknown[] = [];
  const at = (level: string) => (fields: object, event: string) =>
    void lines.push({ level, event, ...fields });
  const history = {
    at: now,
    who: 'worker',
    what: 'dead_letter',
    from: null,
    to: null,
    reason: 'why',
  } as const;
  logDeadLetter({ ...silentLogger(), warn: at('warn'), error: at('error') }, { refund, history });
  return lines;
}

const refusedCase = caseAfter([refused(codes[2032], '2026')], { code: codes[2032], pgCode: '2026' });
const criticalCase = caseAfter(
  [refused(codes[2086])],
  { code: codes[2086], severity: 'critical' },
  { cancel: full },
);

describe('a dead letter in the log', () => {
  test('is a warning with code, money and the day by which it is due', () => {
    expect(logged(refusedCase)).toMatchObject([
      {
        level: 'warn',
        event: 'refund_dead_lettered',
        refund_id: refusedCase.refundId,
        case: 'bootpay_refused',
        code: codes[2032],
        pg_error_code: '2026',
        severity: 'warning',
        amount: 1_000,
        refund_by: new Date(refusedCase.refundBy).toISOString(),
        reason: 'why',
      },
    ]);
  });

  test('is an error where it is critical; of a full cancel it names what is left', () => {
    const shown = looked(criticalCase, { priceWon: 10_000, cancelledWon: 4_000 });
    expect(logged(shown)).toMatchObject([{ level: 'error', severity: 'critical', amount: 6_000 }]);
    expect(logged(criticalCase)).toMatchObject([
      { amount: criticalCase.lastLookUp === null ? null : expect.any(Number) },
    ]);
  });

  test('is none of any other refund', () => {
    expect(logged(refundIn('succeeded'))).toEqual([]);
  });
});

test('the outcome event of a case carries what a person has to know, in both languages', () => {
  const shown = looked(criticalCase, { priceWon: receiptWith().priceWon, cancelledWon: 4_000 });
  expect(outcomeEvent('refund.dead_lettered', shown, now)['data']).toMatchObject({
    case: 'bootpay_refused',
    severity: 'critical',
    pg_error_code: null,
    amount: 6_000,
    refund_by: new Date(shown.refundBy).toISOString(),
    advice: { ko: expect.stringMatching(/[가-힣]/), en: expect.any(String) },
  });
  expect(outcomeEvent('refund.succeeded', refundIn('succeeded'), now)['data']).not.toHaveProperty('severity');
});
