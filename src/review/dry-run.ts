// A dry run of one replay: Bootpay is asked what the payment shows now, and the worker's own rules say what would become of
// the replay. Nothing is written.
import type { ListItem } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import { notAsked, type Preview, previewOf, unsent } from '../policies/preview.ts';
import { type CaseFacts, replayRefusal } from '../policies/replay-rules.ts';
import type { ReviewDeps } from './ports.ts';
import { replayed } from './replay.ts';

const longestWaitMs = 60_000;

interface DryRun extends Preview {
  /** Bootpay was asked. */
  readonly asked: boolean;
}

/** `rule`: what leaves the case to a person. `mayAsk` is called before Bootpay is asked, and counts how often. */
export async function dryRun(
  deps: ReviewDeps,
  { refund, rule, mayAsk }: { refund: ListItem; rule: string | null; mayAsk: () => boolean },
  signal?: AbortSignal,
): Promise<DryRun> {
  if ('unread' in refund || rule !== null)
    return { ...unsent('needs_person', rule ?? 'unreadable'), asked: false };
  const refusal = replayRefusal(await factsOf(deps, refund), plain);
  if (refusal !== null) return { ...unsent('would_be_refused', refusal.rule), asked: false };
  if (!mayAsk()) return { ...notAsked('limit'), asked: false };
  return { ...(await askFor(deps, refund, signal)), asked: true };
}

const plain = { newGeneration: false, acknowledge: false };

async function askFor(deps: ReviewDeps, refund: Refund, signal?: AbortSignal): Promise<Preview> {
  const { gateway, rateLimiter } = deps;
  if (gateway === null) return notAsked('no_look_up');
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
