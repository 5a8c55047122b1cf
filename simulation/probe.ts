// After a history has ended: whatever it went through, its receipts still work. A refund that comes in now is paid, and
// so is a replay of one whose money was really taken back.

import type { Context } from './context.ts';
import { expectReplay } from './operator.ts';
import { sendEvent } from './people.ts';
import { bankAccounts, refundAccount } from './plan.ts';

const amountWon = 100;

/** @param play goes on until all is quiet again. */
export async function probe(context: Context, play: () => Promise<void>): Promise<void> {
  const { book, bootpay, scheduler, watch, scenario } = context;
  if (!scenario.habits.crowd) return;
  context.operator.untilAt = 0;
  const shownAgainAt = Math.max(0, ...book.entries.map(({ hidden }) => hidden?.until ?? 0));
  if (shownAgainAt > scheduler.now()) {
    scheduler.at(shownAgainAt + scenario.switches.lagMs, () => undefined);
    await play();
  }
  if (scenario.switches.takesBack === 'for_good') await probeReplays(context, play);
  for (const { id: receiptId, price, method } of bootpay.receipts.values()) {
    const leftWon = price - book.totals(receiptId).cancelled;
    if (leftWon < amountWon || watch.referee.holder(receiptId) !== null) continue;
    const event_id = `probe-${receiptId}`;
    const account = method === 'vbank' && { refund: refundAccount(bankAccounts[0]) };
    const ids = { event_id, order_id: event_id, receipt_id: receiptId };
    sendEvent(context, { ...ids, cancel_price: amountWon, ...account });
    await play();
    const state = [...watch.records.values()].find(({ eventId }) => eventId === event_id)?.state;
    if (state !== 'succeeded') watch.fail(`a new refund on ${receiptId} is not paid, but ${state}`);
  }
}

async function probeReplays(context: Context, play: () => Promise<void>): Promise<void> {
  const { book, bootpay, watch } = context;
  for (const { refundId, receiptId, deadLetter, cancel, eventId, totalsBefore } of [
    ...watch.records.values(),
  ]) {
    const { openDrifts, settledWon } = watch.referee.known(receiptId);
    const { cancelled: totalWon, taxFree: cancelledTaxFreeWon } = book.totals(receiptId);
    const { price, taxFree } = bootpay.receipt(receiptId);
    const leftWon = price - totalWon;
    const fits =
      leftWon > 0 &&
      (cancel.kind === 'full' || cancel.amountWon <= leftWon) &&
      (cancel.taxFreeWon ?? 0) <= taxFree - cancelledTaxFreeWon;
    const free = watch.referee.holder(receiptId) === null && openDrifts === 1;
    // Where the total has grown by other money, or other counted money was taken back, a person has to find out more.
    const sinceWon = settledWon - (totalsBefore?.settledWon ?? 0);
    const clear = sinceWon >= 0 && totalWon - (totalsBefore?.totalWon ?? 0) === sinceWon;
    if (deadLetter?.case !== 'drift' || !fits || !free || !clear) continue;
    expectReplay(context, refundId);
    await play();
    const state = watch.records.get(refundId)?.state;
    if (state !== 'succeeded')
      watch.fail(`${eventId} was taken back, and its replay is not paid, but ${state}`);
  }
}
