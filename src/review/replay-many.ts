// Many cases at once: by filter, at a rate, behind fresh refunds. What needs a person's acknowledgement is skipped.
import { needsAcknowledgement } from '../policies/replay-rules.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import { listCases } from './cases.ts';
import type { BulkRequest, BulkResult, ReviewDeps, ReviewResult } from './ports.ts';
import { replay } from './replay.ts';

export async function* replayMany(
  deps: ReviewDeps,
  request: BulkRequest,
  signal?: AbortSignal,
): AsyncGenerator<BulkResult> {
  const { filter, who, reason, dryRun, perMinute } = request;
  let cursor: string | undefined;
  do {
    const page = await listCases(deps, { filter, limit: 100, cursor });
    for (const refund of page.items) {
      if (signal?.aborted === true) return;
      const { refundId, version } = refund;
      if ('unread' in refund) {
        yield { refundId, result: 'skipped', rule: replayRefusalOf(refund).rule };
        continue;
      }
      if (needsAcknowledgement(refund)) {
        yield { refundId, result: 'skipped', rule: 'acknowledge' };
        continue;
      }
      if (dryRun) {
        yield { refundId, result: 'would_replay', rule: null };
        continue;
      }
      const wish = { who, reason, version, newGeneration: false, acknowledge: false, edits: {} };
      yield resultOf(refundId, await replay(deps, refundId, wish, true));
      await deps.sleep(60_000 / perMinute, signal);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function resultOf(refundId: BulkResult['refundId'], reviewed: ReviewResult): BulkResult {
  switch (reviewed.kind) {
    case 'done':
      return { refundId, result: 'replayed', rule: null };
    case 'refused':
      return { refundId, result: 'refused', rule: reviewed.rule };
    default:
      return { refundId, result: 'moved', rule: null };
  }
}
