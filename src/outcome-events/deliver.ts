// Sends one event to the webhook once, signed with Standard Webhooks; the status alone decides whether it was taken.
import { isTaken, type Post, type Poster, postWithin } from '../outbound/poster.ts';
import type { OutcomeEvent } from './event.ts';
import { webhookSignature } from './standard-webhooks.ts';

export type WebhookAnswer =
  | { readonly kind: 'taken' }
  /** Refused for good, as far as one answer can say: a redirect, or a 4xx that asks for another request. */
  | { readonly kind: 'refused'; readonly status: number | null; readonly reason: string }
  /** Not reached, no answer in time, 5xx, 408, 425, 429: it may pass. */
  | { readonly kind: 'not_now'; readonly status: number | null; readonly reason: string };

interface Webhook {
  readonly poster: Pick<Poster, 'post'>;
  readonly secrets: readonly Uint8Array[];
  readonly answerMs: number;
}

const mayPass = [408, 425, 429];

/** Never throws: what goes wrong is an answer. `now` in ms. */
export async function deliver(webhook: Webhook, event: OutcomeEvent, now: number): Promise<WebhookAnswer> {
  const post = postOf(webhook, event, now);
  if (post === null) return { kind: 'refused', status: null, reason: 'cannot_be_sent' };
  const result = await postWithin(webhook.answerMs, webhook.poster, post);
  return result.kind === 'answered'
    ? judge(result.status)
    : { kind: 'not_now', status: null, reason: result.cause };
}

function judge(status: number): WebhookAnswer {
  if (isTaken(status)) return { kind: 'taken' };
  const reason = `http_${status}`;
  const isRefused = status >= 300 && status < 500 && !mayPass.includes(status);
  return { kind: isRefused ? 'refused' : 'not_now', status, reason };
}

/** null: these are no headers that HTTP knows. */
function postOf({ secrets }: Webhook, { id, body }: OutcomeEvent, now: number): Post | null {
  const timestamp = String(Math.floor(now / 1000));
  const headers = new Headers({
    'content-type': 'application/cloudevents+json',
    'accept-encoding': 'identity',
    'user-agent': 'bootpay-refund-worker',
  });
  headers.set('webhook-timestamp', timestamp);
  try {
    headers.set('webhook-id', id);
    const signatures = secrets.map(
      (secret) => `v1,${webhookSignature(secret, { id, timestamp, body }).toString('base64')}`,
    );
    if (signatures.length > 0) headers.set('webhook-signature', signatures.join(' '));
    return { headers: Object.fromEntries(headers), body };
  } catch {
    return null;
  }
}
