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
  readonly secret: string | null;
  readonly answerMs: number;
}

const mayPass = [408, 425, 429];
/** The body of the answer is ignored, and read only so that the connection can be used again. */
const bodyBytes = 64 * 1024;
const bodyMs = 1_000;

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
    await drain(response);
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
function requestOf({ url, secret }: Webhook, { id, body }: OutcomeEvent, now: number): Request | null {
  const timestamp = String(Math.floor(now / 1000));
  const headers = new Headers({ 'content-type': 'application/cloudevents+json' });
  headers.set('webhook-timestamp', timestamp);
  try {
    headers.set('webhook-id', id);
    if (secret !== null) {
      const signature = webhookSignature(secret, { id, timestamp, body }).toString('base64');
      headers.set('webhook-signature', `v1,${signature}`);
    }
    return new Request(url, { method: 'POST', headers, body });
  } catch {
    return null;
  }
}

/** The status is known by now: a body that never ends or breaks off changes nothing. */
async function drain({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), bodyMs);
  try {
    for (let left = bodyBytes; left > 0; ) {
      const { done, value } = await reader.read();
      if (done) return;
      left -= value.byteLength;
    }
    await reader.cancel();
  } catch {
    // Broken off.
  } finally {
    clearTimeout(timer);
  }
}

/** A code such as ECONNREFUSED, or the error's name; never the text, which may hold the address. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return codeOf(error.cause) ?? error.name;
}
