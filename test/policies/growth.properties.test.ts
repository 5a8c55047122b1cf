// Settle arithmetic against a payment book: several refunds on one receipt, answers that are lost, look-ups that lag.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cancel, ReceiptAccount, Totals } from '../../src/domain/refund.ts';
import type { CancelAnswer, Receipt } from '../../src/domain/reply.ts';
import { growthOf, isStale, settledByAnswer, totalsFrom } from '../../src/policies/growth.ts';
import { receiptWith } from './receipts.ts';
import { emptyAccount, partial } from './refunds.ts';

interface BookTotals {
  readonly won: number;
  readonly taxFreeWon: number;
}

/** A refund as the model knows it. `open`: a call of its may have landed without our having heard of it. */
interface Refund {
  readonly cancel: Cancel;
  totalsBefore: Totals | null;
  open: boolean;
  settledWon: number | null;
}

const fates = ['pays', 'pays and is lost', 'pays and shows no amounts', 'is lost', 'is refused'] as const;

/** One wake-up of one refund: how many changes the look-up lags behind, and what becomes of the call if one is made. */
interface Step {
  readonly index: number;
  readonly lag: number;
  readonly fate: (typeof fates)[number];
}

interface Story {
  readonly price: BookTotals;
  /** Look-ups do not say what was cancelled tax-free; answers do. */
  readonly hidesTaxFree: boolean;
  readonly cancels: readonly Cancel[];
  readonly steps: readonly Step[];
}

const hundreds = (max: number) => fc.integer({ min: 1, max }).map((count) => count * 100);
/** Few amounts, so that refunds of the same amount meet on one receipt. */
const cancels: fc.Arbitrary<Cancel> = fc.oneof(
  { arbitrary: hundreds(4).map((amountWon) => partial(amountWon)), weight: 4 },
  {
    arbitrary: hundreds(4).chain((won) => hundreds(4).map((free) => partial(won, Math.min(free, won)))),
    weight: 3,
  },
  { arbitrary: fc.constant<Cancel>({ kind: 'full', taxFreeWon: null }), weight: 1 },
);
const stories: fc.Arbitrary<Story> = fc.record({
  price: fc
    .tuple(hundreds(16), fc.nat(16))
    .map(([won, free]) => ({ won, taxFreeWon: Math.min(won, free * 100) })),
  hidesTaxFree: fc.boolean(),
  cancels: fc.array(cancels, { minLength: 2, maxLength: 5 }),
  steps: fc.array(
    fc.record({ index: fc.nat(4), lag: fc.constantFrom(0, 0, 1, 2, 5), fate: fc.constantFrom(...fates) }),
    { minLength: 1, maxLength: 40 },
  ),
});

/** Bootpay's side: what really moved and when. */
function openBook(price: BookTotals) {
  const payments: { readonly by: number; readonly won: number; readonly taxFreeWon: number }[] = [];
  const shown: BookTotals[] = [{ won: 0, taxFreeWon: 0 }];
  const now = () => shown.at(-1) ?? { won: 0, taxFreeWon: 0 };
  return {
    payments,
    now,
    /** The totals as they were so many payments ago. */
    shownWith: (lag: number) => shown.at(-1 - lag) ?? shown[0] ?? now(),
    pay(by: number, cancel: Cancel): boolean {
      const leftWon = price.won - now().won;
      const won = cancel.kind === 'full' ? leftWon : cancel.amountWon;
      const taxFreeWon = cancel.taxFreeWon ?? 0;
      if (won === 0 || won > leftWon || now().taxFreeWon + taxFreeWon > price.taxFreeWon) return false;
      payments.push({ by, won, taxFreeWon });
      shown.push({ won: now().won + won, taxFreeWon: now().taxFreeWon + taxFreeWon });
      return true;
    },
  };
}

/** Our side: what each refund and the receipt's row know. Every look-up is checked against the book. */
function tell({ price, hidesTaxFree, cancels: asked, steps }: Story) {
  const book = openBook(price);
  const refunds = asked.map(
    (cancel): Refund => ({ cancel, totalsBefore: null, open: false, settledWon: null }),
  );
  let account: ReceiptAccount = emptyAccount;
  let holder: number | null = null;
  const seen = { stale: 0, landed: 0, zeroAfterOthers: 0 };

  function see({ won }: BookTotals): void {
    account = { ...account, highestWon: Math.max(account.highestWon, won) };
  }

  function settle(refund: Refund, won: number): void {
    refund.settledWon = won;
    refund.open = false;
    account = { ...account, settledWon: account.settledWon + won };
    holder = null;
  }

  function checkGrowth(index: number, receipt: Receipt): 'landed' | 'zero' {
    const refund = refunds[index];
    if (refund?.totalsBefore == null) return 'zero';
    const growth = growthOf(refund.cancel, refund.totalsBefore, { receipt, account });
    // Only this refund can have money that we have not settled: it has the hold, or nobody has.
    const own = book.payments.filter(({ by }) => by === index).reduce((sum, { won }) => sum + won, 0);
    const shownOwn = own > 0 && receipt.cancelledWon === book.now().won ? own : 0;
    expect(growth).toEqual(shownOwn === 0 ? { kind: 'zero' } : { kind: 'landed', amountWon: own });
    if (growth.kind === 'zero' && account.settledWon > refund.totalsBefore.settledWon)
      seen.zeroAfterOthers += 1;
    return growth.kind === 'landed' ? 'landed' : 'zero';
  }

  function wake({ index, lag, fate }: Step): void {
    const refund = refunds[index % refunds.length];
    const at = index % refunds.length;
    if (refund === undefined || refund.settledWon !== null || (holder !== null && holder !== at)) return;
    const totals = book.shownWith(lag);
    const receipt = receiptWith({
      priceWon: price.won,
      taxFreeWon: price.taxFreeWon,
      cancelledWon: totals.won,
      cancelledTaxFreeWon: hidesTaxFree ? null : totals.taxFreeWon,
    });
    const stale = isStale(receipt, account);
    expect(stale).toBe(totals.won < account.highestWon);
    if (stale) {
      seen.stale += 1;
      return;
    }
    // What nobody may conclude from: everything that is not stale shows all that we settled.
    expect(totals.won).toBeGreaterThanOrEqual(account.settledWon);
    const growth = checkGrowth(at, receipt);
    see(totals);
    if (growth === 'landed') {
      expect(refund.open).toBe(true);
      seen.landed += 1;
      settle(refund, receipt.cancelledWon - account.settledWon);
      return;
    }
    // "Not there" counts after the settle window only: by then no look-up lags.
    if (refund.open && lag > 0) return;
    refund.open = false;
    holder = null;
    send(at, refund, { receipt, fate });
  }

  function send(
    at: number,
    refund: Refund,
    { receipt, fate }: { receipt: Receipt; fate: Step['fate'] },
  ): void {
    const totalsBefore = totalsFrom(receipt, account);
    refund.totalsBefore ??= totalsBefore;
    const paid = fate.startsWith('pays') && book.pay(at, refund.cancel);
    if (fate === 'is refused' || (fate.startsWith('pays') && !paid)) return;
    const { won, taxFreeWon } = book.now();
    const answer: CancelAnswer = { priceWon: price.won, cancelledWon: won, cancelledTaxFreeWon: taxFreeWon };
    const settledWon = fate === 'pays' ? settledByAnswer(refund.cancel, totalsBefore, answer) : null;
    if (fate === 'pays') expect(settledWon).toBe(book.payments.at(-1)?.won);
    if (settledWon !== null) {
      see({ won, taxFreeWon });
      settle(refund, settledWon);
      return;
    }
    refund.open = true;
    holder = at;
  }

  for (const step of steps) wake(step);
  // The end: whoever holds the receipt asks once more, and then everybody who has not been paid.
  if (holder !== null) wake({ index: holder, lag: 0, fate: 'pays' });
  for (const index of refunds.keys()) wake({ index, lag: 0, fate: 'pays' });
  return { book, refunds, account: () => account, seen };
}

describe('over any story of refunds on one receipt, partial, full and tax-free', () => {
  test('growth is what the book says of this refund, and never the money of another one', () => {
    const met = { stale: 0, landed: 0, zeroAfterOthers: 0 };
    fc.assert(
      fc.property(stories, (story) => {
        const { seen } = tell(story);
        for (const name of ['stale', 'landed', 'zeroAfterOthers'] as const) met[name] += seen[name];
      }),
      { numRuns: 500 },
    );
    // The stories are about something: look-ups from the past, lost answers that had landed, money of others in between.
    expect(Math.min(met.stale, met.landed, met.zeroAfterOthers)).toBeGreaterThan(20);
  });

  test('what was settled is what went back: each refund once, all of them together, and no more than was paid', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { book, refunds, account } = tell(story);
        for (const [index, { settledWon }] of refunds.entries()) {
          const paid = book.payments.filter(({ by }) => by === index).map(({ won }) => won);
          expect(paid).toEqual(settledWon === null ? [] : [settledWon]);
        }
        const total = book.payments.reduce((sum, { won }) => sum + won, 0);
        expect(account().settledWon).toBe(total);
        expect(total).toBeLessThanOrEqual(story.price.won);
      }),
      { numRuns: 500 },
    );
  });
});

const won = fc.integer({ min: 1, max: 1_000_000_000 });
describe('an accepted answer', () => {
  const answered = fc.record({ before: fc.nat(1_000_000), freeBefore: fc.nat(1_000), part: won });

  test('whose tax-free total grew by another amount than the event named settles nothing; unnamed or not shown, it does', () => {
    const named = fc.option(fc.nat(1_000));
    const shown = fc.option(fc.nat(2_000));
    const answers = fc.tuple(answered, named, shown, fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(answers, ([{ before, freeBefore, part }, name, grew, whole, shownBefore]) => {
        const cancel: Cancel = whole ? { kind: 'full', taxFreeWon: name } : partial(part, name);
        const settledWon = settledByAnswer(
          cancel,
          { totalWon: before, taxFreeWon: shownBefore ? freeBefore : null, settledWon: 0, marks: 0 },
          {
            priceWon: whole ? before + part : before + part + 1,
            cancelledWon: before + part,
            cancelledTaxFreeWon: grew === null ? null : freeBefore + grew,
          },
        );
        const compared = name !== null && grew !== null && shownBefore;
        expect(settledWon).toBe(!compared || grew === name ? part : null);
      }),
      { numRuns: 300 },
    );
  });
});

test('a look-up is stale exactly when its total is below what was shown before, whatever it says of tax-free amounts', () => {
  const total = fc.nat(3);
  fc.assert(
    fc.property(total, fc.option(total), total, (cancelledWon, cancelledTaxFreeWon, highestWon) => {
      const receipt = receiptWith({ cancelledWon, cancelledTaxFreeWon });
      expect(isStale(receipt, { highestWon })).toBe(cancelledWon < highestWon);
    }),
  );
});
