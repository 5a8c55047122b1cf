// The reconciliation, as it runs now and then, and at the end of a history until it finds nothing more.
import { assertNever } from '../src/domain/errors.ts';
import { receiptIdSchema } from '../src/domain/ids.ts';
import type { ReconcileItem } from '../src/reconcile/reconcile.ts';
import type { Context } from './context.ts';
import { gatewayFor } from './gateway-port.ts';
import { ledgerFor, limiterFor, refundQueueFor } from './ledger-port.ts';
import { act } from './people.ts';

/** Each finds the drift of one refund per receipt, after two look-ups. */
const mostRounds = 8;

export function reconcileAll(context: Context): void {
  act(context, 'reconcile', async (actor) => {
    const { subject, scheduler, chance, settings, transcript, watch } = context;
    const gateway = gatewayFor(context, actor, null);
    const lookUp: typeof gateway.lookUp = async (receiptId, signal) => {
      const reply = await gateway.lookUp(receiptId, signal);
      if (reply.kind === 'accepted') watch.referee.reconciled(actor, reply.body);
      return reply;
    };
    const lines = subject.reconcile(
      {
        ledger: ledgerFor(context, actor),
        gateway: { ...gateway, lookUp },
        rateLimiter: limiterFor(context, actor),
        now: scheduler.now,
        jumpedAt: () => null,
        chance: chance.next,
        settings,
        openCase: refundQueueFor(context, actor).openCase,
      },
      {},
    );
    for await (const told of lines) transcript.say('reconcile', tellReconciled(told));
  });
}

function tellReconciled(told: ReconcileItem): string {
  switch (told.kind) {
    case 'receipt': {
      const { receiptId, verdict, settledWon, cancelledWon } = told;
      return `${receiptId}: ${verdict}, settled ${settledWon}, shows ${cancelledWon}`;
    }
    case 'unreadable':
      return `${told.refundId} cannot be read`;
    case 'gave_up':
      return `gives up: ${told.why}`;
    default:
      return assertNever(told);
  }
}

/** A success that Bootpay does not bear out has to end in front of a person. Only where there is one. */
export async function reconcileToTheEnd(context: Context): Promise<void> {
  const { scheduler, settings, watch } = context;
  for (let round = 0; round < mostRounds && (await short(context)).length > 0; round += 1) {
    reconcileAll(context);
    scheduler.after(settings.settleWindowMs + 1_000, () => undefined);
    while (await scheduler.step());
  }
  for (const receiptId of await short(context))
    watch.fail(`${receiptId}: less is shown than was settled or shown before`);
}

/** Free receipts on which Bootpay shows less than was settled, or than was ever shown: look-ups of it would stay stale. */
async function short({ book, bootpay, watch, scheduler, ledger }: Context): Promise<string[]> {
  const found: string[] = [];
  for (const receiptId of bootpay.receipts.keys()) {
    const { lookUpLagMs: lagMs } = bootpay.switchesOf(receiptId);
    const { cancelled: shownWon } = book.shown(receiptId, { now: scheduler.now(), lagMs });
    const { holder } = await ledger.readReceipt(receiptIdSchema.parse(receiptId));
    const { settledWon, highestWon } = watch.referee.known(receiptId);
    if (holder === null && shownWon < Math.max(settledWon, highestWon)) found.push(receiptId);
  }
  return found;
}
