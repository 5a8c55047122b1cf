// /board: Bull Board behind the operators' login, for looking only. Acting on a case is replay and resolve.
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import type { System } from '../compose.ts';
import type { Access } from './access.ts';
import { sendProblem } from './problems.ts';

const basePath = '/board';

export function boardRoutes(app: FastifyInstance, { refundQueue }: System, access: Access): void {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(basePath);
  createBullBoard({
    queues: refundQueue.queues.map(
      (queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false, externalJobUrl }),
    ),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'bootpay-refund-worker' } },
  });
  // Its own handler shows a stack outside production; ours is the parent's.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });

  app.register(
    async (scope) => {
      scope.addHook('onRequest', access.require('board'));
      // The board's own read-only mode covers each queue; this covers whatever a later version adds.
      scope.addHook('onRequest', async (request, reply) =>
        ['GET', 'HEAD'].includes(request.method) ? undefined : sendProblem(reply, 'read_only'),
      );
      scope.register(serverAdapter.registerPlugin());
    },
    { prefix: basePath },
  );
}

/** From a job to the refund's own record. */
function externalJobUrl({ data }: { data?: unknown }) {
  const id: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'refund_id') : null;
  return { displayText: 'Record', href: `/v1/refunds/${typeof id === 'string' ? id : ''}` };
}
