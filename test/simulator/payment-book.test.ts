import { describe, expect, it } from 'vitest';
import { brief, cancel, control, handClock, json, lookUp, RECEIPT, simulator } from './support.ts';

describe('the payment book', () => {
  it('holds each refund with its time, cancel_id, amount and tax-free part', async () => {
    const clock = handClock();
    const receipts = [{ id: RECEIPT, price: 1000, taxFree: 300 }];
    const sim = await simulator({ now: clock.now, scenario: { receipts } });
    await cancel(sim, { cancel_price: 250, cancel_tax_free: 50, cancel_id: 'a' });
    clock.ms += 5_000;
    await cancel(sim, { cancel_id: 'b' });

    const [first, second] = [clock.ms - 5_000, clock.ms];
    expect(sim.book.of(RECEIPT)).toEqual({
      receiptId: RECEIPT,
      price: 1000,
      taxFree: 300,
      refunds: 2,
      refundedAmount: 1000,
      refundedTaxFree: 300,
      entries: [
        { at: first, cancelId: 'a', amount: 250, taxFree: 50, origin: 'api', visible: true },
        { at: second, cancelId: 'b', amount: 750, taxFree: 250, origin: 'api', visible: true },
      ],
      refundedByCancelId: { a: 250, b: 750 },
    });
  });

  it('shows a double refund under both cancel_ids', async () => {
    const sim = await simulator();
    await cancel(sim, { cancel_price: 300, cancel_id: 'rf_1' });
    await cancel(sim, { cancel_price: 300, cancel_id: 'rf_1-g2' });
    expect(sim.book.of(RECEIPT)).toMatchObject({
      refunds: 2,
      refundedByCancelId: { rf_1: 300, 'rf_1-g2': 300 },
    });
  });

  it('never lets more go back than was paid, even when two cancels are on their way', async () => {
    const clock = handClock();
    const sim = await simulator({ now: clock.now });
    sim.script(RECEIPT, { cancel: [{ reply: 'late_commit', delayMs: 9_000, how: 'reset' }] });
    await cancel(sim, { cancel_price: 600, cancel_id: 'late' });
    expect(brief(await cancel(sim, { cancel_price: 600, cancel_id: 'prompt' }))).toBe('200 600');
    clock.ms += 10_000;
    sim.clockMoved();
    expect(sim.book.of(RECEIPT)).toMatchObject({ refundedAmount: 600, refundedByCancelId: { prompt: 600 } });
  });

  it('counts what was cancelled before the scenario began as outside', async () => {
    const receipts = [{ id: RECEIPT, price: 1000, cancelledPrice: 400 }];
    const sim = await simulator({ scenario: { receipts } });
    expect(sim.book.of(RECEIPT).entries).toMatchObject([{ origin: 'outside', amount: 400, cancelId: null }]);
    expect(brief(await lookUp(sim))).toBe('200 400');
    expect(brief(await cancel(sim))).toBe('200 1000');
  });

  it('takes a receipt with status 20 for one that was cancelled whole', async () => {
    const sim = await simulator({ scenario: { receipts: [{ id: RECEIPT, price: 1000, status: 20 }] } });
    expect(json(await lookUp(sim))).toMatchObject({ status: 20, cancelled_price: 1000 });
    expect(brief(await cancel(sim))).toBe('RC_ALREADY_CANCELLED');
  });

  it('begins a new page when a receipt is replaced, and forgets its cancel_ids', async () => {
    const sim = await simulator();
    await cancel(sim, { cancel_price: 100, cancel_id: 'a' });
    sim.addReceipt({ id: RECEIPT, price: 500 });
    expect(sim.book.of(RECEIPT)).toMatchObject({ price: 500, refunds: 0 });
    expect(brief(await cancel(sim, { cancel_price: 100, cancel_id: 'a' }))).toBe('200 100');
  });

  it('gives copies, so that a test cannot write in it', async () => {
    const sim = await simulator();
    Object.assign(sim.book.of(RECEIPT), { refunds: 7 });
    expect(sim.book.pages()).toMatchObject([{ receiptId: RECEIPT, refunds: 0 }]);
    expect(() => sim.book.of('unknown')).toThrow('unknown');
  });
});

describe('cancels made in an admin page', () => {
  it('show in the look-up when they were made at Bootpay', async () => {
    const sim = await simulator();
    sim.cancelOutside(RECEIPT, 300, { visible: true });
    expect(brief(await lookUp(sim))).toBe('200 300');
    expect(brief(await cancel(sim, { cancel_price: 800 }))).toBe('RC_CANCEL_PRICE_OVER');
  });

  it('stay hidden when they were made at the PG, which then says "already cancelled" itself', async () => {
    const sim = await simulator();
    sim.cancelOutside(RECEIPT, 1000, { visible: false });
    expect(json(await lookUp(sim))).toMatchObject({ status: 1, cancelled_price: 0 });
    expect(json(await cancel(sim))).toMatchObject({
      error_code: 'RC_CANCEL_SERVER_ERROR',
      pg_error_code: '2015',
    });
    expect(sim.book.of(RECEIPT)).toMatchObject({ refunds: 1, refundedAmount: 1000, refundedByCancelId: {} });
  });

  it('make the PG refuse what it has not got any more', async () => {
    const sim = await simulator();
    sim.cancelOutside(RECEIPT, 700, { visible: false });
    expect(json(await cancel(sim))).toMatchObject({
      error_code: 'RC_CANCEL_SERVER_ERROR',
      pg_error_code: '2026',
    });
    expect(brief(await cancel(sim, { cancel_price: 300 }))).toBe('200 300');
  });

  it('are refused over what is left', async () => {
    const sim = await simulator();
    expect(() => sim.cancelOutside(RECEIPT, 1001)).toThrow('only 1000 won are left');
    expect(await control(sim, `receipts/${RECEIPT}/outside-cancel`, { amount: 1001 })).toMatchObject({
      status: 422,
    });
  });
});
