// POST /v1/order-cancellations: cancellation events in, one by one or as a CloudEvents batch.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import { mostProblems, repeatedNames, type Text, withinBounds } from '../domain/problem.ts';
import { type Enqueue, type EnqueueResult, isAboutKeys, refused } from '../producer/enqueue.ts';
import type { Previewer, PreviewResult } from '../producer/preview.ts';
import type { Access } from './access.ts';
import { type JsonValue, jsonOf, keepBytes, mediaTypeOf } from './body.ts';
import {
  cloudEvent,
  cloudEventBatch,
  fromHeaders,
  inEnvelope,
  isBinaryMode,
  type UnwrapResult,
  unwrap,
} from './cloud-events.ts';
import { type Form, readQuery } from './forms.ts';
import { type ProblemExtras, type ProblemKind, problemBody, sendProblem } from './problems.ts';

type Answer =
  | { readonly status: 200 | 202; readonly body: Readonly<Record<string, unknown>> }
  | { readonly problem: ProblemKind; readonly extras: ProblemExtras };

const query = {
  schema: z.strictObject({ dry_run: z.enum(['true', 'false']).optional() }),
  fields: { dry_run: { en: 'true or false', ko: 'true 또는 false' } },
} satisfies Form<unknown>;

export function cancellationRoutes(app: FastifyInstance, system: System, access: Access): void {
  const { enqueue } = system;
  app.register(async (scope) => {
    keepBytes(scope, [cloudEvent, cloudEventBatch]);
    scope.post(
      '/v1/order-cancellations',
      { onRequest: access.require('ingest'), preHandler: access.checkSignature, config: { isIngest: true } },
      async (request, reply) => {
        const asked = readQuery(query, request, reply);
        if (asked === undefined) return reply;
        const body = jsonOf(request);
        if (body.kind === 'problem') return sendProblem(reply, body.problem, { problems: body.problems });
        const work = { enqueue, preview: asked.dry_run === 'true' ? system.previewer() : null };
        return mediaTypeOf(request) === cloudEventBatch
          ? answerBatch(reply, body, work)
          : answerSingle({ request, reply }, body, work);
      },
    );
  });
}

interface Work {
  readonly enqueue: Enqueue;
  /** null: no dry run. */
  readonly preview: Previewer | null;
}

async function answerSingle(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  body: JsonValue,
  { enqueue, preview }: Work,
): Promise<FastifyReply> {
  const read = eventIn(request, body);
  if (read.kind === 'unsigned') return sendProblem(reply, 'not_allowed', { detail: unsignedHeaders });
  if (read.kind === 'refused') return answerOne({ request, reply }, answerFor(read.result));
  const named = read.kind === 'enveloped' ? inEnvelope : asItIs;
  return preview === null
    ? answerOne({ request, reply }, answerFor(named(await enqueue.enqueue(read.event))))
    : answerPreview(reply, named(await preview(read.event)));
}

function asItIs<Result>(result: Result): Result {
  return result;
}

type SingleEvent =
  | { readonly kind: 'plain' | 'enveloped'; readonly event: unknown }
  | Extract<UnwrapResult, { kind: 'refused' }>
  | { readonly kind: 'unsigned' };

function eventIn(request: FastifyRequest, { value, repeated }: JsonValue): SingleEvent {
  if (repeated.length > 0) return { kind: 'refused', result: refused(repeatedNames(repeated)) };
  const isStructured = mediaTypeOf(request) === cloudEvent;
  const isBinary = !isStructured && isBinaryMode(request.headers);
  if (!isStructured && !isBinary) return { kind: 'plain', event: value };
  if (isBinary && request.signatureDecides) return { kind: 'unsigned' };
  const unwrapped = unwrap(isBinary ? fromHeaders(request.headers, value) : value);
  return unwrapped.kind === 'event' ? { kind: 'enveloped', event: unwrapped.event } : unwrapped;
}

/** One signed request that was overheard could be repeated under other ids, and be paid each time. */
const unsignedHeaders: Text = {
  en: "The signature covers the body, and in CloudEvents' binary mode the event's identity is in headers. Send structured mode (application/cloudevents+json), or use the INGEST_TOKEN.",
  ko: '서명은 본문만 보호하는데, CloudEvents 바이너리 모드에서는 이벤트 식별자가 헤더에 있어요. 구조화 모드(application/cloudevents+json)로 보내거나 INGEST_TOKEN을 사용해 주세요.',
};

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
  { value: input, repeated }: JsonValue,
  { enqueue, preview }: Work,
): Promise<FastifyReply> {
  if (!Array.isArray(input) || input.length > mostInBatch) {
    const received = Array.isArray(input) ? `${input.length} events` : 'no array';
    const problem = { field: '(batch)', ...aBatch, received };
    return sendProblem(reply, 'wrong_fields', { problems: [problem] });
  }
  const read = input.map((item, index): UnwrapResult => {
    const own = repeated.filter(([place]) => place === index).map((path) => path.slice(1));
    return own.length > 0 ? { kind: 'refused', result: refused(repeatedNames(own)) } : unwrap(item);
  });
  const events = read.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
  if (preview !== null) {
    const results: object[] = [];
    for (const [index, entry] of read.entries()) {
      const result =
        entry.kind === 'refused'
          ? { ...entry.result, rule: null, amount: null }
          : inEnvelope(await preview(entry.event));
      results.push({ index, ...previewView(result) });
    }
    return reply.send({ dry_run: true, results });
  }
  const enqueued = (await enqueue.enqueueMany(events)).values();
  let left = mostProblems;
  const results = read.map((entry, index) => {
    const result = entry.kind === 'refused' ? entry.result : enqueued.next().value;
    if (result === undefined) return { index, ...problemBody('internal') };
    const placed = entry.kind === 'refused' ? result : inEnvelope(result);
    const problems = withinBounds(placed.problems, (problem) => problem, left);
    left = Math.max(left - placed.problems.length, 0);
    return { index, ...itemFor({ ...placed, problems }) };
  });
  const allIn = results.every(({ status }) => status === 200 || status === 202);
  return reply.code(allIn ? 202 : 207).send({ results });
}

const mostInBatch = 1_000;
const aBatch = {
  expected: `a JSON array of at most ${mostInBatch} CloudEvents`,
  expected_ko: `최대 ${mostInBatch}개인 CloudEvents의 JSON 배열`,
};

/** Problems as without a dry run; everything that may be sent is 200, for nothing was accepted. */
function answerPreview(reply: FastifyReply, result: PreviewResult): FastifyReply {
  const { problems, refund_id } = result;
  if (result.result === 'conflict')
    return sendProblem(reply, 'conflict', { problems, members: { refund_id } });
  if (result.result === 'refused') return sendProblem(reply, 'wrong_fields', { problems });
  return reply.send({ dry_run: true, ...previewView(result) });
}

function previewView({
  result,
  refund_id,
  rule,
  amount,
  problems,
}: Pick<PreviewResult, 'refund_id' | 'rule' | 'amount' | 'problems'> & { readonly result: string }) {
  return { result, refund_id, rule, amount, problems };
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
        problem: result.problems.some(isAboutKeys) ? 'no_data_key' : 'wrong_fields',
        extras: { problems },
      };
    default:
      return assertNever(result.result);
  }
}
