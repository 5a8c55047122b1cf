// POST /v1/dead-letters/replay-many, GET and DELETE /v1/replays/{id}: previews, starts, shows and stops many at once.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { System } from '../compose.ts';
import { type Bulk, bulkIdPattern } from '../domain/bulk.ts';
import type { BulkStarted } from '../review/bulk-ports.ts';
import { latestResults, previewsOf, progressView, resultView } from '../review/bulk-view.ts';
import { type Access, actorOf } from './access.ts';
import { emptyQuery, paramOf, readJson, readQuery } from './forms.ts';
import { sendProblem } from './problems.ts';
import { filterOf } from './queries.ts';
import { replayManyForm } from './review-forms.ts';

const lookEveryMs = 50;

export function replayRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { bulks } = system;
  const work = bulks.work();
  app.addHook('preClose', () => work.stop());

  app.post(
    '/v1/dead-letters/replay-many',
    { onRequest: access.requireAct('bulk_start') },
    async (request, reply) => {
      const form = readJson(replayManyForm, request, reply);
      if (form === undefined) return reply;
      const by = actorOf(request);
      const { filter, preview, reason = '', per_minute: perMinute } = form;
      const subject = preview === undefined ? { filter: filterOf(filter ?? {}) } : { preview };
      if (form.dry_run && 'filter' in subject)
        return dryRun(system, await bulks.preview(by, subject.filter), () => reply.raw.closed);
      const started = await bulks.start({ ...by, ...subject, reason, perMinute });
      if (started.kind !== 'started') return notStarted(reply, started);
      const { id } = started;
      return reply
        .code(202)
        .header('location', `/v1/replays/${id}`)
        .send(await shown(system, await bulks.read(id)));
    },
  );

  app.get('/v1/replays/:id', { onRequest: access.require('look') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    const id = idOf(paramOf(request, 'id'));
    return (
      (await shown(system, id === null ? null : await bulks.read(id))) ?? sendProblem(reply, 'not_found')
    );
  });

  app.delete('/v1/replays/:id', { onRequest: access.requireAct('bulk_stop') }, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    const id = idOf(paramOf(request, 'id'));
    const stopped = id === null ? null : await bulks.stop(id, actorOf(request));
    return (await shown(system, stopped)) ?? sendProblem(reply, 'not_found');
  });
}

/** Answers when the last case is known. A caller that is gone waits no longer; the preview goes on. */
async function dryRun({ bulks }: System, id: string, isGone: () => boolean) {
  let bulk = await bulks.read(id);
  while (bulk?.state === 'previewing' && !isGone()) {
    await delay(lookEveryMs);
    bulk = await bulks.read(id);
  }
  return { dry_run: true, ...(bulk !== null && (await previewsOf(bulks, bulk))) };
}

async function shown({ bulks }: System, bulk: Bulk | null) {
  if (bulk === null) return null;
  const results = await latestResults(bulks, bulk);
  return { ...progressView(bulk), results: results.map(resultView) };
}

function notStarted(reply: FastifyReply, started: Exclude<BulkStarted, { kind: 'started' }>): FastifyReply {
  switch (started.kind) {
    case 'not_found':
      return sendProblem(reply, 'not_found');
    case 'moved':
      return sendProblem(reply, 'bulk_moved', { members: progressView(started.bulk) });
    case 'busy': {
      const { running } = started;
      return sendProblem(reply, 'bulk_runs', { members: running === null ? {} : progressView(running) });
    }
  }
}

function idOf(param: unknown): string | null {
  return typeof param === 'string' && bulkIdPattern.test(param) ? param : null;
}
