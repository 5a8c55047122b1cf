// GET /v1/refunds: one record, or a list of them, newest first.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { System } from '../compose.ts';
import type { RefundId } from '../domain/ids.ts';
import type { State } from '../domain/states.ts';
import { listedViews, purgedText, readRecordView } from '../review/read-record.ts';
import type { Access } from './access.ts';
import { emptyQuery, readQuery, refundIdIn } from './forms.ts';
import { sendProblem } from './problems.ts';
import { refundsQuery } from './queries.ts';

export function refundRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { ledger } = system;

  app.get('/v1/refunds', { onRequest: access.require('read') }, async (request, reply) => {
    const query = readQuery(refundsQuery, request, reply);
    if (query === undefined) return reply;
    const { state, since, limit, cursor, receipt_id: receiptId, order_id: orderId } = query;
    const page = await ledger.list({ state, since, limit, cursor, receiptId, orderId });
    return { items: await listedViews(system, page.all), next_cursor: page.nextCursor };
  });

  app.get('/v1/refunds/:refund_id', { onRequest: access.require('read') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    const refundId = refundIdIn(request);
    if (refundId === null) return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    const found = await readRecordView(system, refundId);
    if (found.kind === 'not_found') return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    return found.kind === 'purged' ? sendPurged(reply, refundId, found.state) : found.view;
  });
}

/** 410: a client may stop asking, and need not wonder whether it ever existed. */
export function sendPurged(reply: FastifyReply, refundId: RefundId, state: State): FastifyReply {
  return sendProblem(reply, 'forgotten', {
    detail: purgedText(state),
    members: { refund_id: refundId, state },
  });
}

export const noSuchRefund = {
  en: 'There is no refund with this id. An id is rf_ and 26 characters, as the answer to the event gave it.',
  ko: '이 id의 환불이 없어요. id는 이벤트 접수 응답에 있는 rf_와 26자로 된 값이에요.',
};
