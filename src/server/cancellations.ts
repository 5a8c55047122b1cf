// POST /v1/order-cancellations: cancellation events in, one by one or as a CloudEvents batch.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import { type EnqueueResult, noDataKey } from '../producer/enqueue.ts';
import type { Access } from './access.ts';
import { jsonOf, keepBytes, mediaTypeOf } from './body.ts';
import { cloudEvent, cloudEventBatch, inEnvelope, unwrap } from './cloud-events.ts';
import { emptyQuery, readQuery } from './forms.ts';
import { type ProblemExtras, type ProblemKind, problemBody, sendProblem } from './problems.ts';

type Answer =
  | { readonly status: 200 | 202; readonly body: Readonly<Record<string, unknown>> }
  | { readonly problem: ProblemKind; readonly extras: ProblemExtras };

export function cancellationRoutes(app: FastifyInstance, { enqueue }: System, access: Access): void {
  app.register(async (scope) => {
    keepBytes(scope, [cloudEvent, cloudEventBatch]);
    scope.post(
      '/v1/order-cancellations',
      { onRequest: access.require('ingest'), preHandler: access.checkSignature, config: { isIngest: true } },
      async (request, reply) => {
        if (readQuery(emptyQuery, request, reply) === undefined) return reply;
        const body = jsonOf(request);
        if (body.kind === 'problem') return sendProblem(reply, body.problem);
        switch (mediaTypeOf(request)) {
          case cloudEventBatch:
            return answerBatch(reply, body.value, enqueue.enqueueMany);
          case cloudEvent: {
            const unwrapped = unwrap(body.value);
            if (unwrapped.kind === 'refused')
              return answerOne({ request, reply }, answerFor(unwrapped.result));
            const result = await enqueue.enqueue(unwrapped.event);
            return answerOne({ request, reply }, answerFor(inEnvelope(result)));
          }
          default:
            return answerOne({ request, reply }, answerFor(await enqueue.enqueue(body.value)));
        }
      },
    );
  });
}

function answerOne(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  answer: Answer,
): FastifyReply {
  if ('problem' in answer) return sendProblem(reply, answer.problem, answer.extras);
  const refundId = String(answer.body['refund_id']);
  request.refundId = refundId;
  return reply.code(answer.status).header('location', `/v1/refunds/${refundId}`).send(answer.body);
}

/**
 * Each event is judged by itself, so the answer is one result per event, in the order sent, with the status and body
 * the event would have had alone. 202: all are accepted (or were before). 207: at least one is not.
 */
async function answerBatch(
  reply: FastifyReply,
  input: unknown,
  enqueueMany: (events: readonly unknown[]) => Promise<EnqueueResult[]>,
): Promise<FastifyReply> {
  if (!Array.isArray(input)) {
    const expected = { expected: 'a JSON array of CloudEvents', expected_ko: 'CloudEvents의 JSON 배열' };
    return sendProblem(reply, 'wrong_fields', {
      problems: [{ field: '(batch)', ...expected, received: 'no array' }],
    });
  }
  const unwrapped = input.map(unwrap);
  const events = unwrapped.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
  const enqueued = (await enqueueMany(events)).values();
  const results = unwrapped.map((entry, index) => {
    if (entry.kind === 'refused') return { index, ...itemFor(entry.result) };
    const { value } = enqueued.next();
    return { index, ...(value === undefined ? problemBody('internal') : itemFor(inEnvelope(value))) };
  });
  const allIn = results.every(({ status }) => status === 200 || status === 202);
  return reply.code(allIn ? 202 : 207).send({ results });
}

function itemFor(result: EnqueueResult) {
  const answer = answerFor(result);
  if ('problem' in answer) return { result: result.result, ...problemBody(answer.problem, answer.extras) };
  return { result: result.result, status: answer.status, ...answer.body };
}

function answerFor(result: EnqueueResult): Answer {
  const { refund_id, cancel_id, state } = result;
  const { problems } = result;
  switch (result.result) {
    case 'accepted':
      return { status: 202, body: { refund_id, cancel_id, state, duplicate: false } };
    case 'duplicate':
      return { status: 200, body: { refund_id, cancel_id, state, duplicate: true } };
    case 'conflict':
      return { problem: 'conflict', extras: { problems, members: { refund_id } } };
    case 'refused':
      return {
        problem: result.problems.some(({ expected }) => expected === noDataKey.expected)
          ? 'no_data_key'
          : 'wrong_fields',
        extras: { problems },
      };
    default:
      return assertNever(result.result);
  }
}
