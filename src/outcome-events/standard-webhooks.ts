// The signature of Standard Webhooks (standardwebhooks.com), for what we send and for what we are sent.
import { createHmac } from 'node:crypto';

export interface SignedContent {
  readonly id: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  readonly body: string | Buffer;
}

/** The HMAC-SHA256 behind `v1,`. */
export function webhookSignature(secret: string, { id, timestamp, body }: SignedContent): Buffer {
  return createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
}

/** `whsec_` and base64, or the text as it stands. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
}
