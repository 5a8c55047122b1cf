// What people asked for: the shop's events and the edits of a replay. What is stored, answered and sent is held
// against it, field by field; the words of `src` about an event are never taken for the event.

import type { CancellationEventInput, RefundAccount } from '../src/domain/event.ts';
import type { CancelRequest } from '../src/domain/gateway.ts';
import type { Cancel, Refund } from '../src/domain/refund.ts';
import type { PaymentMethod } from '../src/domain/reply.ts';
import type { Transition } from '../src/domain/transition.ts';
import type { EnqueueResult } from '../src/producer/enqueue.ts';
import type { ReplayRequest } from '../src/review/ports.ts';
import { sameCancel } from './reading.ts';
import type { Actor } from './scheduler.ts';

export interface Orders {
  /** An actor is about to send this event, or to ask for this replay. */
  sends(actor: Actor, event: CancellationEventInput): void;
  asks(actor: Actor, request: ReplayRequest): void;
  stored(actor: Actor, refund: Refund): void;
  replayed(actor: Actor, before: Refund, change: Transition): void;
  /** @param record what is stored under the event's name by now. */
  answered(event: CancellationEventInput, result: EnqueueResult, record: Refund | undefined): void;
  /** @param method of the payment, as its last look-up showed it. */
  called(refundId: string, request: CancelRequest, method: PaymentMethod | null): void;
  eventOf(refundId: string): CancellationEventInput | undefined;
  snapshot(): () => void;
}

interface Order {
  readonly event: CancellationEventInput;
  readonly cancel: Cancel;
  readonly account: RefundAccount | null;
  readonly message: string | null;
  readonly edited: boolean;
}

export function createOrders(retryDeadlineMs: number, fail: (what: string) => void): Orders {
  const events = new WeakMap<Actor, CancellationEventInput>();
  const requests = new WeakMap<Actor, ReplayRequest>();
  let orders = new Map<string, Order>();
  let failedOver = false;

  const named = ({ event_id }: CancellationEventInput) =>
    [...orders].filter(([, { event }]) => event.event_id === event_id);
  const ownerOf = (cancelId: string) =>
    [...orders].find(([, { event }]) => event.cancel_id === cancelId)?.[0];

  function checkStored(refund: Refund, event: CancellationEventInput): void {
    const { refundId, receiptId, orderId, firstCancelId, account, acceptedAt, deadlineAt } = refund;
    const right =
      receiptId === event.receipt_id &&
      orderId === event.order_id &&
      firstCancelId === (event.cancel_id ?? refundId) &&
      sameCancel(refund.cancel, cancelOf(event)) &&
      account === (event.refund === undefined ? 'none' : 'kept');
    if (!right) fail(`event ${event.event_id} is stored as something else`);
    if (deadlineAt !== acceptedAt + retryDeadlineMs) fail(`event ${event.event_id} has another deadline`);
    if (named(event).some(([id]) => id !== refundId)) fail(`event ${event.event_id} is two refunds`);
    const owner = event.cancel_id === undefined ? undefined : ownerOf(event.cancel_id);
    if (owner !== undefined && owner !== refundId) fail(`${event.cancel_id} belongs to two refunds`);
  }

  return {
    eventOf: (refundId) => orders.get(refundId)?.event,
    sends: (actor, event) => void events.set(actor, event),
    asks: (actor, request) => void requests.set(actor, request),

    stored(actor, refund) {
      const event = events.get(actor);
      if (event === undefined) return;
      checkStored(refund, event);
      orders.set(refund.refundId, {
        event,
        cancel: cancelOf(event),
        account: event.refund ?? null,
        message: event.cancel_message ?? null,
        edited: false,
      });
    },

    replayed(actor, before, change) {
      const request = requests.get(actor);
      const order = orders.get(change.refund.refundId);
      if (request === undefined || order === undefined) return;
      const { refund } = change;
      const { edits } = request;
      const cancel = editedCancel(order.cancel, edits);
      const changed = Object.values(edits).some((edit) => edit !== undefined);
      const right =
        before.version === request.version &&
        refund.acknowledged === request.acknowledge &&
        refund.generation === before.generation + (request.newGeneration ? 1 : 0) &&
        refund.revision === before.revision + (changed ? 1 : 0) &&
        sameCancel(refund.cancel, cancel) &&
        (edits.account === undefined || refund.account === 'kept');
      if (!right) fail(`${refund.refundId} is not replayed as ${change.history.who} asked`);
      orders.set(refund.refundId, {
        ...order,
        cancel,
        // Erased with a success that was taken back: the next call names none.
        account: edits.account ?? (refund.account === 'kept' ? order.account : null),
        message: edits.message ?? order.message,
        edited: order.edited || edits.account !== undefined,
      });
    },

    answered(event, { result }, record) {
      const order = named(event)[0]?.[1];
      if (failedOver || result === 'refused' || order?.edited === true) return;
      const same = order !== undefined && contentOf(order.event) === contentOf(event);
      if (result !== 'conflict' && !same)
        fail(`event ${event.event_id} is told ${result}, and it is not on record`);
      if (!same) return;
      const sameAccount = JSON.stringify(order.account) === JSON.stringify(event.refund ?? null);
      if (result === 'conflict' && sameAccount) fail(`event ${event.event_id} is a conflict with itself`);
      if (result === 'duplicate' && !sameAccount && record?.account === 'kept') {
        fail(`event ${event.event_id} is told duplicate, and it names another account`);
      }
    },

    called(refundId, request, method) {
      const order = orders.get(refundId);
      if (order === undefined) return;
      if (!sameCancel(request.cancel, order.cancel)) fail(`${refundId} asks for what was not ordered`);
      // Money of other methods goes back the way it came, whatever account a person gave.
      const account = method === null || method === 'vbank' ? order.account : null;
      if (JSON.stringify(request.account) !== JSON.stringify(account))
        fail(`${refundId} pays another account`);
      const { event, message } = order;
      const words = request.message === message && request.username === (event.cancel_username ?? null);
      if (request.receiptId !== event.receipt_id || !words)
        fail(`${refundId} says something else to Bootpay`);
    },

    snapshot() {
      const kept = new Map(orders);
      return () => {
        failedOver = true;
        orders = kept;
      };
    },
  };
}

function cancelOf({ cancel_price, cancel_tax_free }: CancellationEventInput): Cancel {
  const taxFreeWon = cancel_tax_free ?? null;
  return cancel_price === undefined
    ? { kind: 'full', taxFreeWon }
    : { kind: 'partial', amountWon: cancel_price, taxFreeWon };
}

function editedCancel(cancel: Cancel, { full, amountWon, taxFreeWon }: ReplayRequest['edits']): Cancel {
  const taxFree = taxFreeWon ?? cancel.taxFreeWon;
  if (full === true) return { kind: 'full', taxFreeWon: taxFree };
  if (amountWon !== undefined) return { kind: 'partial', amountWon, taxFreeWon: taxFree };
  return { ...cancel, taxFreeWon: taxFree };
}

/** What makes another event under the same name a conflict; accounts are compared apart. */
function contentOf({
  order_id,
  receipt_id,
  cancel_price,
  cancel_tax_free,
  cancel_id,
}: CancellationEventInput): string {
  return JSON.stringify(
    [order_id, receipt_id, cancel_price, cancel_tax_free, cancel_id].map((one) => one ?? null),
  );
}
