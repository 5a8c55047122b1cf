// Sends one event to the webhook once, signed with Standard Webhooks; the status alone decides whether it was taken.
import { codeOf } from '../domain/errors.ts';
import type { OutcomeEvent } from './event.ts';
import { webhookSignature } from './standard-webhooks.ts';

export type WebhookAnswer =
  | { readonly kind: 'taken' }
  /** Refused for good, as far as one answer can say: a redirect, or a 4xx that asks for another request. */
  | { readonly kind: 'refused'; readonly status: number | null; readonly reason: string }
  /** Not reached, no answer in time, 5xx, 408, 425, 429: it may pass. */
  | { readonly kind: 'not_now'; readonly status: number | null; readonly reason: string };

export interface Webhook {
  readonly url: string;
  readonly secrets: readonly Uint8Array[];
  readonly answerMs: number;
}

const mayPass = [408, 425, 429];
/** Never throws: what goes wrong is an answer. `now` in ms. */
export async function deliver(webhook: Webhook, event: OutcomeEvent, now: number): Promise<WebhookAnswer> {
  const ended = new AbortController();
  const timer = setTimeout(
    () => ended.abort(new DOMException('no answer', 'TimeoutError')),
    webhook.answerMs,
  );
  try {
    const request = requestOf(webhook, event, now);
    if (request === null) return { kind: 'refused', status: null, reason: 'cannot_be_sent' };
    // Not followed: events go to the configured address only.
    const response = await fetch(request, { redirect: 'manual', signal: ended.signal });
    // Never read: whatever it holds, however long it is, the status has said all.
    await response.body?.cancel().catch(() => undefined);
    return judge(response.status);
  } catch (error) {
    return { kind: 'not_now', status: null, reason: causeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function judge(status: number): WebhookAnswer {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const reason = `http_${status}`;
  const isRefused = status >= 300 && status < 500 && !mayPass.includes(status);
  return { kind: isRefused ? 'refused' : 'not_now', status, reason };
}

/** null: these are no headers or no address that HTTP knows. */
function requestOf({ url, secrets }: Webhook, { id, body }: OutcomeEvent, now: number): Request | null {
  const timestamp = String(Math.floor(now / 1000));
  const headers = new Headers({
    'content-type': 'application/cloudevents+json',
    'accept-encoding': 'identity',
  });
  headers.set('webhook-timestamp', timestamp);
  try {
    headers.set('webhook-id', id);
    const signatures = secrets.map(
      (secret) => `v1,${webhookSignature(secret, { id, timestamp, body }).toString('base64')}`,
    );
    if (signatures.length > 0) headers.set('webhook-signature', signatures.join(' '));
    return new Request(url, { method: 'POST', headers, body });
  } catch {
    return null;
  }
}

/** A code such as ECONNREFUSED, or the error's name; never the text, which may hold the address. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return codeOf(error.cause) ?? error.name;
}
