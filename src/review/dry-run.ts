// A dry run of many replays: Bootpay is asked what each payment shows now, and the worker's own rules say what would
// become of the replay. Nothing is written.
import type { ListItem } from '../domain/ledger.ts';
import type { Refund } from '../domain/refund.ts';
import { decideBeforeSending } from '../policies/decide-next.ts';
import { type CaseFacts, needsAcknowledgement, replayRefusal } from '../policies/replay-rules.ts';
import { replayRefusalOf } from '../policies/unread.ts';
import type { BulkResult, ReviewDeps } from './ports.ts';
import { replayed } from './replay.ts';

/** Look-ups that one dry run makes at most: at 10 calls a second they take 20 s. */
export const mostAsked = 200;
const longestWaitMs = 60_000;

type Expected = Omit<BulkResult, 'refundId'>;

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
async function expectedUnasked(deps: ReviewDeps, refund: ListItem): Promise<Expected | null> {
  if ('unread' in refund) return expected('needs_person', replayRefusalOf(refund).rule);
  if (needsAcknowledgement(refund)) return expected('needs_person', 'acknowledge');
  const refusal = replayRefusal(await factsOf(deps, refund), plain);
  return refusal === null ? null : expected('would_be_refused', refusal.rule);
}

const plain = { newGeneration: false, acknowledge: false };

async function askFor(deps: ReviewDeps, refund: ListItem, signal?: AbortSignal): Promise<Expected> {
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
  const decision = decideBeforeSending(
    { ...facts, refund: replayed(facts, request).refund, steadySince: 0, chance: 0 },
    reply.body,
  );
  const { priceWon, cancelledWon } = reply.body;
  switch (decision.kind) {
    case 'send': {
      const amountWon = refund.cancel.kind === 'partial' ? refund.cancel.amountWon : priceWon - cancelledWon;
      return { result: 'would_send', rule: null, amountWon };
    }
    case 'settle':
      return { result: 'already_refunded', rule: null, amountWon: decision.settledWon };
    case 'dead_letter':
      return decision.case === 'policy_refused'
        ? expected('would_be_refused', decision.rule ?? decision.code)
        : expected('needs_person', decision.case);
    default:
      return notAsked('stale_look_up');
  }
}

async function factsOf(deps: ReviewDeps, refund: Refund): Promise<CaseFacts> {
  const account = await deps.ledger.readReceipt(refund.receiptId);
  return { refund, account, now: deps.now(), jumpedAt: deps.jumpedAt(), settings: deps.settings };
}

function expected(result: Expected['result'], rule: string | null): Expected {
  return { result, rule, amountWon: null };
}

function notAsked(rule: string): Expected {
  return expected('not_asked', rule);
}
