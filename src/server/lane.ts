// GET and POST /v1/lane: show, hold and resume the lane to Bootpay.
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import { laneView } from '../queue/lane.ts';
import { type Access, actorOf } from './access.ts';
import { emptyQuery, readJson, readQuery } from './forms.ts';
import { laneForm } from './review-forms.ts';

export function laneRoutes(app: FastifyInstance, { lane, laneActs }: System, access: Access): void {
  app.get('/v1/lane', { onRequest: access.require('look') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    return laneView(await lane.status());
  });

  app.post('/v1/lane', { onRequest: access.requireAct('lane') }, async (request, reply) => {
    const form = readJson(laneForm, request, reply);
    if (form === undefined) return reply;
    const { action, reason } = form;
    const changed = await laneActs[action](actorOf(request), reason);
    return { changed, ...laneView(await lane.status()) };
  });
}
