// The refunds that wait for a data key: an index beside the records, which is put right when it is read.

import { versionId } from '../domain/ids.ts';
import type { KeyWaiter } from '../domain/ledger.ts';
import type { AccountVault } from './account-vault.ts';
import type { LedgerDeps } from './commit.ts';
import { readRecord } from './stored.ts';

const pageSize = 200;

/** Oldest first. An entry whose refund does not wait any more is removed. */
export async function* keyWaits(deps: LedgerDeps): AsyncGenerator<KeyWaiter> {
  const { redis, keys, vaults } = deps;
  for (let from = 0; ; ) {
    const ids = await redis.zrange(keys.keyWaits, String(from), String(from + pageSize - 1));
    if (ids.length === 0) return;
    const vault = await vaults.known();
    const gone: string[] = [];
    for (const id of ids) {
      const found = await waiterOf(deps, id, vault);
      if (found === 'gone') gone.push(id);
      else if (found !== 'newer') yield found;
    }
    if (gone.length > 0) await redis.zrem(keys.keyWaits, ...gone);
    from += ids.length - gone.length;
  }
}

async function waiterOf(
  { redis, keys }: LedgerDeps,
  id: string,
  vault: AccountVault,
): Promise<KeyWaiter | 'gone' | 'newer'> {
  const fields = ['body', 'state', 'version', 'job', 'account'];
  const [body = null, state = null, version = null, jobId, account] = await redis.hmget(
    keys.anyRefund(id),
    ...fields,
  );
  const refund = state === null ? 'unreadable' : readRecord({ body, state, version });
  if (typeof refund === 'string') return refund === 'newer' ? 'newer' : 'gone';
  const { keyWait: wait } = refund;
  if (wait === undefined) return 'gone';
  const canOpen = typeof vault.open(account ?? '', refund.refundId) !== 'string';
  return { refund, wait, jobId: jobId ?? versionId(refund), canOpen };
}
