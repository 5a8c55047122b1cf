// Standard Webhooks (standardwebhooks.com): is this body signed with INGEST_SECRET, and fresh?
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { webhookSignature } from '../outcome-events/standard-webhooks.ts';

/** How far the sender's clock may be off, in ms; older messages are replays. */
const toleranceMs = 5 * 60_000;

interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came. */
  readonly body: Buffer;
  readonly now: number;
}

export function hasSignature(headers: IncomingHttpHeaders): boolean {
  return ['webhook-id', 'webhook-timestamp', 'webhook-signature'].every(
    (name) => typeof headers[name] === 'string' && headers[name] !== '',
  );
}

/** By any of the keys: during a rotation a sender may still use the old one. */
export function isSignedWith(keys: readonly Uint8Array[], { headers, body, now }: SignedRequest): boolean {
  const [id = '', timestamp = '', signatures = ''] = [
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
  ].map((name) => String(headers[name] ?? ''));
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1000) > toleranceMs) return false;
  const given = signatures
    .split(' ')
    .map((signature) => signature.split(','))
    .flatMap(([version, text]) => (version === 'v1' ? [Buffer.from(text ?? '', 'base64')] : []));
  return keys.some((key) => {
    const wanted = webhookSignature(key, { id, timestamp, body });
    return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
  });
}
