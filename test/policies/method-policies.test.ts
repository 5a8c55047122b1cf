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

function whyRefused(receipt: Partial<Receipt>, changes: Partial<PolicyFacts> = {}): string | null {
  return refusalOf(receipt, changes)?.rule ?? null;
}

function refusalOf(receipt: Partial<Receipt>, changes: Partial<PolicyFacts>) {
  const now = seoul('2026-11-02T12:00:00');
  const account = 'none';
  const question = { cancel: full, account, now, acknowledged: false, ...changes } as const;
  return policyRefusal({ ...question, receipt: receiptWith(receipt) });
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
      expect(whyRefused(receipt, { now: seoul('2099-01-01T00:00:00') })).toBeNull();
    },
  );

  test('a phone payment of the last minute of a month closes with that month in Seoul', () => {
    const receipt = { method: 'phone', purchasedAt: seoul('2026-10-31T23:59:00') } as const;
    expect(whyRefused(receipt, { now: seoul('2026-10-31T23:59:59.999') })).toBeNull();
    expect(whyRefused(receipt, { now: seoul('2026-11-01T00:00:00') })).toBe('window_closed');
  });
});

describe('refusals before a call', () => {
  test.each([
    ['a payment in dollars', { currency: 'USD' }, {}, 'foreign_currency'],
    ['an issued, unpaid account', { status: 5, method: 'vbank' }, {}, 'not_paid'],
    ['a payment still waiting', { status: 0 }, {}, 'not_paid'],
    ['a status nobody documented', { status: -40 }, {}, 'not_paid'],
    ['a payment of 0 won', { priceWon: 0 }, {}, 'nothing_paid'],
    ['a part of a payment of 0 won', { priceWon: 0 }, { cancel: partial(1) }, 'nothing_paid'],
    ['nothing left', { cancelledWon: 10_000, status: 20 }, {}, 'nothing_left'],
    ['nothing left, for a part', { cancelledWon: 10_000 }, { cancel: partial(1) }, 'nothing_left'],
    ['more than is left', { cancelledWon: 9_000 }, { cancel: partial(1_001) }, 'over_remaining'],
    ['more tax-free than is left', { taxFreeWon: 500 }, { cancel: partial(900, 501) }, 'tax_free_over'],
    [
      'more tax-free than is left, of a full cancel',
      { taxFreeWon: 500, cancelledTaxFreeWon: 100 },
      { cancel: { kind: 'full', taxFreeWon: 401 } },
      'tax_free_over',
    ],
    ['a part with more tax-free than it has', {}, { cancel: partial(500, 501) }, 'tax_free_over'],
    [
      'a part with more tax-free than it has, where the receipt shows none',
      { taxFreeWon: null, cancelledTaxFreeWon: null },
      { cancel: partial(500, 501) },
      'tax_free_over',
    ],
    [
      'a part with more tax-free than it has, and no more than is left',
      { taxFreeWon: 800 },
      { cancel: partial(500, 800) },
      'tax_free_over',
    ],
    ['a part of a phone payment', { method: 'phone' }, { cancel: partial(9_999) }, 'method_cannot_partial'],
    [
      'the rest of a phone payment, as a part',
      { method: 'phone', cancelledWon: 1_000 },
      { cancel: partial(9_000) },
      'method_cannot_partial',
    ],
    ['a virtual account, no refund account', { method: 'vbank' }, {}, 'account_missing'],
    ['a virtual account, erased', { method: 'vbank' }, { account: 'erased' }, 'account_missing'],
  ] satisfies [string, Partial<Receipt>, Partial<PolicyFacts>, string][])(
    '%s',
    (_, receipt, changes, rule) => {
      expect(whyRefused(receipt, changes)).toBe(rule);
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
      expect(whyRefused(receipt, changes)).toBeNull();
    },
  );

  test.each([
    ['foreign_currency', { currency: 'USD' }, {}, null],
    ['nothing_paid', { priceWon: 0 }, {}, null],
    ['window_closed', {}, { now: seoul('2030-01-01T00:00:00') }, null],
    ['method_cannot_partial', { method: 'phone' }, { cancel: partial(1) }, null],
    ['account_missing', { method: 'vbank' }, {}, null],
    ['not_paid', { status: 5 }, {}, 'RC_NOT_ABLE_CANCEL'],
    ['nothing_left', { cancelledWon: 10_000 }, {}, 'RC_ALREADY_CANCELLED'],
    ['over_remaining', {}, { cancel: partial(10_001) }, 'RC_CANCEL_PRICE_OVER'],
    ['tax_free_over', {}, { cancel: partial(5, 6) }, 'RC_CANCEL_TAX_FREE_OVER'],
  ] satisfies [string, Partial<Receipt>, Partial<PolicyFacts>, string | null][])(
    'a reason of our own borrows no code of Bootpay (%s)',
    (rule, receipt, changes, code) => {
      expect(refusalOf(receipt, changes)).toMatchObject({ rule, code });
    },
  );

  test("the closed window is called Bootpay's", () => {
    expect(refusalOf({}, { now: seoul('2030-01-01T00:00:00') })?.reason).toContain("Bootpay's cancel window");
  });

  test('the reason named is the first in order: currency, status, amounts, window, partial, account', () => {
    const now = seoul('2030-01-01T00:00:00');
    const cancel = partial(99_999, 9);
    const wrong = { currency: 'USD', status: 3, cancelledWon: 10_000, method: 'phone' } as const;
    expect(whyRefused(wrong, { now, cancel })).toBe('foreign_currency');
    expect(whyRefused({ ...wrong, currency: 'KRW' }, { now, cancel })).toBe('not_paid');
    expect(whyRefused({ method: 'phone', cancelledWon: 10_000 }, { now, cancel })).toBe('nothing_left');
    expect(whyRefused({ method: 'phone' }, { now, cancel })).toBe('over_remaining');
    expect(whyRefused({ method: 'phone' }, { now, cancel: partial(1, 9) })).toBe('tax_free_over');
    expect(whyRefused({ method: 'phone' }, { now, cancel: partial(1) })).toBe('window_closed');
    expect(whyRefused({ method: 'vbank' }, { now })).toBe('window_closed');
  });

  test('a person may ask Bootpay in spite of window and method, not in spite of amounts, status, currency or a missing account', () => {
    const asked = { acknowledged: true, now: seoul('2030-01-01T00:00:00') } as const;
    expect(whyRefused({}, asked)).toBeNull();
    expect(whyRefused({ method: 'phone' }, { ...asked, cancel: partial(1) })).toBeNull();
    expect(whyRefused({ cancelledWon: 10_000 }, asked)).toBe('nothing_left');
    expect(whyRefused({}, { ...asked, cancel: partial(10_001) })).toBe('over_remaining');
    expect(whyRefused({ status: 5 }, asked)).toBe('not_paid');
    expect(whyRefused({ currency: 'USD' }, asked)).toBe('foreign_currency');
    expect(whyRefused({ method: 'vbank' }, asked)).toBe('account_missing');
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
      expect(whyRefused({ method })).toBeNull();
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
