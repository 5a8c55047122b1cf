// A refused call: are our credentials wrong, or is only this receipt not ours? The last answered receipt tells.
import type { AttemptDeps } from './ports.ts';

/** null: nobody answered, nothing can be concluded now. */
export async function credentialsWork(
  deps: Pick<AttemptDeps, 'ledger' | 'gate' | 'gateway' | 'stopping'>,
): Promise<boolean | null> {
  const receiptId = await deps.ledger.lastAnsweredReceipt();
  if (receiptId === null) return false;
  if (!(await deps.gate.pass('look_up', { signal: deps.stopping }))) return null;
  const reply = await deps.gateway.lookUp(receiptId, deps.stopping);
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
