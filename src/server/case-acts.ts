// Acts on one case over HTTP: what is asked for, on which refund and by whom, and the answer to what came of it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import { askedText } from '../review/approval-text.ts';
import { approvalView } from '../review/approval-view.ts';
import { movedText, refusalText } from '../review/case-text.ts';
import type { ReviewResult } from '../review/ports.ts';
import { isoOrNull, recordView, refusalView, unreadView } from '../review/record-view.ts';
import { actorOf } from './access.ts';
import { type Form, readJson, refundIdIn } from './forms.ts';
import { sendProblem } from './problems.ts';
import { noSuchRefund, sendPurged } from './refunds.ts';

export interface AskedAct<Value> {
  readonly form: Value;
  readonly refundId: RefundId;
  readonly by: ReturnType<typeof actorOf>;
  readonly reply: FastifyReply;
}

/** The handler of an act on the case that the path names. */
export function caseAct<Value>(form: Form<Value>, act: (asked: AskedAct<Value>) => Promise<FastifyReply>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const read = readJson(form, request, reply);
    if (read === undefined) return reply;
    const refundId = refundIdIn(request);
    if (refundId === null) return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    return act({ form: read, refundId, by: actorOf(request), reply });
  };
}

export async function sendReviewed(
  system: System,
  {
    reply,
    refundId,
    reviewed,
    done,
  }: { reply: FastifyReply; refundId: RefundId; reviewed: ReviewResult; done: 200 | 202 },
): Promise<FastifyReply> {
  switch (reviewed.kind) {
    case 'done': {
      // The record as this action wrote it; the worker may have changed it since.
      const { refund } = reviewed;
      const stored = await system.ledger.read(refund.refundId);
      return reply.code(done).send(recordView(refund, stored?.history ?? [], null));
    }
    case 'closed_unreadable': {
      const stored = await system.ledger.read(refundId);
      return reply.code(done).send(unreadView(reviewed.refund, stored?.history ?? [], null));
    }
    case 'asked': {
      const { ko, en } = askedText(reviewed.approval);
      const answer = { result: 'needs_approval', detail: en, detail_ko: ko };
      return reply.code(202).send({ ...answer, ...approvalView(reviewed.approval) });
    }
    case 'not_found':
    case 'purged':
    case 'moved':
      return sendNotDone(reply, refundId, reviewed);
    case 'refused': {
      const { rule } = reviewed;
      const detail = refusalText(reviewed);
      if (rule === 'no_look_up') return sendProblem(reply, rule, { detail });
      const name = rule === 'no_data_key' ? rule : rule === 'not_approver' ? 'not_allowed' : 'refused';
      return sendProblem(reply, name, { detail, members: refusalView(reviewed) });
    }
    default:
      return assertNever(reviewed);
  }
}

/** Nothing was done: there is no such refund, its details were erased, or another act was faster. */
export function sendNotDone(
  reply: FastifyReply,
  refundId: RefundId,
  result: Extract<ReviewResult, { kind: 'not_found' | 'purged' | 'moved' }>,
): FastifyReply {
  switch (result.kind) {
    case 'not_found':
      return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    case 'purged':
      return sendPurged(reply, refundId, result.state);
    case 'moved': {
      const { state, version, by, at } = result;
      const members = { state, version, by, at: isoOrNull(at) };
      return sendProblem(reply, 'moved', { detail: movedText(result), members });
    }
    default:
      return assertNever(result);
  }
}
