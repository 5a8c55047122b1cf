// GET and POST /v1/lane: show, hold and resume the lane to Bootpay.
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import { laneView } from '../queue/lane.ts';
import type { Access } from './access.ts';
import { emptyQuery, readJson, readQuery } from './forms.ts';
import { laneForm } from './review-forms.ts';

export function laneRoutes(app: FastifyInstance, { lane, clock }: System, access: Access): void {
  app.get('/v1/lane', { onRequest: access.require('look') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    return laneView(await lane.status());
  });

  app.post('/v1/lane', { onRequest: access.require('act') }, async (request, reply) => {
    const form = readJson(laneForm, request, reply);
    if (form === undefined) return reply;
    const { action, reason } = form;
    const who = request.who ?? '';
    const changed = action === 'hold' ? await hold(who, reason) : await resume(who, reason);
    return { changed, ...laneView(await lane.status()) };
  });

  const hold = (who: string, reason: string) =>
    lane.hold('person', { at: clock.now(), who, reason, fingerprint: null });

  async function resume(who: string, reason: string): Promise<boolean> {
    if (!laneView(await lane.status()).held) return false;
    await lane.resume(who, reason, clock.now());
    return true;
  }
}
