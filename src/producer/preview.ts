// Asking first: what would become of an event if it were sent now. Bootpay is looked up; nothing is stored.
import type { Gateway } from '../domain/gateway.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Problem } from '../domain/problem.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';
import { mostAsked, notAsked, type Preview, previewOf } from '../policies/preview.ts';
import type { CaseFacts } from '../policies/replay-rules.ts';
import { conflictProblem, readEvent } from './enqueue.ts';
import { newRefund } from './new-refund.ts';

interface PreviewDeps {
  readonly ledger: Pick<Ledger, 'sealObstacle' | 'peek' | 'readReceipt'>;
  /** null: no credentials configured; then Bootpay is not asked. */
  readonly gateway: Gateway | null;
  readonly rateLimiter: RateLimiter;
  readonly now: () => number;
  readonly jumpedAt: () => number | null;
  readonly settings: CaseFacts['settings'];
}

/** `refused`, `duplicate`, `conflict`: what sending it would be answered. Everything else: what a worker would do. */
export interface PreviewResult {
  readonly result: Preview['result'] | 'refused' | 'duplicate' | 'conflict';
  readonly refund_id: string | null;
  readonly rule: string | null;
  /** In won: what would be sent, or has gone back already. */
  readonly amount: number | null;
  readonly problems: readonly Problem[];
}

export interface PreviewOptions {
  /** Asked before each look-up: whether the question still has time for one. */
  readonly mayAsk?: () => boolean;
  /** Of one look-up for its turn. Default 60,000. */
  readonly longestWaitMs?: number;
}

/** Answers what would become of one event. The first 200 that need it are looked up, the rest is `not_asked`. */
export type Previewer = (event: unknown) => Promise<PreviewResult>;

export function createPreviewer(
  deps: PreviewDeps,
  { mayAsk = () => true, longestWaitMs = 60_000 }: PreviewOptions = {},
): Previewer {
  let asked = 0;
  return async (event) => {
    const may = asked < mostAsked && mayAsk();
    const { told, isAsked } = await preview({ ...deps, longestWaitMs }, event, may);
    if (isAsked) asked += 1;
    return told;
  };
}

type Asking = PreviewDeps & { readonly longestWaitMs: number };

async function preview(
  deps: Asking,
  input: unknown,
  mayAsk: boolean,
): Promise<{ readonly told: PreviewResult; readonly isAsked: boolean }> {
  const told = (result: PreviewResult) => ({ told: result, isAsked: false });
  const parsed = await readEvent(deps, input);
  if (parsed.kind === 'refused') return told({ ...nothing, result: 'refused', problems: parsed.problems });
  const made = newRefund(parsed.event, deps.now(), deps.settings.retryDeadlineMs);
  const peeked = await deps.ledger.peek(made);
  const { refund } = made;
  if (peeked.kind === 'duplicate') {
    return told({ ...nothing, result: 'duplicate', refund_id: refund.refundId });
  }
  if (peeked.kind === 'conflict') {
    const problems = [conflictProblem(peeked.with, parsed.event)];
    return told({ ...nothing, result: 'conflict', refund_id: peeked.owner, problems });
  }
  const expected = mayAsk ? await askFor(deps, refund) : notAsked('limit');
  const { result, rule, amountWon: amount } = expected;
  return { told: { ...nothing, result, rule, amount, refund_id: refund.refundId }, isAsked: mayAsk };
}

async function askFor(deps: Asking, refund: CaseFacts['refund']): Promise<Preview> {
  const { gateway, rateLimiter, ledger, longestWaitMs } = deps;
  if (gateway === null) return notAsked('no_look_up');
  const permit = await rateLimiter.acquire('look_up', { priority: 'background', longestMs: longestWaitMs });
  const reply = permit && (await gateway.lookUp(refund.receiptId));
  if (reply?.kind === 'refused') return { result: 'would_be_refused', rule: reply.code, amountWon: null };
  if (reply?.kind !== 'accepted') return notAsked('no_look_up');
  const account = await ledger.readReceipt(refund.receiptId);
  const { settings } = deps;
  return previewOf({ refund, account, now: deps.now(), jumpedAt: deps.jumpedAt(), settings }, reply.body);
}

const nothing = { refund_id: null, rule: null, amount: null, problems: [] } as const;
