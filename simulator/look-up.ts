/** GET /v2/receipt/{receipt_id} and POST /v2/request/token: the calls that move no money. */

import type { KnownReceipt } from './core/receipt.ts';
import type { LookUpStep, TokenStep } from './core/steps.ts';
import { okWithErrorCode, refusalReply, spoiled, unauthorisedReply } from './faults.ts';
import type { JsonReply, Reply } from './http.ts';
import type { World } from './world.ts';

export async function lookUp(world: World, receiptId: string): Promise<Reply> {
  const receipt = world.bootpay.receipts.get(receiptId);
  const switches = world.switchesOf(receiptId);
  if (receipt === undefined) return refusalReply({ code: 'RC_NOT_FOUND' }, undefined, switches);
  if (receipt.project === 'other')
    return refusalReply({ code: switches.otherProjectReply }, undefined, switches);
  const step = world.scripts.nextLookUp(receiptId);
  await world.timers.wait(step.latencyMs ?? world.latencyOf(receiptId));
  if (step.reply === 'stale') return shown(world, receipt, true);
  if (step.reply === 'not_found') return refusalReply({ code: 'RC_NOT_FOUND' }, undefined, switches);
  const called = `/v2/receipt/${receiptId}`;
  return afterStep(step, shown(world, receipt, false), { world, called });
}

export async function requestToken(world: World, body: unknown): Promise<Reply> {
  const step = world.scripts.nextToken();
  await world.timers.wait(step.latencyMs ?? 0);
  const answer = world.gatekeeper.issue(body);
  if (answer.kind === 'refused') return unauthorisedReply(answer.code, world.switchesOf());
  const json = { access_token: answer.accessToken, expire_in: answer.expireInSeconds };
  const issued: JsonReply = { kind: 'json', outcome: 'issued', status: 200, json };
  return afterStep(step, issued, { world, called: '/v2/request/token' });
}

function afterStep(
  step: Exclude<LookUpStep, { reply: 'stale' | 'not_found' }> | TokenStep,
  meant: JsonReply,
  { world, called }: { world: World; called: string },
): Reply {
  switch (step.reply) {
    case 'normal':
      return meant;
    case 'code':
    case 'ok_with_error_code': {
      const { code = 'RC_CANCEL_SERVER_ERROR', pgErrorCode, message, httpStatus } = step;
      const refusal = refusalReply({ code, pgErrorCode, message, httpStatus }, undefined, world.switchesOf());
      return step.reply === 'code' ? refusal : okWithErrorCode(refusal);
    }
    default:
      return spoiled(step, meant, { receipt: called, called });
  }
}

function shown({ bootpay, now }: World, receipt: KnownReceipt, stale: boolean): JsonReply {
  const json = bootpay.lookUp(receipt, { now: now(), stale });
  return { kind: 'json', outcome: stale ? 'stale' : 'shown', status: 200, json };
}
