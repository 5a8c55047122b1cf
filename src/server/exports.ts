// GET /v1/exports: the accounting book of some days as CSV or JSON Lines, sent while it is read.
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import { daysAsked } from '../review/book.ts';
import { exportText } from '../review/export.ts';
import type { Access } from './access.ts';
import { readQuery } from './forms.ts';
import { sendProblem } from './problems.ts';
import { exportsQuery } from './queries.ts';

export function exportRoutes(app: FastifyInstance, system: System, access: Access): void {
  app.get('/v1/exports', { onRequest: access.require('read') }, async (request, reply) => {
    const query = readQuery(exportsQuery, request, reply);
    if (query === undefined) return reply;
    const { format, language, ...range } = query;
    const asked = daysAsked(range, system.clock.now());
    if (asked.kind === 'unclear') return sendProblem(reply, 'wrong_query', { detail: asked.why });
    const { days } = asked;
    const isCsv = format === 'csv';
    return reply
      .type(isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
      .header('content-disposition', `attachment; filename="refunds-${days[0]}.${format}"`)
      .send(Readable.from(exportText(system, { days, format, language })));
  });
}
