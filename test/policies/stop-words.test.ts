// A stop of the past is told as it was told while its case was open: the decisions themselves write the lines that are read.
import { expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { CancelReply } from '../../src/domain/reply.ts';
import { caseWords } from '../../src/policies/case-advice.ts';
import {
  decideBeforeSending,
  decideLookUpFailure,
  decideUnknown,
} from '../../src/policies/decide-look-up.ts';
import { decideLateReply, decideReply, decideUnauthorized } from '../../src/policies/decide-reply.ts';
import { errorTable } from '../../src/policies/error-table.ts';
import { pgErrorTable } from '../../src/policies/pg-error-table.ts';
import { stopWords } from '../../src/policies/stop-words.ts';
import { transitionFor, withLateReply, withOutcome } from '../../src/policies/transition.ts';
import { receiptWith, seoul } from './receipts.ts';
import {
  hour,
  looked,
  now,
  partial,
  refundAfter,
  refused,
  sendingAfter,
  situation,
  unreadable,
} from './refunds.ts';

type Decided = ReturnType<typeof decideReply> | ReturnType<typeof decideBeforeSending> | null;

/** The headline while the case is open, and once it is closed; null: it did not stop. */
function headlines(refund: Refund, decision: Decided) {
  if (decision?.kind !== 'dead_letter') return null;
  const { refund: stopped, history } = transitionFor(refund, decision, { now });
  const { deadLetter } = stopped;
  const closed = stopWords(history, stopped);
  return { open: deadLetter && caseWords(deadLetter, stopped.lastLookUp).why, closed: closed?.why };
}

function expectSame(told: ReturnType<typeof headlines>) {
  expect(told?.closed).toEqual(told?.open);
  expect(told?.closed).toBeDefined();
}

test.each([
  ['dollars', { currency: 'USD' }, {}],
  ['an issued, unpaid account', { status: 5, method: 'vbank' }, {}],
  ['a payment still waiting', { status: 0 }, {}],
  ['a payment of 0 won', { priceWon: 0 }, {}],
  ['nothing left', { cancelledWon: 10_000, status: 20 }, {}],
  ['more than is left', { cancelledWon: 9_000 }, { cancel: partial(1_001) }],
  ['too much tax-free', { taxFreeWon: 500 }, { cancel: partial(900, 501) }],
  ['a closed window', { purchasedAt: seoul('2020-01-01T00:00:00') }, {}],
  ['a part of a phone payment', { method: 'phone', purchasedAt: now }, { cancel: partial(9_999) }],
  ['no account', { method: 'vbank' }, {}],
] as const)('%s, which a policy refused', (_, receipt, changes) => {
  const refund = looked(refundAfter([], changes), receipt);
  expectSame(headlines(refund, decideBeforeSending(situation(refund), receiptWith(receipt))));
});

/** Of a first attempt that was answered so. */
function answered(reply: Exclude<CancelReply, { kind: 'unauthorized' }>, pg: string | null) {
  const { refund, attempt } = sendingAfter([]);
  const known = looked(refund, { pg });
  return headlines(withOutcome(known, reply, now), decideReply(situation(known), attempt, reply));
}

const codes = [...errorTable.map(({ name }) => name), 'RC_SOMETHING_NEW'];
test('every code that stops a refund at once', () => {
  const told = codes.map((code) => answered(refused(code), null)).filter((one) => one !== null);
  expect(told.length).toBeGreaterThan(10);
  told.forEach(expectSame);
  const unreadableCode = { ...refused('X'), code: null, cause: 'unreadable_code' } as const;
  expectSame(answered(unreadableCode, null));
});

test('every code of a PG that stops a refund at once', () => {
  const told = pgErrorTable
    .map(({ pg, code }) => answered(refused('RC_CANCEL_SERVER_ERROR', code), pg))
    .filter((one) => one !== null);
  expect(told.length).toBeGreaterThan(10);
  told.forEach(expectSame);
});

test('a payment that is not there or not ours, look-ups that cannot be used, and a late reply', () => {
  const refund = refundAfter([]);
  expectSame(headlines(refund, decideLookUpFailure(situation(refund), refused('RC_NOT_FOUND'))));
  expectSame(headlines(refund, decideUnauthorized(refund, 'TOKEN_KEY_INVALID', true)));
  const deadlineAt = now + 24 * hour;
  const lookUpFailure = { cause: '403 html', unusableSince: now - hour, unusable: 9 };
  const blind = { ...refund, deadlineAt, lookUpFailure };
  const page = { ...unreadable, httpStatus: 403 };
  expectSame(headlines(blind, decideLookUpFailure(situation(blind), page)));
  const unheard = refundAfter([page, page, page], {
    state: 'unknown',
    endedAt: now - hour,
  });
  expectSame(headlines(unheard, decideUnknown(situation(unheard), receiptWith())));
  const lost = refundAfter([null], { state: 'unknown' });
  const [attempt] = lost.attempts;
  const critical = refused('RC_CANCEL_CRITICAL_ERROR');
  if (attempt === undefined) throw new Error('no attempt');
  const late = decideLateReply(lost, attempt, critical, now);
  expectSame(headlines(withLateReply(lost, attempt, critical, now), late));
});

test('a line that says nothing of it has no words', () => {
  for (const reason of [
    null,
    'because',
    'bootpay_refused: of a newer version',
    'policy_refused: new',
    'new: x',
  ])
    expect(stopWords({ at: now, reason }, null)).toBeNull();
});
