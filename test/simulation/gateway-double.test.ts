// The gateway double is a reading of Bootpay's documents: what its switches change, and that its book is right.
import { describe, expect, it } from 'vitest';
import { Bootpay } from '../../simulation/bootpay.ts';
import { type Switches, scenarioNamed } from '../../simulation/scenarios.ts';
import { type Fate, PAID } from '../../simulator/core/fate.ts';
import { receiptSchema } from '../../simulator/core/scenario.ts';
import { cancelIdSchema, receiptIdSchema } from '../../src/domain/ids.ts';

const payment = receiptSchema.parse({ id: 'r1', price: 10_000, purchasedAt: '1970-01-01T00:00:00.000Z' });
const refused: Fate = { refusal: { code: 'RC_CANCEL_SERVER_ERROR' }, paysAfterMs: null };
const nothingElse = { username: null, message: null, account: null };
const receiptId = receiptIdSchema.parse('r1');

function open(switches: Partial<Switches> = {}) {
  let now = 1_000_000;
  const later: (() => void)[] = [];
  const bootpay = new Bootpay({
    receipts: [payment],
    switches: { ...scenarioNamed('plain').switches, ...switches },
    now: () => now,
    after: (_ms, run) => void later.push(run),
    tell: () => undefined,
  });
  const call = (id: string, amountWon: number | null, fate: Fate = PAID) => {
    const cancel =
      amountWon === null
        ? ({ kind: 'full', taxFreeWon: null } as const)
        : ({ kind: 'partial', amountWon, taxFreeWon: null } as const);
    const request = { receiptId, cancelId: cancelIdSchema.parse(id), cancel, ...nothingElse };
    return bootpay.cancel({ ...request, refundId: 'rf', sentAt: now }, fate);
  };
  const shown = (lagMs = 0) => bootpay.show('r1', { lagMs, taxFreeLagMs: lagMs });
  const wait = (ms: number) => {
    now += ms;
  };
  const { book } = bootpay;
  const movedWon = () => payment.price - book.left(receiptId).amount;
  return { book, bootpay, call, shown, later, wait, movedWon };
}

describe('the gateway double', () => {
  it('answers with the total so far and refuses the same cancel_id a second time', () => {
    const { call, movedWon } = open();
    expect(call('a', 3_000)).toMatchObject({ kind: 'accepted', body: { cancelledWon: 3_000 } });
    expect(call('a', 3_000)).toMatchObject({ code: 'RC_CANCEL_ID_ALREADY_EXIST' });
    expect(call('b', null)).toMatchObject({ kind: 'accepted', body: { cancelledWon: 10_000 } });
    expect(call('c', 1)).toMatchObject({ code: 'RC_ALREADY_CANCELLED' });
    expect(movedWon()).toBe(10_000);
  });

  it('refuses more than is left', () => {
    const { call, movedWon } = open();
    call('a', 9_000);
    expect(call('b', 2_000)).toMatchObject({ code: 'RC_CANCEL_PRICE_OVER' });
    expect(movedWon()).toBe(9_000);
  });

  it('keeps the id of a refused cancel free, or burns it', () => {
    const free = open();
    free.call('a', 1_000, refused);
    expect(free.call('a', 1_000).kind).toBe('accepted');
    const burnt = open({ bootpay: { burnsRefusedCancelId: true } });
    burnt.call('a', 1_000, refused);
    expect(burnt.call('a', 1_000)).toMatchObject({ code: 'RC_CANCEL_ID_ALREADY_EXIST' });
  });

  it('moves money late, and a look-up that lags shows it later still', () => {
    const { call, shown, later, wait, movedWon } = open();
    call('a', 1_000, { refusal: null, paysAfterMs: 60_000 });
    expect(movedWon()).toBe(0);
    wait(60_000);
    for (const run of later) run();
    expect(shown()).toMatchObject({ body: { cancelledWon: 1_000, status: 1 } });
    wait(1_000);
    expect(shown(5_000)).toMatchObject({ body: { cancelledWon: 0 } });
  });

  it('takes money back for good, and a cancel made after that moves it again', () => {
    const { call, shown, wait, book, movedWon } = open();
    call('a', 10_000);
    wait(1_000);
    for (const entry of [...book.entries]) book.change(entry, { takenBackAt: 1_001_000 });
    expect(shown()).toMatchObject({ body: { cancelledWon: 0, status: 1 } });
    expect(movedWon()).toBe(0);
    expect(call('b', 1_000)).toMatchObject({ kind: 'accepted', body: { cancelledWon: 1_000 } });
    expect(book.everRefunded('r1')).toBe(11_000);
  });

  it('hides money from look-ups for a time, and never from its own cancels', () => {
    const { call, shown, wait, book } = open();
    call('a', 9_000);
    for (const entry of [...book.entries])
      book.change(entry, { hidden: { from: 1_001_000, until: 1_005_000 } });
    expect(shown()).toMatchObject({ body: { cancelledWon: 9_000 } });
    wait(1_000);
    expect(shown()).toMatchObject({ body: { cancelledWon: 0 } });
    expect(call('b', 2_000)).toMatchObject({ code: 'RC_CANCEL_PRICE_OVER' });
    wait(4_000);
    expect(shown()).toMatchObject({ body: { cancelledWon: 9_000 } });
  });

  it('hides what was cancelled in the PG admin, and the PG refuses accordingly', () => {
    const { bootpay, call, shown, movedWon } = open({ pgAdmin: true });
    bootpay.cancelElsewhere('r1', 10_000, { invisible: true });
    expect(shown()).toMatchObject({ body: { cancelledWon: 0 } });
    expect(call('a', 1_000)).toMatchObject({ code: 'RC_CANCEL_SERVER_ERROR', pgCode: '2015' });
    expect(movedWon()).toBe(10_000);
  });
});
