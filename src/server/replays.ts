// POST /v1/dead-letters/replay-many, GET and DELETE /v1/replays/{id}: start, watch and stop a bulk action.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { System } from '../compose.ts';
import type { Access } from './access.ts';
import {
  bulkIdPattern,
  countsOf,
  createBulkReplays,
  type Progress,
  resultView,
  wonOf,
} from './bulk-replays.ts';
import { emptyQuery, paramOf, readJson, readQuery } from './forms.ts';
import { sendProblem } from './problems.ts';
import { replayManyForm } from './review-forms.ts';

export function replayRoutes(app: FastifyInstance, system: System, access: Access): void {
  const bulk = createBulkReplays(system);
  app.addHook('preClose', () => bulk.close());

  app.post('/v1/dead-letters/replay-many', { onRequest: access.require('act') }, async (request, reply) => {
    const form = readJson(replayManyForm, request, reply);
    if (form === undefined) return reply;
    const { filter, reason = '', dry_run: dryRun, per_minute: perMinute } = form;
    const wish = {
      filter: {
        case: filter.case,
        code: filter.code,
        orderId: filter.order_id,
        olderThanMs: filter.older_than,
      },
      who: request.who ?? '',
      reason,
      dryRun,
      perMinute,
    };
    if (dryRun) {
      const results = await bulk.dryRun(wish);
      return {
        dry_run: true,
        counts: countsOf(results),
        won: wonOf(results),
        results: results.map(resultView),
      };
    }
    const id = await bulk.start(wish);
    const progress = await bulk.progress(id);
    return reply.code(202).header('location', `/v1/replays/${id}`).send(progress);
  });

  app.get('/v1/replays/:id', { onRequest: access.require('look') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    const id = idOf(paramOf(request, 'id'));
    return answer(reply, id === null ? null : await bulk.progress(id));
  });

  app.delete('/v1/replays/:id', { onRequest: access.require('act') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    const id = idOf(paramOf(request, 'id'));
    return answer(reply, id === null ? null : await bulk.stop(id, request.who ?? ''));
  });
}

function answer(reply: FastifyReply, progress: Progress | null) {
  return progress ?? sendProblem(reply, 'not_found');
}

function idOf(param: unknown): string | null {
  return typeof param === 'string' && bulkIdPattern.test(param) ? param : null;
}
