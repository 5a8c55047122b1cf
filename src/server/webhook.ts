// POST /v1/bootpay/webhook: answered at once and not trusted; at most it brings one of our look-ups forward.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { System } from '../compose.ts';
import { messageOf } from '../domain/errors.ts';
import { type ReceiptId, receiptIdSchema } from '../domain/ids.ts';
import { readJsonText } from '../domain/json.ts';
import { bytesOf } from './body.ts';

const success = { success: true };
/** Only this field is read; the sender is not authenticated. */
const hintSchema = z.object({ receipt_id: receiptIdSchema });
const maxBytes = 16 * 1024;
/** Hints followed per second, far above Bootpay's own rate; further ones are answered and dropped. */
const hintsPerSecond = 50;

/** Bootpay repeats a webhook until it hears `{"success": true}` within 5 s, so nothing here may fail or wait. */
export function webhookRoutes(app: FastifyInstance, system: System): void {
  const followed = boundedRate(hintsPerSecond, system.clock.now);
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
    scope.setErrorHandler((_error, _request, reply) => reply.code(200).send(success));
    scope.post(
      '/v1/bootpay/webhook',
      { bodyLimit: maxBytes, config: { fromAnywhere: true, isIngest: true } },
      async (request) => {
        const receiptId = receiptIn(bytesOf(request));
        if (receiptId !== null && followed()) {
          followHint(system, receiptId).catch((error: unknown) =>
            system.log.warn({ error: messageOf(error) }, 'hint_dropped'),
          );
        }
        return success;
      },
    );
  });
}

async function followHint({ ledger, refundQueue, clock, log }: System, receiptId: ReceiptId): Promise<void> {
  for (const { refund, jobId } of await ledger.hint(receiptId, clock.now())) {
    const woken = jobId !== null && (await refundQueue.wake(jobId));
    if (!woken) await refundQueue.enqueueJob(refund, jobId);
    log.info({ refund_id: refund.refundId }, 'hint_followed');
  }
}

function receiptIn(body: Buffer | null): ReceiptId | null {
  const read = readJsonText(body?.toString('utf8') ?? '');
  if (read.kind !== 'json' || read.repeated.length > 0) return null;
  return hintSchema.safeParse(read.value).data?.receipt_id ?? null;
}

function boundedRate(perSecond: number, now: () => number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const current = Math.floor(now() / 1000);
    if (current !== second) count = 0;
    second = current;
    count += 1;
    return count <= perSecond;
  };
}
