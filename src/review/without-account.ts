// What a person types in words names no refund account: neither the one that is given with it nor the one that is kept for
// the refund, however the number is written.
import type { RefundAccount } from '../domain/event.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';
import { maskOf } from '../domain/mask.ts';
import type { ReplayRequest, ResolveRequest, ReviewDeps } from './ports.ts';

export async function replayWithoutAccount(
  deps: ReviewDeps,
  id: RefundId,
  request: ReplayRequest,
): Promise<ReplayRequest> {
  const { account, message } = request.edits;
  const mask = await accountMask(deps.ledger, id, account);
  const edits = { ...request.edits, ...(message !== undefined && { message: mask(message) }) };
  return { ...request, reason: mask(request.reason), edits };
}

export async function resolveWithoutAccount(
  deps: ReviewDeps,
  id: RefundId,
  request: ResolveRequest,
): Promise<ResolveRequest> {
  const mask = await accountMask(deps.ledger, id);
  const { reason, evidence } = request;
  return { ...request, reason: mask(reason), evidence: evidence === null ? null : mask(evidence) };
}

/** Hides the account that is kept for a refund, and one that is given. */
export async function accountMask(ledger: Pick<Ledger, 'keptAccount'>, id: RefundId, given?: RefundAccount) {
  const accounts = [given, await ledger.keptAccount(id)];
  const secrets = accounts.flatMap((account) =>
    account == null ? [] : [account.bank_account, account.bank_username],
  );
  // A name of one letter stands in half of all words.
  return maskOf(secrets.filter(({ length }) => length > 1));
}
