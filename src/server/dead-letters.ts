// GET /v1/dead-letters, replay and resolve: cases and the actions on them.
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import type { BulkFilter } from '../domain/bulk.ts';
import { groupings } from '../review/ports.ts';
import { readRecordView } from '../review/read-record.ts';
import { caseLineView, iso } from '../review/record-view.ts';
import type { Access } from './access.ts';
import { caseAct, sendReviewed } from './case-acts.ts';
import { emptyQuery, readQuery, refundIdIn } from './forms.ts';
import { sendProblem } from './problems.ts';
import { deadLettersQuery, filterOf, type GroupBy } from './queries.ts';
import { noSuchRefund, sendPurged } from './refunds.ts';
import { replayForm, resolveForm } from './review-forms.ts';

export function deadLetterRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { deadLetters, caseBeside } = system;
  const look = { onRequest: access.require('look') };

  app.get('/v1/dead-letters', look, async (request, reply) => {
    const query = readQuery(deadLettersQuery, request, reply);
    if (query === undefined) return reply;
    const { limit, cursor, sort, group_by: groupBy } = query;
    const filter = filterOf(query);
    if (groupBy !== undefined) return grouped(system, filter, groupBy);
    const page = await deadLetters.list({ filter, sort, limit, cursor });
    const on = await caseBeside.onCases(page.items);
    const items = page.items.map((item, place) => caseLineView(item, on[place]));
    return { items, next_cursor: page.nextCursor };
  });

  app.get('/v1/dead-letters/:refund_id', look, async (request, reply) => {
    if (readQuery(emptyQuery, request, reply) === undefined) return reply;
    const refundId = refundIdIn(request);
    if (refundId === null) return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    const found = await readRecordView(system, refundId);
    if (found.kind === 'not_found') return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    if (found.kind === 'purged') return sendPurged(reply, refundId, found.state);
    if (found.view.state === 'dead_lettered') return found.view;
    return sendProblem(reply, 'not_found', { detail: noCase, members: { state: found.view.state } });
  });

  app.post(
    '/v1/dead-letters/:refund_id/replay',
    { onRequest: access.requireAct('replay') },
    caseAct(replayForm, async ({ form, refundId, by, reply }) => {
      const { reason, version, acknowledge, new_generation: newGeneration, edits } = form;
      const reviewed = await deadLetters.replay(refundId, {
        ...by,
        reason,
        version,
        acknowledge,
        newGeneration,
        edits: {
          amountWon: edits.cancel_price,
          full: edits.full,
          taxFreeWon: edits.cancel_tax_free,
          account: edits.refund,
          message: edits.cancel_message,
        },
      });
      return sendReviewed(system, { reply, refundId, reviewed, done: 202 });
    }),
  );

  app.post(
    '/v1/dead-letters/:refund_id/resolve',
    { onRequest: access.requireAct('resolve') },
    caseAct(resolveForm, async ({ form, refundId, by, reply }) => {
      const { amount: amountWon, ...same } = form;
      const reviewed = await deadLetters.resolve(refundId, { ...same, amountWon, ...by });
      return sendReviewed(system, { reply, refundId, reviewed, done: 200 });
    }),
  );
}

async function grouped({ deadLetters }: System, filter: BulkFilter, by: GroupBy) {
  const counts = await deadLetters.group({ filter, by: groupings[by] });
  return {
    group_by: by,
    total: counts.reduce((sum, { count }) => sum + count, 0),
    groups: counts.map(({ key, count, critical, oldestAt }) => ({
      [by]: key,
      count,
      critical,
      oldest_at: iso(oldestAt),
    })),
  };
}

const noCase = {
  en: 'This refund is not in review; its record is among the refunds.',
  ko: '검토할 건이 아니에요. 환불 기록에서 확인해 주세요.',
};
