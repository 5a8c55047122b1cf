// The gateway client as an activation sees it: one call, one reply of the closed set, whatever happened on the way.
import type { CancelRequest, Gateway } from '../src/domain/gateway.ts';
import type { CancelReply, LookUpReply } from '../src/domain/reply.ts';
import type { Call } from './bootpay.ts';
import { type CallFault, callFaultOf, faultOf, html, notSent, refusedKey, timedOut } from './call-faults.ts';
import { portCall } from './calls.ts';
import type { Context } from './context.ts';
import { isGone } from './processes.ts';
import type { Actor } from './scheduler.ts';
import { tellReply, tellTotals } from './telling.ts';

/** @param refundId whose activation it is; null: a person's or the reconciliation's. */
export function gatewayFor(context: Context, actor: Actor, refundId: string | null): Gateway {
  return {
    fingerprint: 'simulated',
    cancel: (request) => cancel(context, actor, { ...request, refundId }),
    lookUp: (receiptId, signal) => {
      context.watch.referee.asks(actor, receiptId);
      return lookUp(context, actor, receiptId, signal);
    },
  };
}

async function cancel(
  context: Context,
  actor: Actor,
  request: CancelRequest & { readonly refundId: string | null },
): Promise<CancelReply> {
  const { scheduler, transcript, bootpay, chance, settings, watch } = context;
  const { receiptId, cancelId } = request;
  const refundId = request.refundId ?? '';
  const attempt = watch.calling(refundId, request);
  if (actor.process.stopping.signal.aborted) watch.fail(`${refundId} is called by a process that stops`);
  const fault = faultOf(context);
  const callFault = callFaultOf(context, fault);
  const call: Call = { ...request, refundId, sentAt: scheduler.now() };
  transcript.say(actor.name, `cancel ${cancelId}${fault === 'none' ? '' : ` (${fault})`}`);

  const reply = await portCall<CancelReply>(context, actor, (answer) => {
    const give = (ms: number, value: CancelReply) =>
      scheduler.after(ms, () => {
        if (!isGone(actor)) transcript.say(actor.name, `cancel ${cancelId} answered: ${tellReply(value)}`);
        answer({ value });
      });
    const arrive = () => {
      if (context.faulty() && chance.is(context.scenario.switches.foreignIds))
        bootpay.useCancelId(receiptId, cancelId);
      const reply = bootpay.cancel(call, fate);
      transcript.say('bootpay', `${cancelId}: ${tellReply(reply)}`);
      if (instead === 'timeout') return;
      const afterMs = chance.int(10, fault === 'slow' ? 20_000 : 1_500);
      // Where the answer was broken on its way, the whole one never comes.
      if (typeof instead !== 'object') give(afterMs, disguised(reply, instead));
    };
    const { arrivesAfterMs, fate, instead } = callFault;
    // Only the first answer counts.
    scheduler.after(settings.callTimeoutMs, () => answer({ value: timedOut }));
    if (instead !== undefined && typeof instead !== 'string') {
      scheduler.after(chance.int(5, 3_000), () => answer({ value: instead }));
    }
    if (arrivesAfterMs === null) return;
    scheduler.after(arrivesAfterMs, arrive);
    if (fault === 'doubled') scheduler.after(arrivesAfterMs + chance.int(1, 2_000), arrive);
  });
  watch.heard(actor, { attempt }, reply);
  return reply;
}

/** A 2xx whose amounts are missing or say something else. */
function disguised(reply: CancelReply, as: CallFault['instead']): CancelReply {
  if (reply.kind !== 'accepted' || typeof as !== 'string') return reply;
  const { cancelledWon, cancelledTaxFreeWon } = reply.body;
  const shown = {
    timeout: {},
    no_amounts: { priceWon: null, cancelledWon: null, cancelledTaxFreeWon: null },
    other_amounts: { cancelledWon: Math.max((cancelledWon ?? 0) - 100, 0) },
    other_tax_free: { cancelledTaxFreeWon: (cancelledTaxFreeWon ?? 0) + 100 },
  };
  return { ...reply, body: { ...reply.body, ...shown[as] } };
}

function lookUp(
  context: Context,
  actor: Actor,
  receiptId: string,
  signal: AbortSignal | undefined,
): Promise<LookUpReply> {
  const { scheduler, transcript, chance } = context;
  return portCall<LookUpReply>(context, actor, (answer) => {
    const stop = () => scheduler.after(0, () => answer({ value: { kind: 'no_answer', cause: 'stopped' } }));
    if (signal?.aborted === true) return stop();
    signal?.addEventListener('abort', stop, { once: true });
    const give = (ms: number, reply: LookUpReply) =>
      scheduler.after(ms, () => {
        signal?.removeEventListener('abort', stop);
        if (!isGone(actor)) transcript.say(actor.name, `look-up ${receiptId}: ${tellTotals(reply)}`);
        context.watch.referee.shown(actor, receiptId, reply);
        answer({ value: reply });
      });
    const arrivesAfterMs = chance.int(10, 300);
    scheduler.after(arrivesAfterMs, () => {
      const { reply, afterMs } = seen(context, receiptId);
      give(afterMs, reply);
    });
  });
}

function seen(
  context: Context,
  receiptId: string,
): { readonly reply: LookUpReply; readonly afterMs: number } {
  const { chance, faults, bootpay, scenario, rateLimiter, scheduler, book } = context;
  const { lagMs, wrongTotals } = scenario.switches;
  const afterMs = chance.int(10, 300);
  if (rateLimiter.credentialsRefusedUntil > scheduler.now()) return { reply: refusedKey, afterMs };
  if (rateLimiter.lookUpsHangUntil > scheduler.now())
    return { reply: timedOut, afterMs: context.settings.callTimeoutMs };
  const fault = context.faulty() ? chance.weighted(faults.lookUp) : 'none';
  switch (fault) {
    case 'lost':
      return { reply: timedOut, afterMs: chance.int(1_000, 30_000) };
    case 'unreadable':
      return { reply: html, afterMs };
    case 'throttled':
      rateLimiter.shutUntil = Math.max(rateLimiter.shutUntil, scheduler.now() + 5_000);
      return { reply: { kind: 'throttled', retryAfterMs: null, httpStatus: 429 }, afterMs };
    case 'unauthorized':
      return { reply: refusedKey, afterMs };
    case 'not_sent':
      return { reply: notSent, afterMs };
    case 'not_found':
    case 'other_code': {
      const code = fault === 'not_found' ? 'RC_NOT_FOUND' : 'RC_SOMETHING_NEW';
      return { reply: { kind: 'refused', code, pgCode: null, message: null, httpStatus: 404 }, afterMs };
    }
    default: {
      const extra = fault === 'wrong_total' && wrongTotals ? chance.pick([100, 1_000, 3_000]) : 0;
      const behindMs = fault === 'stale' ? chance.int(0, lagMs) : 0;
      // The two totals need not come from the same moment.
      const taxFreeLagMs = fault === 'stale' && chance.is(0.5) ? chance.int(0, lagMs) : behindMs;
      const slow = book.entries.length > 0 && fault === 'stale' ? chance.int(10, 9_000) : afterMs;
      return { reply: bootpay.show(receiptId, { lagMs: behindMs, taxFreeLagMs, extra }), afterMs: slow };
    }
  }
}
