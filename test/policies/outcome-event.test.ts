import { expect, it } from 'vitest';
import { outcomeEvent } from '../../src/policies/outcome-event.ts';
import { now, refundIn } from './refunds.ts';

it('an outcome event carries the version of the record, which its id ends with', () => {
  const refund = { ...refundIn('succeeded'), version: 7 };
  expect(outcomeEvent('refund.succeeded', refund, now)).toMatchObject({
    id: `${refund.refundId}-7`,
    subject: refund.refundId,
    data: { refund_id: refund.refundId, version: 7 },
  });
});
