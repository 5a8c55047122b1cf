// /board: Bull Board behind the operators' login, for looking only. Acting on a case is replay and resolve.
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { System } from '../compose.ts';
import { wholeNumber } from '../config/limits.ts';
import { type Problem, wrongPlaces } from '../domain/problem.ts';
import { deadLetterQueueName } from '../redis/keys.ts';
import type { Access } from './access.ts';
import { boardTitle, jobTitle, queueTitles } from './board-titles.ts';
import { sendProblem } from './problems.ts';

const basePath = '/board';
/** The board's own pages ask for 10 jobs. */
const mostJobsPerPage = 100;
const mostPages = 1_000_000;

export function boardRoutes(app: FastifyInstance, { refundQueue }: System, access: Access): void {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({ queues: refundQueue.queues.map(adapterFor), serverAdapter, options: { uiConfig } });
  // Its own handler shows a stack outside production; ours is the parent's.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });

  app.register(
    async (scope) => {
      scope.addHook('onRequest', access.require('look'));
      // The board's own read-only mode covers each queue; this covers whatever a later version adds.
      scope.addHook('onRequest', async (request, reply) =>
        ['GET', 'HEAD'].includes(request.method) ? undefined : sendProblem(reply, 'read_only'),
      );
      scope.addHook('onRequest', refuseWrongQuery);
      scope.addHook('onSend', async (_request, reply, page) =>
        isPage(reply) && typeof page === 'string' ? withoutForeignLinks(page) : page,
      );
      scope.register(serverAdapter.registerPlugin());
    },
    { prefix: basePath },
  );
}

const uiConfig = { boardTitle, hideDocsLink: true };

/** No worker ever takes a dead letter: people do. Null means to the board that there is nothing to tell about workers. */
class CasesAdapter extends BullMQAdapter {
  override async getWorkers() {
    return null;
  }
}

function adapterFor(queue: Queue): BullMQAdapter {
  const holdsCases = queue.name === deadLetterQueueName;
  const titles = holdsCases ? queueTitles.deadLetters : queueTitles.refunds;
  const Adapter = holdsCases ? CasesAdapter : BullMQAdapter;
  const adapter = new Adapter(queue, { readOnlyMode: true, allowRetries: false, externalJobUrl, ...titles });
  adapter.setFormatter('name', ({ name }: { name: string }) => jobTitle(name));
  return adapter;
}

/** From a job to the refund's page at the desk. */
function externalJobUrl({ data }: { data?: unknown }) {
  const id: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'refund_id') : null;
  return {
    displayText: 'Refund desk 환불 데스크',
    href: `/review/cases/${typeof id === 'string' ? id : ''}`,
  };
}

/** Empty counts as absent, as the board has it. */
const upTo = (most: number) => z.union([z.literal(''), wholeNumber(1, most).schema]).optional();
const querySchema = z.looseObject({ jobsPerPage: upTo(mostJobsPerPage), page: upTo(mostPages) });

/** The board would take any number, and fail on a `%` that escapes nothing: it decodes names a second time. */
async function refuseWrongQuery(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const values = Object.values(Object(request.query)).flat().map(String);
  if (![request.raw.url ?? '', ...values].every(isEscaped))
    return sendProblem(reply, 'wrong_request', { detail: wrongEscape });
  const read = querySchema.safeParse(request.query);
  if (read.success) return undefined;
  const { query } = request;
  const problems = wrongPlaces(read.error).map(({ path: [name = ''] }) => problemFor(name, query));
  return sendProblem(reply, 'wrong_query', { problems });
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isPage(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('text/html');
}

/** Its page asks Google for fonts, which would tell another company when refunds are looked at. */
function withoutForeignLinks(page: string): string {
  return page.replace(/<link\b[^>]*\bhref="(https?:)?\/\/[^>]*>/g, '');
}

function problemFor(field: string, query: unknown): Problem {
  const { expected } = wholeNumber(1, field === 'page' ? mostPages : mostJobsPerPage);
  const came = JSON.stringify(Reflect.get(Object(query), field)) ?? 'nothing';
  return { field, expected: expected.en, expected_ko: expected.ko, received: came.slice(0, 80) };
}

const wrongEscape = {
  en: 'The address holds a % that does not begin an escaped character in UTF-8.',
  ko: '주소에 UTF-8 문자를 나타내지 않는 %가 있어요.',
};
