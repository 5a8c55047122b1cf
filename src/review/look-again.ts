// A person looks again: what Bootpay shows of a refund's payment now, at most once in 5 s for each receipt at all servers
// together. It is kept for the pages, and its total with the receipt. No record changes: what may be done with a case is
// judged by the look-up that stopped it, and an act looks up by itself, so that nobody decides on another's look.
import type { Actor } from '../domain/action.ts';
import { assertNever } from '../domain/errors.ts';
import type { Gateway } from '../domain/gateway.ts';
import type { ReceiptId, RefundId } from '../domain/ids.ts';
import { itemOf, type Ledger, type ListItem, type Look, type ReceiptRow } from '../domain/ledger.ts';
import type { RateLimiter } from '../domain/rate-limiter.ts';
import type { FailedReply, ReceiptAbout } from '../domain/reply.ts';
import { compareTotals, firstBelow, standsStill, type TotalsFacts } from '../policies/drift.ts';
import type { Obstacles } from '../policies/waiting-for.ts';
import type { ReviewDeps } from './ports.ts';

interface LookAgainDeps extends Pick<ReviewDeps, 'now' | 'jumpedAt' | 'settings'> {
  readonly ledger: Pick<Ledger, 'read' | 'readReceipt' | 'claim' | 'noteBelow' | 'noteLook' | 'recordAction'>;
  readonly gateway: Pick<Gateway, 'lookUp'> | null;
  readonly rateLimiter: Pick<RateLimiter, 'acquire'>;
  readonly obstacles: () => Promise<Obstacles>;
}

export const reasonsNotLooked = [
  /** Somebody asked within the last 5 s, perhaps at another server. */
  'too_soon',
  'no_credentials',
  'lane_held',
  'credentials_refused',
  /** The circuit breaker is open. */
  'silent',
  'throttled',
  /** No permit in time. */
  'busy',
  'no_answer',
  'unusable_answer',
  /** Bootpay has no such receipt for us. */
  'not_there',
] as const;
export type WhyNotLooked = (typeof reasonsNotLooked)[number];

export type Looked =
  | { readonly kind: 'looked'; readonly look: Look }
  | { readonly kind: 'not_looked'; readonly why: WhyNotLooked }
  /** No such refund, or nothing is left of it that names its receipt. */
  | { readonly kind: 'not_found' };

export type LookAgain = (id: RefundId, actor: Actor) => Promise<Looked>;

const onceInMs = 5_000;
/** A person waits for the page. */
const longestWaitMs = 5_000;

export function createLookAgain(deps: LookAgainDeps): LookAgain {
  return async (id, actor) => {
    const stored = await deps.ledger.read(id);
    const found = itemOf(stored);
    if (found === null || found.receiptId === null) return { kind: 'not_found' };
    const looked = await look(deps, found, found.receiptId);
    await keep(deps, { actor, found, looked });
    return looked;
  };
}

async function look(deps: LookAgainDeps, found: ListItem, receiptId: ReceiptId): Promise<Looked> {
  const { ledger, gateway } = deps;
  if (gateway === null) return notLooked('no_credentials');
  const obstacle = obstacleIn(await deps.obstacles());
  if (obstacle !== null) return notLooked(obstacle);
  if (!(await ledger.claim(`look:${receiptId}`, onceInMs))) return notLooked('too_soon');
  const wait = { longestMs: longestWaitMs, priority: 'first' } as const;
  if ((await deps.rateLimiter.acquire('look_up', wait)) === null) {
    return notLooked(obstacleIn(await deps.obstacles()) ?? 'busy');
  }
  const before = await ledger.readReceipt(receiptId);
  const at = deps.now();
  const reply = await gateway.lookUp(receiptId);
  if (reply.kind !== 'accepted') return notLooked(whyOf(reply));
  const seen = { at, receipt: reply.body };
  await note(deps, { found, seen, about: reply.about ?? null, before });
  return { kind: 'looked', look: seen };
}

/** A hold by a person stops cancels only; but who holds the lane wants quiet at Bootpay. */
function obstacleIn({ lane, silentSince, pausedUntil }: Obstacles): WhyNotLooked | null {
  if (lane.credentials) return 'credentials_refused';
  if (lane.person) return 'lane_held';
  if (silentSince !== null) return 'silent';
  return pausedUntil === null ? null : 'throttled';
}

function whyOf(reply: FailedReply): WhyNotLooked {
  switch (reply.kind) {
    case 'refused':
    case 'unauthorized':
      return 'not_there';
    case 'throttled':
      return 'throttled';
    case 'not_sent':
    case 'no_answer':
      return 'no_answer';
    case 'unreadable':
      return 'unusable_answer';
    default:
      return assertNever(reply);
  }
}

interface Observation {
  readonly found: ListItem;
  readonly seen: Look;
  readonly about: ReceiptAbout | null;
  /** The receipt's row before the look-up. */
  readonly before: ReceiptRow;
}

async function note(deps: LookAgainDeps, { found, seen, about, before }: Observation): Promise<void> {
  const { ledger } = deps;
  const { receipt, at } = seen;
  const after = await ledger.readReceipt(receipt.receiptId);
  const refund = 'unread' in found ? null : found;
  const holderStandsStill = refund !== null && after.holder === refund.refundId && standsStill(refund);
  const { settleWindowMs } = deps.settings;
  await noteBelow(deps, {
    ...{ receipt, before, after, holderStandsStill, settleWindowMs },
    ...{ now: at, jumpedAt: deps.jumpedAt() },
  });
  await ledger.noteLook(seen, about);
}

/** As reconciliation does it; opening a case for what is missing is left to that. */
async function noteBelow({ ledger, now }: LookAgainDeps, facts: TotalsFacts): Promise<void> {
  const { receipt, after } = facts;
  switch (compareTotals(facts)) {
    case 'agrees':
    case 'outside':
      if (after.below !== null) await ledger.noteBelow(receipt.receiptId, null);
      return;
    case 'below':
    case 'went_down':
      if (firstBelow(facts) === null) {
        const below = { at: now(), version: after.version, totalWon: receipt.cancelledWon };
        await ledger.noteBelow(receipt.receiptId, below);
      }
      return;
    default:
      return;
  }
}

/** One line in the log for each look-up that was asked for, but none for an impatient finger. */
async function keep(
  { ledger, now }: LookAgainDeps,
  { actor, found, looked }: { readonly actor: Actor; readonly found: ListItem; readonly looked: Looked },
): Promise<void> {
  if (looked.kind === 'not_found' || (looked.kind === 'not_looked' && looked.why === 'too_soon')) return;
  const { refundId, orderId } = found;
  const answer =
    looked.kind === 'looked'
      ? ({ answer: 'done' } as const)
      : ({ answer: 'refused', rule: looked.why } as const);
  await ledger.recordAction({ at: now(), ...actor, what: 'look_again', refundId, orderId, ...answer });
}

function notLooked(why: WhyNotLooked): Looked {
  return { kind: 'not_looked', why };
}
