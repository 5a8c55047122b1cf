// A dry run of many replays: Bootpay is asked what each payment shows now, and the worker's own rules say what would
// become of the replay. Nothing is written.
import type { ListItem } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import { mostAsked, notAsked, type Preview, previewOf, unsent } from '../policies/preview.ts';
import { type CaseFacts, needsAcknowledgement, replayRefusal } from '../policies/replay-rules.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import type { BulkResult, ReviewDeps } from './ports.ts';
import { replayed } from './replay.ts';

const longestWaitMs = 60_000;

export async function* dryRun(
  deps: ReviewDeps,
  cases: AsyncIterable<ListItem>,
  signal?: AbortSignal,
): AsyncGenerator<BulkResult> {
  let asked = 0;
  for await (const refund of cases) {
    const known = await expectedUnasked(deps, refund);
    const isAsked = known === null && asked < mostAsked;
    if (isAsked) asked += 1;
    const expected = known ?? (isAsked ? await askFor(deps, refund, signal) : notAsked('limit'));
    yield { refundId: refund.refundId, ...expected };
  }
}

/** null: only Bootpay can tell. */
async function expectedUnasked(deps: ReviewDeps, refund: ListItem): Promise<Preview | null> {
  if ('unread' in refund) return unsent('needs_person', replayRefusalOf(refund).rule);
  if (needsAcknowledgement(refund)) return unsent('needs_person', 'acknowledge');
  const refusal = replayRefusal(await factsOf(deps, refund), plain);
  return refusal === null ? null : unsent('would_be_refused', refusal.rule);
}

const plain = { newGeneration: false, acknowledge: false };

async function askFor(deps: ReviewDeps, refund: ListItem, signal?: AbortSignal): Promise<Preview> {
  const { gateway, rateLimiter } = deps;
  if ('unread' in refund || gateway === null) return notAsked('no_look_up');
  const wait = { priority: 'background', longestMs: longestWaitMs, ...(signal && { signal }) } as const;
  const reply =
    (await rateLimiter.acquire('look_up', wait)) && (await gateway.lookUp(refund.receiptId, signal));
  if (reply?.kind !== 'accepted') return notAsked('no_look_up');
  const facts = await factsOf(deps, refund);
  const request = {
    who: 'dry run',
    reason: 'dry run',
    edits: {},
    cancel: refund.cancel,
    bulk: true,
    ...plain,
  };
  return previewOf({ ...facts, refund: replayed(facts, request).refund }, reply.body);
}

async function factsOf(deps: ReviewDeps, refund: Refund): Promise<CaseFacts> {
  const account = await deps.ledger.readReceipt(refund.receiptId);
  return { refund, account, now: deps.now(), jumpedAt: deps.jumpedAt(), settings: deps.settings };
}
