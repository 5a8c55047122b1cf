/** POST /v2/cancel: one cancel from the moment it is its turn until its answer is known. */
import {
  amountOf,
  type CancelBody,
  cancelBodySchema,
  checkCancel,
  type Refusal,
  taxFreeOf,
} from './cancel-checks.ts';
import { okWithErrorCode, refusalReply, spoiled } from './faults.ts';
import type { JsonReply, Reply } from './http.ts';
import { isJsonObject } from './http.ts';
import { exampleFields, type KnownReceipt, statusFor, wholeReceipt } from './receipt.ts';
import type { CancelStep } from './steps.ts';
import type { Movement, World } from './world.ts';

interface Cancel {
  readonly world: World;
  readonly receipt: KnownReceipt;
  readonly body: CancelBody;
}

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
    const receipt = typeof receiptId === 'string' ? world.receipts.get(receiptId) : undefined;
    if (receipt === undefined) return refuse('RC_NOT_FOUND');
    const switches = world.switchesOf(receipt.id);
    if (receipt.project === 'other') return refuse(switches.otherProjectReply);
    const cancelBody = cancelBodySchema.safeParse(body);
    // What bad parameters are answered with is hearsay: 2032 is said to cover them.
    if (!cancelBody.success) return refuse('RC_CANCEL_SERVER_ERROR');
    const cancel = { world, receipt, body: cancelBody.data };
    if (this.#inHand.has(receipt.id) && switches.concurrentCancel !== 'serialised')
      return refused(cancel, { kind: 'refused', code: switches.concurrentCancel });
    return this.#inTurn(cancel);
  }

  async #inTurn(cancel: Cancel): Promise<Reply> {
    const { id } = cancel.receipt;
    const turn = (this.#inHand.get(id) ?? Promise.resolve()).then(() => performed(cancel));
    const settled = turn.catch(() => undefined);
    this.#inHand.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#inHand.get(id) === settled) this.#inHand.delete(id);
    }
  }
}

async function performed(cancel: Cancel): Promise<Reply> {
  const { world, receipt } = cancel;
  const step = world.scripts.nextCancel(receipt.id);
  await world.timers.wait(step.latencyMs ?? world.latencyOf(receipt.id));
  switch (step.reply) {
    case 'normal':
      return accepted(cancel);
    case 'code':
    case 'ok_with_error_code':
      return scriptedRefusal(cancel, step);
    case 'late_commit':
      return committedLater(cancel, step);
    default: {
      const meant = movesMoney(step) ? await accepted(cancel) : shownNow(cancel);
      // A refusal stays a refusal: there is no success whose amounts could be wrong.
      if (step.reply.startsWith('ok_') && meant.json['error_code'] !== undefined) return meant;
      return spoiled(step, meant, { receipt: `/v2/receipt/${receipt.id}`, called: '/v2/cancel' });
    }
  }
}

/** The normal course: checks, money, answer. */
async function accepted(cancel: Cancel): Promise<JsonReply> {
  const { world, receipt, body } = cancel;
  const verdict = checked(cancel);
  if (verdict.kind === 'refused') return refused(cancel, verdict);
  const { amount, taxFree } = verdict;
  const cancelId = body.cancel_id ?? null;
  await world.move(receipt, { cancelId, amount, taxFree, origin: 'api', visible: true });
  return shownNow(cancel);
}

function checked(cancel: Cancel): ReturnType<typeof checkCancel> {
  const { world, receipt, body } = cancel;
  const switches = world.switchesOf(receipt.id);
  return checkCancel({
    body,
    receipt,
    switches,
    known: world.book.knownToBootpay(receipt.id),
    leftAtPg: world.book.left(receipt.id).amount,
    cancelIdSeen:
      world.switchesOf(receipt.id).refusesUsedCancelId &&
      body.cancel_id != null &&
      world.sawCancelId(body.cancel_id, receipt.id),
    pgHasCapacity: () => world.pgRate.admits(switches.ratePerSecond, world.now()),
    now: world.now(),
  });
}

function refused({ world, receipt, body }: Cancel, refusal: Refusal): JsonReply {
  const switches = world.switchesOf(receipt.id);
  const burns = switches.burnsRefusedCancelId;
  if (body.cancel_id != null && (Array.isArray(burns) ? burns.includes(refusal.code) : burns))
    world.useCancelId(body.cancel_id, receipt.id);
  return refusalReply(refusal, { receipt_id: receipt.id, order_id: receipt.orderId }, switches);
}

/** A refusal by script; with `commitAfterMs` the money moves all the same. */
function scriptedRefusal(
  cancel: Cancel,
  step: Extract<CancelStep, { reply: 'code' | 'ok_with_error_code' }>,
): JsonReply {
  const { world, receipt } = cancel;
  const movement = movementOf(cancel, step.visible);
  const { pgErrorCode, message, httpStatus } = step;
  const code = step.code ?? 'RC_CANCEL_SERVER_ERROR';
  const reply = refused(cancel, { kind: 'refused', code, pgErrorCode, message, httpStatus });
  if (step.commitAfterMs !== undefined)
    world.timers.after(step.commitAfterMs, () => void world.move(receipt, movement));
  return step.reply === 'code' ? reply : okWithErrorCode(reply);
}

function committedLater(cancel: Cancel, step: Extract<CancelStep, { reply: 'late_commit' }>): Reply {
  const { world, receipt, body } = cancel;
  const verdict = checked(cancel);
  const lost = { kind: step.how === 'reset' ? 'reset' : 'hang', outcome: step.reply } as const;
  if (verdict.kind === 'refused') {
    refused(cancel, verdict);
    return lost;
  }
  if (body.cancel_id != null) world.useCancelId(body.cancel_id, receipt.id);
  const movement = movementOf(cancel, step.visible);
  world.timers.after(step.delayMs, () => void world.move(receipt, movement));
  return lost;
}

function movementOf({ world, receipt, body }: Cancel, visible: boolean | undefined): Movement {
  const facts = { body, receipt, known: world.book.knownToBootpay(receipt.id) };
  return {
    cancelId: body.cancel_id ?? null,
    amount: amountOf(facts),
    taxFree: taxFreeOf(facts),
    origin: 'api',
    visible: visible ?? true,
  };
}

function shownNow({ world, receipt }: Cancel): JsonReply {
  const { statusAfterPartial, cancelResponseShape } = world.switchesOf(receipt.id);
  const totals = world.book.knownToBootpay(receipt.id);
  const whole = wholeReceipt(receipt, totals, statusFor(receipt, totals, statusAfterPartial.cancelResponse));
  const json = cancelResponseShape === 'full' ? whole : exampleFields(whole);
  return { kind: 'json', outcome: 'accepted', status: 200, json };
}

const COMMITS_FIRST: readonly CancelStep['reply'][] = [
  'reset_after_commit',
  'hang_after_commit',
  'html_502_after_commit',
  'ok_without_amounts',
  'ok_other_amounts',
  'truncated',
  'not_json',
  'oversized',
  'empty_204',
];

function movesMoney(step: CancelStep): boolean {
  const said = 'commit' in step ? step.commit : undefined;
  return said ?? COMMITS_FIRST.includes(step.reply);
}
