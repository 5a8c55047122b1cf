// GET /v1/approvals, POST .../approve and .../return: acts that wait for a second person.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import { partsOfApprovalId } from '../domain/approval.ts';
import { keptApprovalView } from '../review/approval-view.ts';
import { type Access, actorOf } from './access.ts';
import { type AskedAct, sendReviewed } from './case-acts.ts';
import { emptyQuery, type Form, paramOf, readJson, readQuery } from './forms.ts';
import { sendProblem } from './problems.ts';
import { approveForm, sendBackForm } from './review-forms.ts';

export function approvalRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { approvals } = system;

  app.get('/v1/approvals', { onRequest: access.require('look') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    return { items: (await approvals.list()).map(keptApprovalView) };
  });

  app.post(
    '/v1/approvals/:id/approve',
    { onRequest: access.requireAct('approve') },
    onApproval(approveForm, async ({ id, refundId, by, reply }) => {
      const reviewed = await approvals.approve(id, by);
      return sendReviewed(system, { reply, refundId, reviewed, done: 200 });
    }),
  );

  app.post(
    '/v1/approvals/:id/return',
    { onRequest: access.requireAct('send_back') },
    onApproval(sendBackForm, async ({ form, id, refundId, by, reply }) => {
      const reviewed = await approvals.sendBack(id, by, form.reason);
      if (reviewed.kind === 'sent_back')
        return reply.send({ approval_id: id, refund_id: refundId, result: 'sent_back' });
      return sendReviewed(system, { reply, refundId, reviewed, done: 200 });
    }),
  );
}

/** The handler of an act on the approval that the path names; its id names the refund. */
function onApproval<Value>(
  form: Form<Value>,
  act: (asked: AskedAct<Value> & { readonly id: string }) => Promise<FastifyReply>,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const read = readJson(form, request, reply);
    if (read === undefined) return reply;
    const id = String(paramOf(request, 'id'));
    const refundId = partsOfApprovalId(id)?.refundId;
    if (refundId === undefined) return sendProblem(reply, 'not_found');
    request.refundId = refundId;
    return act({ form: read, id, refundId, by: actorOf(request), reply });
  };
}
