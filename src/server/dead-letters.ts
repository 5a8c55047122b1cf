// GET /v1/dead-letters, replay and resolve: cases and the actions on them.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import { refusalText } from '../review/case-text.ts';
import { type BulkFilter, groupings, type ReviewResult } from '../review/ports.ts';
import { readRecordView } from '../review/read-record.ts';
import { caseLineView, iso, isoOrNull, recordView, refusalView, unreadView } from '../review/record-view.ts';
import type { Access } from './access.ts';
import { emptyQuery, readJson, readQuery, refundIdIn } from './forms.ts';
import { sendProblem } from './problems.ts';
import { deadLettersQuery, type GroupBy } from './queries.ts';
import { noSuchRefund, sendPurged } from './refunds.ts';
import { replayForm, resolveForm } from './review-forms.ts';

export function deadLetterRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { deadLetters } = system;
  const look = { onRequest: access.require('look') };
  const act = { onRequest: access.require('act') };

  app.get('/v1/dead-letters', look, async (request, reply) => {
    const query = readQuery(deadLettersQuery, request, reply);
    if (query === undefined) return reply;
    const { limit, cursor, group_by: groupBy, order_id: orderId } = query;
    const filter = { case: query.case, code: query.code, orderId };
    if (groupBy !== undefined) return grouped(system, filter, groupBy);
    const page = await deadLetters.list({ filter, limit, cursor });
    return { items: page.items.map(caseLineView), next_cursor: page.nextCursor };
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

  app.post('/v1/dead-letters/:refund_id/replay', act, async (request, reply) => {
    const form = readJson(replayForm, request, reply);
    if (form === undefined) return reply;
    const refundId = refundIdIn(request);
    if (refundId === null) return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    const { reason, version, acknowledge, new_generation: newGeneration, edits } = form;
    const reviewed = await deadLetters.replay(refundId, {
      who: request.who ?? '',
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
    return answerReviewed(system, { reply, refundId, reviewed, done: 202 });
  });

  app.post('/v1/dead-letters/:refund_id/resolve', act, async (request, reply) => {
    const form = readJson(resolveForm, request, reply);
    if (form === undefined) return reply;
    const refundId = refundIdIn(request);
    if (refundId === null) return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    const reviewed = await deadLetters.resolve(refundId, { ...form, who: request.who ?? '' });
    return answerReviewed(system, { reply, refundId, reviewed, done: 200 });
  });
}

async function answerReviewed(
  system: System,
  {
    reply,
    refundId,
    reviewed,
    done,
  }: { reply: FastifyReply; refundId: RefundId; reviewed: ReviewResult; done: 200 | 202 },
): Promise<FastifyReply> {
  switch (reviewed.kind) {
    case 'done': {
      // The record as this action wrote it; the worker may have changed it since.
      const { refund } = reviewed;
      const stored = await system.ledger.read(refund.refundId);
      return reply.code(done).send(recordView(refund, stored?.history ?? [], null));
    }
    case 'closed_unreadable': {
      const stored = await system.ledger.read(refundId);
      return reply.code(done).send(unreadView(reviewed.refund, stored?.history ?? [], null));
    }
    case 'not_found':
      return sendProblem(reply, 'not_found', { detail: noSuchRefund });
    case 'purged':
      return sendPurged(reply, refundId, reviewed.state);
    case 'moved': {
      const { state, version, by, at } = reviewed;
      const when = isoOrNull(at);
      const detail = {
        en: `The case is no longer the one you saw: ${by ?? 'somebody'} moved it at ${when ?? 'an unknown time'} (now ${state}, version ${version}).`,
        ko: `보고 계신 사이에 상태가 바뀌었어요: ${by ?? '누군가'}, ${when ?? '시각 모름'} (현재 ${state}, version ${version}).`,
      };
      return sendProblem(reply, 'moved', { detail, members: { state, version, by, at: when } });
    }
    case 'refused': {
      const { rule } = reviewed;
      const detail = refusalText(reviewed);
      if (rule === 'no_look_up') return sendProblem(reply, rule, { detail });
      const name = rule === 'no_data_key' ? rule : 'refused';
      return sendProblem(reply, name, { detail, members: refusalView(reviewed) });
    }
    default:
      return assertNever(reviewed);
  }
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
  en: 'This refund is not a dead letter; GET /v1/refunds/{refund_id} shows it.',
  ko: '이 환불은 데드 레터가 아니에요. GET /v1/refunds/{refund_id}로 확인해 주세요.',
};
