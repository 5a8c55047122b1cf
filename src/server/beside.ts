// POST /v1/dead-letters/{refund_id}/notes and /assign: what people write beside a case, and whom it is handed to.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import { type BesideResult, besideTexts } from '../review/beside.ts';
import { readRecordView } from '../review/read-record.ts';
import type { Access } from './access.ts';
import { caseAct, sendNotDone } from './case-acts.ts';
import { sendProblem } from './problems.ts';
import { handOverForm, noteForm } from './review-forms.ts';

export function besideRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { caseBeside } = system;

  app.post(
    '/v1/dead-letters/:refund_id/notes',
    { onRequest: access.requireAct('note') },
    caseAct(noteForm, async ({ form, refundId, by, reply }) =>
      answer(system, { reply, refundId, result: await caseBeside.note(refundId, by, form.text) }),
    ),
  );

  app.post(
    '/v1/dead-letters/:refund_id/assign',
    { onRequest: access.requireAct('hand_over') },
    caseAct(handOverForm, async ({ form, refundId, by, reply }) =>
      answer(system, { reply, refundId, result: await caseBeside.handOver(refundId, by, form) }),
    ),
  );
}

/** The record, as it stands with it. */
async function answer(
  system: System,
  { reply, refundId, result }: { reply: FastifyReply; refundId: RefundId; result: BesideResult },
): Promise<FastifyReply> {
  switch (result.kind) {
    case 'done': {
      const found = await readRecordView(system, refundId);
      return 'view' in found ? reply.send(found.view) : sendProblem(reply, 'not_found');
    }
    case 'not_found':
    case 'purged':
    case 'moved':
      return sendNotDone(reply, refundId, result);
    case 'refused': {
      const { rule } = result;
      return sendProblem(reply, 'refused', { detail: besideTexts[rule], members: { rule } });
    }
    default:
      return assertNever(result);
  }
}
