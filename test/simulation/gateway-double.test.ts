// The gateway double is a reading of Bootpay's documents: what its switches change, and that its book is right.
import { describe, expect, it } from 'vitest';
import { createBook } from '../../simulation/book.ts';
import { createBootpay, type Fate } from '../../simulation/bootpay.ts';
import { type Switches, worldNamed } from '../../simulation/worlds.ts';

const payment = {
  receiptId: 'r1',
  priceWon: 10_000,
  taxFreeWon: 0,
  method: 'card',
  pg: 'kcp',
  purchasedAt: 0,
  blind: false,
  hidesTaxFree: false,
} as const;
const paid: Fate = { answer: 'accepted', paysAfterMs: 0 };
const refused: Fate = { answer: { code: 'RC_CANCEL_SERVER_ERROR', pgCode: null }, paysAfterMs: null };

function open(switches: Partial<Switches> = {}) {
  const book = createBook([payment]);
  let now = 1_000_000;
  const later: (() => void)[] = [];
  const bootpay = createBootpay({
    book,
    switches: { ...worldNamed('plain').switches, ...switches },
    now: () => now,
    after: (_ms, run) => void later.push(run),
    tell: () => undefined,
  });
  const call = (cancelId: string, amountWon: number | null, fate: Fate = paid) => {
    const cancel =
      amountWon === null
        ? ({ kind: 'full', taxFreeWon: null } as const)
        : ({ kind: 'partial', amountWon, taxFreeWon: null } as const);
    return bootpay.arrive({ receiptId: 'r1', cancelId, cancel, refundId: 'rf', sentAt: now }, fate);
  };
  const shown = (lagMs = 0) => bootpay.lookUp('r1', { lagMs, taxFreeLagMs: lagMs, extraWon: 0 });
  const wait = (ms: number) => {
    now += ms;
  };
  return { book, bootpay, call, shown, later, wait };
}

describe('the gateway double', () => {
  it('answers with the total so far and refuses the same cancel_id a second time', () => {
    const { call, book } = open();
    expect(call('a', 3_000)).toMatchObject({ kind: 'accepted', body: { cancelledWon: 3_000 } });
    expect(call('a', 3_000)).toMatchObject({ code: 'RC_CANCEL_ID_ALREADY_EXIST' });
    expect(call('b', null)).toMatchObject({ kind: 'accepted', body: { cancelledWon: 10_000 } });
    expect(call('c', 1)).toMatchObject({ code: 'RC_ALREADY_CANCELLED' });
    expect(book.movedWon('r1')).toBe(10_000);
  });

  it('refuses more than is left', () => {
    const { call, book } = open();
    call('a', 9_000);
    expect(call('b', 2_000)).toMatchObject({ code: 'RC_CANCEL_PRICE_OVER' });
    expect(book.movedWon('r1')).toBe(9_000);
  });

  it('keeps the id of a refused cancel free, or burns it', () => {
    const free = open();
    free.call('a', 1_000, refused);
    expect(free.call('a', 1_000).kind).toBe('accepted');
    const burnt = open({ burnsIds: true });
    burnt.call('a', 1_000, refused);
    expect(burnt.call('a', 1_000)).toMatchObject({ code: 'RC_CANCEL_ID_ALREADY_EXIST' });
  });

  it('moves money late, and a look-up that lags shows it later still', () => {
    const { call, shown, later, wait, book } = open();
    call('a', 1_000, { answer: 'accepted', paysAfterMs: 60_000 });
    expect(book.movedWon('r1')).toBe(0);
    wait(60_000);
    for (const run of later) run();
    expect(shown()).toMatchObject({ body: { cancelledWon: 1_000, status: 1 } });
    wait(1_000);
    expect(shown(5_000)).toMatchObject({ body: { cancelledWon: 0 } });
  });

  it('takes money back for good, and a cancel made after that moves it again', () => {
    const { call, shown, wait, book } = open();
    call('a', 10_000);
    wait(1_000);
    for (const entry of [...book.entries]) book.takeBack(entry, 1_001_000);
    expect(shown()).toMatchObject({ body: { cancelledWon: 0, status: 1 } });
    expect(book.movedWon('r1')).toBe(0);
    expect(call('b', 1_000)).toMatchObject({ kind: 'accepted', body: { cancelledWon: 1_000 } });
    expect(book.everWon('r1')).toBe(11_000);
  });

  it('hides money from look-ups for a time, and never from its own cancels', () => {
    const { call, shown, wait, book } = open();
    call('a', 9_000);
    for (const entry of [...book.entries]) book.hide(entry, { from: 1_001_000, until: 1_005_000 });
    expect(shown()).toMatchObject({ body: { cancelledWon: 9_000 } });
    wait(1_000);
    expect(shown()).toMatchObject({ body: { cancelledWon: 0 } });
    expect(call('b', 2_000)).toMatchObject({ code: 'RC_CANCEL_PRICE_OVER' });
    wait(4_000);
    expect(shown()).toMatchObject({ body: { cancelledWon: 9_000 } });
  });

  it('hides what was cancelled in the PG admin, and the PG refuses accordingly', () => {
    const { bootpay, call, shown, book } = open({ pgAdmin: true });
    bootpay.cancelElsewhere('r1', 10_000, { invisible: true });
    expect(shown()).toMatchObject({ body: { cancelledWon: 0 } });
    expect(call('a', 1_000)).toMatchObject({ code: 'RC_CANCEL_SERVER_ERROR', pgCode: '2015' });
    expect(book.movedWon('r1')).toBe(10_000);
  });
});
