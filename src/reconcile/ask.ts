// One look-up in the background, and why there was none: an outage, a receipt that is not ours, or bad credentials.
import { type CredentialsDeps, credentialsWork } from '../bootpay/credentials.ts';
import { assertNever } from '../domain/errors.ts';
import type { ReceiptId } from '../domain/ids.ts';
import { causeOf, type Receipt } from '../domain/reply.ts';

export interface AskDeps extends CredentialsDeps {
  readonly now: () => number;
}

export type AskResult =
  /** `at`: when it was asked for, in ms. */
  | { readonly kind: 'shown'; readonly receipt: Receipt; readonly at: number }
  /** `silent`: Bootpay could not be asked at all; otherwise it had no receipt for us. */
  | { readonly kind: 'not_shown'; readonly why: string; readonly silent: boolean }
  | { readonly kind: 'credentials_refused' }
  | { readonly kind: 'stopped' };

/** Waits for the rate limiter behind refunds and people, a minute at most. */
export async function ask(deps: AskDeps, receiptId: ReceiptId, signal?: AbortSignal): Promise<AskResult> {
  const passed = await deps.rateLimiter.acquire('look_up', {
    priority: 'background',
    ...(signal && { signal }),
  });
  if (isAborted(signal)) return { kind: 'stopped' };
  if (!passed) return { kind: 'not_shown', why: 'gate_shut', silent: true };
  const at = deps.now();
  const reply = await deps.gateway.lookUp(receiptId, signal);
  if (reply.kind === 'accepted') return { kind: 'shown', receipt: reply.body, at };
  if (isAborted(signal)) return { kind: 'stopped' };
  switch (reply.kind) {
    case 'refused':
      return { kind: 'not_shown', why: causeOf(reply), silent: false };
    case 'unauthorized':
      return whoseFault(deps, signal);
    case 'throttled':
    case 'not_sent':
    case 'no_answer':
    case 'unreadable':
      return { kind: 'not_shown', why: reply.kind, silent: true };
    default:
      return assertNever(reply);
  }
}

async function whoseFault(deps: AskDeps, signal?: AbortSignal): Promise<AskResult> {
  const work = await credentialsWork(deps, signal);
  if (isAborted(signal)) return { kind: 'stopped' };
  if (work === false) return { kind: 'credentials_refused' };
  return { kind: 'not_shown', why: 'unauthorized', silent: work === null };
}

/** A function, because the signal changes while an answer is awaited. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
