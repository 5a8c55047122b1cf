import { describe, expect, test } from 'vitest';
import { paymentMethods, type Receipt } from '../../src/domain/reply.ts';
import {
  cancelWindowEndsAt,
  methodPolicies,
  type PolicyFacts,
  policyRefusal,
} from '../../src/policies/method-policies.ts';
import { receiptWith, seoul } from './receipts.ts';
import { full, partial } from './refunds.ts';

function codeOf(receipt: Partial<Receipt>, changes: Partial<PolicyFacts> = {}): string | null {
  const now = seoul('2026-11-02T12:00:00');
  const account = 'none';
  const question = { cancel: full, account, now, acknowledged: false, ...changes } as const;
  return policyRefusal({ ...question, receipt: receiptWith(receipt) })?.code ?? null;
}

describe('windows', () => {
  const noon = seoul('2026-01-10T12:00:00');
  test.each([
    ['card', null, '2026-07-09'],
    ['bank', null, '2026-07-09'],
    ['vbank', null, '2027-01-10'],
    ['phone', null, '2026-01-31'],
    ['naverpay', null, '2029-01-09'],
    ['kakaopay', 'card', '2027-01-10'],
    ['kakaopay', 'money', '2031-01-10'],
    ['kakaopay', null, '2031-01-10'],
    ['payco', 'card', '2026-07-09'],
    ['payco', 'account', '2026-04-10'],
    ['payco', null, '2026-07-09'],
  ] as const)(
    '%s (%s) paid on 10 January 2026 may be cancelled until the end of %s',
    (method, funding, last) => {
      const endsAt = cancelWindowEndsAt(receiptWith({ method, funding, purchasedAt: noon }));
      expect(endsAt).toBe(seoul(`${last}T23:59:59.999`));
    },
  );

  test('a kind of funding the page does not name for a wallet has the longest window', () => {
    const receipt = receiptWith({ method: 'payco', funding: 'money', purchasedAt: noon });
    expect(cancelWindowEndsAt(receipt)).toBe(seoul('2026-07-09T23:59:59.999'));
  });

  test('a payment on a leap day keeps its window through 1 March of the next year', () => {
    const receipt = receiptWith({ method: 'vbank', purchasedAt: seoul('2024-02-29T23:50:00') });
    expect(cancelWindowEndsAt(receipt)).toBe(seoul('2025-03-01T23:59:59.999'));
  });

  test.each([{ method: null }, { purchasedAt: null }])(
    '%j: no window is known, and none closes',
    (receipt) => {
      expect(cancelWindowEndsAt(receiptWith(receipt))).toBeNull();
      expect(codeOf(receipt, { now: seoul('2099-01-01T00:00:00') })).toBeNull();
    },
  );

  test('a phone payment of the last minute of a month closes with that month in Seoul', () => {
    const receipt = { method: 'phone', purchasedAt: seoul('2026-10-31T23:59:00') } as const;
    expect(codeOf(receipt, { now: seoul('2026-10-31T23:59:59.999') })).toBeNull();
    expect(codeOf(receipt, { now: seoul('2026-11-01T00:00:00') })).toBe('RC_CANCEL_FAILED');
  });
});

describe('refusals before a call', () => {
  test.each([
    ['a payment in dollars', { currency: 'USD' }, {}, 'RC_PM_CANCEL_NOT_SUPPORT'],
    ['an issued, unpaid account', { status: 5, method: 'vbank' }, {}, 'RC_NOT_ABLE_CANCEL'],
    ['a payment still waiting', { status: 0 }, {}, 'RC_NOT_ABLE_CANCEL'],
    ['a status nobody documented', { status: -40 }, {}, 'RC_NOT_ABLE_CANCEL'],
    ['nothing left', { cancelledWon: 10_000, status: 20 }, {}, 'RC_ALREADY_CANCELLED'],
    ['nothing left, for a part', { cancelledWon: 10_000 }, { cancel: partial(1) }, 'RC_ALREADY_CANCELLED'],
    ['more than is left', { cancelledWon: 9_000 }, { cancel: partial(1_001) }, 'RC_CANCEL_PRICE_OVER'],
    [
      'more tax-free than is left',
      { taxFreeWon: 500 },
      { cancel: partial(900, 501) },
      'RC_CANCEL_TAX_FREE_OVER',
    ],
    [
      'more tax-free than is left, of a full cancel',
      { taxFreeWon: 500, cancelledTaxFreeWon: 100 },
      { cancel: { kind: 'full', taxFreeWon: 401 } },
      'RC_CANCEL_TAX_FREE_OVER',
    ],
    ['a part with more tax-free than it has', {}, { cancel: partial(500, 501) }, 'RC_CANCEL_TAX_FREE_OVER'],
    [
      'a part with more tax-free than it has, where the receipt shows none',
      { taxFreeWon: null, cancelledTaxFreeWon: null },
      { cancel: partial(500, 501) },
      'RC_CANCEL_TAX_FREE_OVER',
    ],
    [
      'a part with more tax-free than it has, and no more than is left',
      { taxFreeWon: 800 },
      { cancel: partial(500, 800) },
      'RC_CANCEL_TAX_FREE_OVER',
    ],
    [
      'a part of a phone payment',
      { method: 'phone' },
      { cancel: partial(9_999) },
      'RC_PM_P_CANCEL_NOT_SUPPORT',
    ],
    [
      'the rest of a phone payment, as a part',
      { method: 'phone', cancelledWon: 1_000 },
      { cancel: partial(9_000) },
      'RC_PM_P_CANCEL_NOT_SUPPORT',
    ],
    ['a virtual account, no refund account', { method: 'vbank' }, {}, 'RC_CANCEL_SERVER_ERROR'],
    ['a virtual account, erased', { method: 'vbank' }, { account: 'erased' }, 'RC_CANCEL_SERVER_ERROR'],
  ] satisfies [string, Partial<Receipt>, Partial<PolicyFacts>, string][])(
    '%s',
    (_, receipt, changes, code) => {
      expect(codeOf(receipt, changes)).toBe(code);
    },
  );

  test.each([
    ['a full cancel of a paid card payment', {}, {}],
    ['exactly what is left', { cancelledWon: 9_000 }, { cancel: partial(1_000) }],
    ['exactly the tax-free amount left', { taxFreeWon: 500 }, { cancel: partial(900, 500) }],
    ['a part that is tax-free as a whole', { taxFreeWon: 500 }, { cancel: partial(500, 500) }],
    ['a tax-free part of a receipt without tax_free', { taxFreeWon: null }, { cancel: partial(900, 501) }],
    [
      'a tax-free part of a receipt without cancelled_tax_free',
      { taxFreeWon: 500, cancelledTaxFreeWon: null },
      { cancel: partial(900, 501) },
    ],
    [
      'a full cancel with a tax-free part of a receipt that shows none',
      { taxFreeWon: null, cancelledTaxFreeWon: null },
      { cancel: { kind: 'full', taxFreeWon: 401 } },
    ],
    ['a payment whose currency is not shown', { currency: null }, {}],
    [
      'a receipt that shows nothing but its amounts and its status',
      {
        ...{ taxFreeWon: null, cancelledTaxFreeWon: null, currency: null },
        ...{ method: null, funding: null, pg: null, purchasedAt: null },
      },
      { cancel: partial(900, 501) },
    ],
    ['a rest that a look-up shows with status 20', { cancelledWon: 4_000, status: 20 }, {}],
    ['a part that is the whole of a phone payment', { method: 'phone' }, { cancel: partial(10_000) }],
    [
      'a part of a virtual account at any PG',
      { method: 'vbank', pg: 'x' },
      { cancel: partial(1), account: 'kept' },
    ],
    ['a part by a method nobody knows', { method: null }, { cancel: partial(1) }],
  ] satisfies [string, Partial<Receipt>, Partial<PolicyFacts>][])(
    'no policy refuses %s',
    (_, receipt, changes) => {
      expect(codeOf(receipt, changes)).toBeNull();
    },
  );

  test('the reason named is the first in order: currency, status, amounts, window, partial, account', () => {
    const now = seoul('2030-01-01T00:00:00');
    const cancel = partial(99_999, 9);
    const wrong = { currency: 'USD', status: 3, cancelledWon: 10_000, method: 'phone' } as const;
    expect(codeOf(wrong, { now, cancel })).toBe('RC_PM_CANCEL_NOT_SUPPORT');
    expect(codeOf({ ...wrong, currency: 'KRW' }, { now, cancel })).toBe('RC_NOT_ABLE_CANCEL');
    expect(codeOf({ method: 'phone', cancelledWon: 10_000 }, { now, cancel })).toBe('RC_ALREADY_CANCELLED');
    expect(codeOf({ method: 'phone' }, { now, cancel })).toBe('RC_CANCEL_PRICE_OVER');
    expect(codeOf({ method: 'phone' }, { now, cancel: partial(1, 9) })).toBe('RC_CANCEL_TAX_FREE_OVER');
    expect(codeOf({ method: 'phone' }, { now, cancel: partial(1) })).toBe('RC_CANCEL_FAILED');
    expect(codeOf({ method: 'vbank' }, { now })).toBe('RC_CANCEL_FAILED');
  });

  test('a person may ask Bootpay in spite of window and method, not in spite of amounts, status, currency or a missing account', () => {
    const asked = { acknowledged: true, now: seoul('2030-01-01T00:00:00') } as const;
    expect(codeOf({}, asked)).toBeNull();
    expect(codeOf({ method: 'phone' }, { ...asked, cancel: partial(1) })).toBeNull();
    expect(codeOf({ cancelledWon: 10_000 }, asked)).toBe('RC_ALREADY_CANCELLED');
    expect(codeOf({}, { ...asked, cancel: partial(10_001) })).toBe('RC_CANCEL_PRICE_OVER');
    expect(codeOf({ status: 5 }, asked)).toBe('RC_NOT_ABLE_CANCEL');
    expect(codeOf({ currency: 'USD' }, asked)).toBe('RC_PM_CANCEL_NOT_SUPPORT');
    expect(codeOf({ method: 'vbank' }, asked)).toBe('RC_CANCEL_SERVER_ERROR');
  });

  test.each([
    ['nothing left: the money went back already', { cancelledWon: 10_000 }, full, 'notice'],
    ['an unpaid virtual account: nothing was paid', { status: 5 }, full, 'notice'],
    ['an amount that does not fit', {}, partial(10_001), 'warning'],
  ] as const)('%s (%j) is told as it weighs', (_, receipt, cancel, severity) => {
    const question = { cancel, account: 'none', now: 0, acknowledged: false } as const;
    expect(policyRefusal({ ...question, receipt: receiptWith(receipt) })?.severity).toBe(severity);
  });

  test.each(paymentMethods.filter((method) => method !== 'vbank'))(
    'a payment by %s needs no refund account',
    (method) => {
      expect(codeOf({ method })).toBeNull();
    },
  );
});

test("the methods' partial cancels are those of the page", () => {
  expect(
    Object.fromEntries(paymentMethods.map((method) => [method, methodPolicies[method].partial])),
  ).toEqual({
    card: 'yes',
    bank: 'yes',
    vbank: 'some_pgs',
    phone: 'no',
    naverpay: 'yes',
    kakaopay: 'yes',
    payco: 'yes',
  });
});
