// The very jobs that our producer adds, for a queue that knows nothing of our records.
import { cancellationEventSchema } from '../../src/domain/event.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { refundJobData, refundJobOptions } from '../../src/queue/jobs.ts';
import { eventFor } from '../contenders/ours.ts';

export function jobsLikeOurs(receiptIds: readonly string[], now: number) {
  return receiptIds.map((receiptId) => {
    const { refund } = newRefund(cancellationEventSchema.parse(eventFor(receiptId)), now, 60_000);
    return { name: 'refund', data: refundJobData(refund), opts: refundJobOptions(refund, null) };
  });
}
