// Which act a case suggests: closing where sending again changes nothing, nothing where only a person can find out.
import { expect, test } from 'vitest';
import type { DeadLetter } from '../../src/domain/refund.ts';
import { landedByLastLookUp } from '../../src/policies/replay-rules.ts';
import { suggestedAct } from '../../src/policies/suggested-act.ts';
import { receiptWith } from './receipts.ts';
import { caseAfter, codes, noAnswer, now, refused, rowWith, settings } from './refunds.ts';

const ofPolicy = (rule: DeadLetter['rule'], code: string | null = null) =>
  ({ case: 'policy_refused', rule, code }) as const;
const unclear = { case: 'outcome_unknown', code: null, severity: 'critical' } as const;

function suggestedFor(what: Partial<DeadLetter>, { cancelledWon = 0, status = 1, sent = false } = {}) {
  const receipt = receiptWith({ cancelledWon, status });
  const refund = caseAfter(sent ? [noAnswer] : [refused(codes[2032])], what, {
    lastLookUp: { at: now, receipt, settledWon: 0, marks: 0 },
  });
  const facts = { refund, account: rowWith(), now, jumpedAt: null, settings };
  return { act: suggestedAct(facts), landed: landedByLastLookUp(facts) };
}

test.each<[string, 'replay' | 'resolve' | null, Partial<DeadLetter>, status?: number]>([
  ['less is left than was asked for', 'replay', ofPolicy('over_remaining', codes[2052])],
  ['too much is tax-free', 'replay', ofPolicy('tax_free_over', codes[2053])],
  ['the account is missing', 'replay', ofPolicy('account_missing')],
  ['the balance was too low', 'replay', { code: codes[2032], pgCode: '2026' }],
  ['Bootpay was busy too long', 'replay', { case: 'retries_exhausted', code: codes[2032] }],
  ['nothing is left', 'resolve', ofPolicy('nothing_left', codes[2027])],
  ['the window has closed', 'resolve', ofPolicy('window_closed')],
  ['no part can be cancelled', 'resolve', ofPolicy('method_cannot_partial')],
  ['nobody paid', 'resolve', ofPolicy('not_paid', codes[2028]), 5],
  ['there is no such payment', 'resolve', { code: codes[2000] }],
  ['another project has the payment', 'resolve', { code: 'TOKEN_KEY_INVALID' }],
  ['the outcome is not known', null, unclear],
  ['the number was used before', null, { code: codes[2029] }],
  ['money was taken back', null, { case: 'drift', code: null, severity: 'critical' }],
])('where %s: %s', (_, act, what, status = 1) => {
  expect(suggestedFor(what, { status })).toEqual({ act, landed: false });
});

test('what went back already is closed, whatever stopped it', () => {
  expect(suggestedFor(unclear, { cancelledWon: 1_000, sent: true })).toEqual({
    act: 'resolve',
    landed: true,
  });
});
