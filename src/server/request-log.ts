// One line per request: fixed fields, the route as it was declared, never a body, a query or a header.
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging/logger.ts';

/** Asked every few seconds by machines. */
const quietRoutes = ['/healthz', '/readyz'];

export function logRequests(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, refundId, who } = request;
    const route = request.routeOptions.url ?? '(none)';
    const fields = {
      method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(refundId !== null && { refund_id: refundId }),
      ...(who !== null && { who }),
    };
    if (quietRoutes.includes(route) || route.startsWith('/board')) log.debug(fields, 'http_request');
    else log.info(fields, 'http_request');
  });
}
