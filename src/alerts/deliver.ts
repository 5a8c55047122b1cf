// Posts one message to the receiver; the status alone says whether it was taken.
import { createPoster, isTaken, type Post, type Poster, postWithin } from '../outbound/poster.ts';
import { testLine } from '../policies/alert-words.ts';
import type { AlertMessage } from '../policies/alerts.ts';
import { postOf } from './payloads.ts';
import { type AlertReceiver, alertLimits } from './ports.ts';

type AlertAnswer =
  | { readonly kind: 'taken'; readonly status: number }
  /** `reason`: such as `http_404`, or the code of an error; never its text, which may hold the address. */
  | { readonly kind: 'not_taken'; readonly reason: string };

export interface AlertChannel {
  /** Never throws: what goes wrong is an answer. */
  send(message: AlertMessage): Promise<AlertAnswer>;
  close(): Promise<void>;
}

export function openChannel(receiver: AlertReceiver, answerMs: number = alertLimits.answerMs): AlertChannel {
  const { url, proxy } = receiver;
  const poster = createPoster(url, { proxy, connectTimeoutMs: answerMs });
  return {
    send: (message) => send(poster, postOf(message, receiver), answerMs),
    close: () => poster.close(),
  };
}

/** Tells the receiver that alerts come there. */
export async function sendTestAlert(receiver: AlertReceiver): Promise<AlertAnswer> {
  const channel = openChannel(receiver);
  try {
    return await channel.send({ critical: false, lines: [testLine] });
  } finally {
    await channel.close();
  }
}

async function send(poster: Poster, post: Post, answerMs: number): Promise<AlertAnswer> {
  const result = await postWithin(answerMs, poster, post);
  if (result.kind === 'no_answer') return { kind: 'not_taken', reason: result.cause };
  const { status } = result;
  return isTaken(status) ? { kind: 'taken', status } : { kind: 'not_taken', reason: `http_${status}` };
}
