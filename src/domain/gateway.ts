// What the client of Bootpay promises to its callers.
import type { RefundAccount } from './event.ts';
import type { CancelId, ReceiptId } from './ids.ts';
import type { Cancel } from './refund.ts';
import type { CancelReply, LookUpReply } from './reply.ts';

export interface CancelRequest {
  readonly receiptId: ReceiptId;
  readonly cancelId: CancelId;
  readonly cancel: Cancel;
  readonly username: string | null;
  readonly message: string | null;
  readonly account: RefundAccount | null;
}

export interface Gateway {
  cancel(request: CancelRequest, signal?: AbortSignal): Promise<CancelReply>;
  lookUp(receiptId: ReceiptId, signal?: AbortSignal): Promise<LookUpReply>;
  /** Differs between credentials, and reveals nothing of them. */
  readonly fingerprint: string;
}
