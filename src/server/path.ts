// Ids in paths, and the refund a request is about, for the log.
import type { FastifyRequest } from 'fastify';
import { type RefundId, refundIdSchema } from '../domain/ids.ts';

/** null: no id of a refund, so there is none. */
export function refundIdIn(request: FastifyRequest): RefundId | null {
  const parsed = refundIdSchema.safeParse(paramOf(request, 'refund_id'));
  if (!parsed.success) return null;
  request.refundId = parsed.data;
  return parsed.data;
}

export function paramOf({ params }: FastifyRequest, name: string): unknown {
  return typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    refundId: string | null;
  }
}
