// One look-up in the background, and why there was none: an outage, a receipt that is not ours, or bad credentials.
import { assertNever } from '../domain/errors.ts';
import type { ReceiptId } from '../domain/ids.ts';
import type { CallGate, Gateway, Ledger } from '../domain/ports.ts';
import type { Receipt } from '../domain/reply.ts';

export interface AskDeps {
  readonly ledger: Pick<Ledger, 'lastAnsweredReceipt'>;
  readonly gateway: Pick<Gateway, 'lookUp'>;
  readonly gate: Pick<CallGate, 'pass'>;
  readonly now: () => number;
}

export type Asked =
  /** `at`: when it was asked for, in ms. */
  | { readonly kind: 'shown'; readonly receipt: Receipt; readonly at: number }
  /** `silent`: Bootpay could not be asked at all; otherwise it had no receipt for us. */
  | { readonly kind: 'not_shown'; readonly why: string; readonly silent: boolean }
  | { readonly kind: 'credentials_refused' }
  | { readonly kind: 'stopped' };

/** Waits at the gate like everybody else, a minute at most. */
export async function ask(deps: AskDeps, receiptId: ReceiptId, signal?: AbortSignal): Promise<Asked> {
  const passed = await deps.gate.pass('look_up', signal === undefined ? {} : { signal });
  if (isAborted(signal)) return { kind: 'stopped' };
  if (!passed) return { kind: 'not_shown', why: 'gate_shut', silent: true };
  const at = deps.now();
  const reply = await deps.gateway.lookUp(receiptId, signal);
  if (reply.kind === 'accepted') return { kind: 'shown', receipt: reply.body, at };
  if (isAborted(signal)) return { kind: 'stopped' };
  switch (reply.kind) {
    case 'refused':
      return { kind: 'not_shown', why: reply.code, silent: false };
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

/** Credentials or receipt? The last receipt that was answered tells, as for the worker (design.md, section 6). */
async function whoseFault(deps: AskDeps, signal?: AbortSignal): Promise<Asked> {
  const known = await deps.ledger.lastAnsweredReceipt();
  if (known === null) return { kind: 'credentials_refused' };
  const passed = await deps.gate.pass('look_up', signal === undefined ? {} : { signal });
  const reply = passed ? await deps.gateway.lookUp(known, signal) : null;
  if (isAborted(signal)) return { kind: 'stopped' };
  if (reply?.kind === 'unauthorized') return { kind: 'credentials_refused' };
  const answered = reply?.kind === 'accepted' || reply?.kind === 'refused';
  return { kind: 'not_shown', why: 'unauthorized', silent: !answered };
}

/** Asked anew each time: it changes while we wait. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
