// Names the moments between two steps of a worker by wrapping what the steps go through, so that a test may end the process
// there. Steps that are one script have no point between them, nor have those that only think.
import { Job } from 'bullmq';
import type { System } from '../../src/compose.ts';
import type { Refund } from '../../src/domain/refund.ts';

export type CrashPoint =
  /** The lock is taken, Bootpay has not been asked. */
  | 'begun'
  /** The look-up is answered, nothing is concluded. */
  | 'looked_up'
  /** The attempt is on record, nothing was sent. */
  | 'attempt_written'
  /** The reply is in hand, and only there. */
  | 'answered'
  /** The outcome is written; neither BullMQ nor the refund that waits for the receipt has heard of it. */
  | 'outcome_written'
  /** The dead-letter queue shows the case, the refund's own job has not ended. */
  | 'case_shown'
  /** The job waits for its time. */
  | 'job_moved';

/** Calls `at` at each point, with the record as the worker knew it last. To be used before the worker is started. */
export function atCrashPoints(
  { ledger, gateway, refundQueue }: System,
  at: (point: CrashPoint, refund: Refund | null) => void,
): void {
  if (gateway === null) throw new Error('no credentials');
  const known = new Map<string, Refund>();
  const know = (refund: Refund) => void known.set(refund.refundId, refund).set(refund.receiptId, refund);
  const { begin, commit } = ledger;
  Object.assign(ledger, {
    async begin(request: Parameters<typeof begin>[0]) {
      const begun = await begin(request);
      if ('refund' in begun && begun.refund !== null) know(begun.refund);
      if (begun.kind === 'go') at('begun', begun.refund);
      return begun;
    },
    async commit(...args: Parameters<typeof commit>) {
      const answer = await commit(...args);
      const { refund, history } = args[0];
      if (answer.kind !== 'done' || history.to === null) return answer;
      know(refund);
      at(refund.state === 'sending' ? 'attempt_written' : 'outcome_written', refund);
      return answer;
    },
  });
  const { lookUp, cancel } = gateway;
  Object.assign(gateway, {
    async lookUp(...args: Parameters<typeof lookUp>) {
      const reply = await lookUp(...args);
      at('looked_up', known.get(args[0]) ?? null);
      return reply;
    },
    async cancel(...args: Parameters<typeof cancel>) {
      const reply = await cancel(...args);
      at('answered', known.get(args[0].receiptId) ?? null);
      return reply;
    },
  });
  const { openCase } = refundQueue;
  Object.assign(refundQueue, {
    async openCase(refund: Refund) {
      await openCase(refund);
      at('case_shown', refund);
    },
  });
  const { moveToDelayed } = Job.prototype;
  Job.prototype.moveToDelayed = async function (...args) {
    await moveToDelayed.apply(this, args);
    at('job_moved', known.get(this.data.refund_id) ?? null);
  };
}
