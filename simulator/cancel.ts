/** POST /v2/cancel: one cancel from the moment it is its turn until its answer is on its way. */
import type { Cancel } from './core/bootpay.ts';
import { cancelBodySchema } from './core/cancel-checks.ts';
import { type Fate, fateOf } from './core/fate.ts';
import { okWithErrorCode, refusalReply, spoiled } from './faults.ts';
import type { JsonReply, Reply } from './http.ts';
import { isJsonObject } from './http.ts';
import type { World } from './world.ts';

/** Bootpay cancels a receipt one at a time: the second waits for the first, or is refused (a switch). */
export class CancelDesk {
  readonly #world: World;
  readonly #inHand = new Map<string, Promise<unknown>>();

  constructor(world: World) {
    this.#world = world;
  }

  async take(body: unknown): Promise<Reply> {
    const world = this.#world;
    const refuse = (code: string) => refusalReply({ code }, undefined, world.switchesOf());
    const receiptId = isJsonObject(body) ? body['receipt_id'] : undefined;
    const receipt = typeof receiptId === 'string' ? world.bootpay.receipts.get(receiptId) : undefined;
    if (receipt === undefined) return refuse('RC_NOT_FOUND');
    const switches = world.switchesOf(receipt.id);
    if (receipt.project === 'other') return refuse(switches.otherProjectReply);
    const cancelBody = cancelBodySchema.safeParse(body);
    // What bad parameters are answered with is hearsay: 2032 is said to cover them.
    if (!cancelBody.success) return refuse('RC_CANCEL_SERVER_ERROR');
    const cancel = { receipt, body: cancelBody.data };
    const { concurrentCancel: code } = switches;
    if (this.#inHand.has(receipt.id) && code !== 'serialised')
      return answered(world, cancel, { refusal: { code }, unchecked: true, paysAfterMs: null });
    return this.#inTurn(cancel);
  }

  async #inTurn(cancel: Cancel): Promise<Reply> {
    const { id } = cancel.receipt;
    const turn = (this.#inHand.get(id) ?? Promise.resolve()).then(() => performed(this.#world, cancel));
    const settled = turn.catch(() => undefined);
    this.#inHand.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#inHand.get(id) === settled) this.#inHand.delete(id);
    }
  }
}

async function performed(world: World, cancel: Cancel): Promise<Reply> {
  const { id } = cancel.receipt;
  const step = world.scripts.nextCancel(id);
  await world.timers.wait(step.latencyMs ?? world.latencyOf(id));
  const fate = fateOf(step);
  const meant = fate === null ? shownNow(world, cancel) : await answered(world, cancel, fate);
  switch (step.reply) {
    case 'normal':
    case 'code':
      return meant;
    case 'ok_with_error_code':
      return okWithErrorCode(meant);
    case 'late_commit':
      return { kind: step.how === 'reset' ? 'reset' : 'hang', outcome: step.reply };
    default:
      // A refusal stays a refusal: there is no success whose amounts could be wrong.
      if (step.reply.startsWith('ok_') && meant.json['error_code'] !== undefined) return meant;
      return spoiled(step, meant, { receipt: `/v2/receipt/${id}`, called: '/v2/cancel' });
  }
}

/** Checks, money, answer. */
async function answered(world: World, cancel: Cancel, fate: Fate): Promise<JsonReply> {
  const { receipt } = cancel;
  const { refusal, paysAfterMs } = world.bootpay.arrive(cancel, fate, world.now());
  const pay = () => world.pay(cancel, fate.visible);
  if (paysAfterMs === 0) await pay();
  else if (paysAfterMs !== null) world.timers.after(paysAfterMs, () => void pay());
  if (refusal === null) return shownNow(world, cancel);
  const about = { receipt_id: receipt.id, order_id: receipt.orderId };
  return refusalReply(refusal, about, world.switchesOf(receipt.id));
}

function shownNow({ bootpay }: World, { receipt }: Cancel): JsonReply {
  return { kind: 'json', outcome: 'accepted', status: 200, json: bootpay.answer(receipt) };
}
