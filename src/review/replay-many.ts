// Many cases at once: by filter, at a rate, behind fresh refunds. What needs a person's acknowledgement is skipped.
import type { ListItem } from '../domain/ledger.ts';
import { needsAcknowledgement } from '../policies/replay-rules.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import { listCases } from './cases.ts';
import { dryRun } from './dry-run.ts';
import type { BulkFilter, BulkRequest, BulkResult, ReviewDeps, ReviewResult } from './ports.ts';
import { replay } from './replay.ts';

export async function* replayMany(
  deps: ReviewDeps,
  request: BulkRequest,
  signal?: AbortSignal,
): AsyncGenerator<BulkResult> {
  const { filter, who, reason, perMinute } = request;
  const cases = casesIn(deps, filter, signal);
  if (request.dryRun) return yield* dryRun(deps, cases, signal);
  for await (const refund of cases) {
    const { refundId, version } = refund;
    const rule = personalRule(refund);
    if (rule !== null) {
      yield { refundId, result: 'skipped', rule, amountWon: null };
      continue;
    }
    const wish = { who, reason, version, newGeneration: false, acknowledge: false, edits: {} };
    yield resultOf(refundId, await replay(deps, refundId, wish, true));
    await deps.sleep(60_000 / perMinute, signal);
  }
}

async function* casesIn(
  deps: ReviewDeps,
  filter: BulkFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListItem> {
  let cursor: string | undefined;
  do {
    const page = await listCases(deps, { filter, limit: 100, cursor });
    for (const refund of page.items) {
      if (signal?.aborted === true) return;
      yield refund;
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** The rule that leaves this case to a person; null: it may be replayed among many. */
function personalRule(refund: ListItem): string | null {
  if ('unread' in refund) return replayRefusalOf(refund).rule;
  return needsAcknowledgement(refund) ? 'acknowledge' : null;
}

function resultOf(refundId: BulkResult['refundId'], reviewed: ReviewResult): BulkResult {
  switch (reviewed.kind) {
    case 'done':
      return { refundId, result: 'replayed', rule: null, amountWon: null };
    case 'refused':
      return { refundId, result: 'refused', rule: reviewed.rule, amountWon: null };
    default:
      return { refundId, result: 'moved', rule: null, amountWon: null };
  }
}
