// After a refused call: are our credentials wrong, or is only this receipt not ours? A look-up of the last receipt that
// Bootpay answered for shows it.
import type { Gateway } from '../domain/gateway.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';

export interface CredentialsDeps {
  readonly ledger: Pick<Ledger, 'lastAnsweredReceipt'>;
  readonly rateLimiter: Pick<RateLimiter, 'acquire'>;
  readonly gateway: Pick<Gateway, 'lookUp'>;
}

/** null: no permit or no answer, nothing can be concluded now. */
export async function credentialsWork(deps: CredentialsDeps, signal?: AbortSignal): Promise<boolean | null> {
  const receiptId = await deps.ledger.lastAnsweredReceipt();
  if (receiptId === null) return false;
  if (!(await deps.rateLimiter.acquire('look_up', signal && { signal }))) return null;
  const reply = await deps.gateway.lookUp(receiptId, signal);
  switch (reply.kind) {
    case 'accepted':
    case 'refused':
      return true;
    case 'unauthorized':
      return false;
    default:
      return null;
  }
}
