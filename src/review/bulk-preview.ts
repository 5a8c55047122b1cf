// The preview of a bulk: of each case on its list, what a replay would come to now. Bootpay is asked for 200 of them at most.

import type { Bulk, BulkCase, NumberedVerdict } from '../domain/bulk.ts';
import { itemOf } from '../domain/ledger.ts';
import { mostAsked } from '../policies/preview.ts';
import type { BulkDeps } from './bulk-ports.ts';
import { listedFrom } from './bulk-run.ts';
import { dryRun } from './dry-run.ts';
import { eachOf } from './pace.ts';

/** Kept together: while Bootpay is asked, so few that one sees it go on. */
const previewedAtOnce = { asking: 10, known: 500 } as const;
const atOnce = { asking: 4, known: 40 } as const;

/** Each case that has none yet. */
export async function previewAll(deps: BulkDeps, bulk: Bulk, signal: AbortSignal): Promise<void> {
  let { asked } = bulk;
  const mayAsk = () => {
    if (asked >= mostAsked) return false;
    asked += 1;
    return true;
  };
  for (let from = 0; from < (bulk.list?.count ?? 0) && !signal.aborted; ) {
    const step = asked < mostAsked ? 'asking' : 'known';
    const cases = await listedFrom(deps, bulk, from, previewedAtOnce[step]);
    const found: NumberedVerdict[] = [];
    const open = cases.filter(({ preview }) => preview === null);
    await eachOf(open, atOnce[step], async (one) => {
      if (!signal.aborted)
        found.push({ number: one.number, ...(await previewOne(deps, one, mayAsk, signal)) });
    });
    if (signal.aborted) return; // a look-up that was broken off says nothing
    await deps.store.note(bulk.id, 'previews', found);
    from += cases.length;
  }
}

async function previewOne(
  deps: BulkDeps,
  { refundId, version, rule, amountWon }: BulkCase,
  mayAsk: () => boolean,
  signal: AbortSignal,
): Promise<Omit<NumberedVerdict, 'number'>> {
  const stored = await deps.ledger.read(refundId);
  const refund = itemOf(stored);
  if (refund === null || refund.state !== 'dead_lettered' || refund.version !== version)
    return { result: 'moved', rule: null, amountWon };
  const found = await dryRun(deps, { refund, rule, mayAsk }, signal);
  return { ...found, amountWon: found.amountWon ?? amountWon };
}
