// The signature of Standard Webhooks (standardwebhooks.com), for what we send and for what we are sent.
import { createHmac } from 'node:crypto';

interface SignedContent {
  readonly id: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  readonly body: string | Buffer;
}

/** The HMAC-SHA256 behind `v1,`. */
export function webhookSignature(key: Uint8Array, { id, timestamp, body }: SignedContent): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
