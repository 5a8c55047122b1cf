// GET /v1/actions: what people did, and what they wanted and a rule refused, newest first.
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import type { StoredAction } from '../domain/action.ts';
import { iso } from '../review/record-view.ts';
import type { Access } from './access.ts';
import { readQuery } from './forms.ts';
import { actionsQuery } from './queries.ts';

export function actionRoutes(app: FastifyInstance, { ledger }: System, access: Access): void {
  app.get('/v1/actions', { onRequest: access.require('look') }, async (request, reply) => {
    const query = readQuery(actionsQuery, request, reply);
    if (query === undefined) return reply;
    const { refund_id: refundId, order_id: orderId, ...same } = query;
    const page = await ledger.actions({ ...same, refundId, orderId });
    return { items: page.items.map(actionView), next_cursor: page.nextCursor };
  });
}

function actionView({ at, refundId, orderId, approvedBy, ...same }: StoredAction) {
  return { ...same, at: iso(at), refund_id: refundId, order_id: orderId, approved_by: approvedBy };
}
