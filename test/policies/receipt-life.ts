// One receipt, several refunds and a Bootpay that loses answers: the worker's story told with the policies alone.
import { InvariantError } from '../../src/domain/errors.ts';
import { cancelIdSchema } from '../../src/domain/ids.ts';
import type { Transition } from '../../src/domain/ports.ts';
import type { Attempt, Cancel, ReceiptAccount, Refund, Totals } from '../../src/domain/refund.ts';
import type { CancelReply, Receipt } from '../../src/domain/reply.ts';
import { isOpen } from '../../src/domain/states.ts';
import {
  atDeadline,
  decideBeforeSending,
  decideReply,
  decideUnknown,
  type Situation,
} from '../../src/policies/decide-next.ts';
import { refundIdFor } from '../../src/policies/identity.ts';
import { nextLookUpAt } from '../../src/policies/retry-schedule.ts';
import {
  beginAttempt,
  totalOf,
  transitionFor,
  withLookUp,
  withOutcome,
  withoutOutcome,
} from '../../src/policies/transition.ts';
import { receiptWith } from './receipts.ts';
import {
  accepted,
  codes,
  emptyAccount,
  minute,
  noAnswer,
  notSent,
  refundWith,
  refused,
  second,
  settings,
  now as start,
  throttled,
} from './refunds.ts';

/** What Bootpay does with a cancel it could accept. */
export const behaviours = [
  'pays',
  'pays and says nothing',
  'pays late and says nothing',
  'pays and its caller dies',
  'pays and says 2086',
  'says nothing',
  'its caller dies',
  'refuses',
  'refuses and burns the id',
  'throttles',
  'is out of reach',
] as const;
export type Behaviour = (typeof behaviours)[number];

interface Payment {
  readonly at: number;
  readonly refundId: string;
  readonly won: number;
}

export interface Life {
  readonly priceWon: number;
  readonly cancels: readonly Cancel[];
  /** Used up call by call, from the end; then Bootpay pays. */
  readonly behaviours: readonly Behaviour[];
  /** Used up look-up by look-up, from the end: how old the total is that it shows, at most 3 s. */
  readonly lagsMs: readonly number[];
}

export interface Lived {
  readonly refunds: readonly Refund[];
  readonly payments: readonly Payment[];
  readonly settledWon: number;
}

export function live(life: Life): Lived {
  const bootpay = bootpayOf(life);
  const ledger = ledgerOf(life.cancels.map(refundOf));
  let now = start;
  for (let rings = 0; rings < 2_000; rings += 1) {
    const refund = ledger.next();
    if (refund === null) {
      return {
        refunds: ledger.refunds,
        payments: bootpay.payments,
        settledWon: ledger.account().settledWon,
      };
    }
    now = Math.max(now, refund.nextWakeUpAt ?? now);
    now = activate({ bootpay, ledger }, refund, now);
  }
  throw new InvariantError('no end');
}

interface World {
  readonly bootpay: ReturnType<typeof bootpayOf>;
  readonly ledger: ReturnType<typeof ledgerOf>;
}

/** One activation; answers when it ended. */
function activate(world: World, refund: Refund, now: number): number {
  const { bootpay, ledger } = world;
  if (refund.state === 'sending') {
    const originAt = refund.attempts.at(-1)?.callUntil ?? now;
    const at = nextLookUpAt({ originAt, now, settings });
    ledger.write(
      transitionFor(withoutOutcome(refund), { kind: 'look_up_at', at, reason: 'cut off' }, { now }),
    );
    return now;
  }
  if (refund.state !== 'unknown' && now >= refund.deadlineAt) {
    ledger.write(transitionFor(refund, atDeadline(refund), { now }));
    return now;
  }
  const receipt = bootpay.lookUp(now);
  const looked = withLookUp(refund, receipt, { at: now, settledWon: ledger.account().settledWon, marks: 0 });
  const situation = situationOf(world, looked, now);
  const decision =
    looked.state === 'unknown' ? decideUnknown(situation, receipt) : decideBeforeSending(situation, receipt);
  if (decision.kind === 'send') return send(world, looked, { totalsBefore: decision.totalsBefore, now });
  if (decision.kind === 'hold_lane') throw new InvariantError('nobody refused the credentials');
  ledger.write({ ...transitionFor(looked, decision, { now }), seen: totalOf(receipt) });
  return now;
}

function send(
  world: World,
  before: Refund,
  { totalsBefore, now }: { totalsBefore: Totals; now: number },
): number {
  const { bootpay, ledger } = world;
  const begun = beginAttempt(before, totalsBefore, { now, callUntil: now + 70 * second });
  ledger.write(begun);
  const { refund } = begun;
  const attempt = refund.attempts.at(-1);
  if (attempt === undefined) throw new InvariantError('no attempt was written');
  const reply = bootpay.cancel(refund, attempt, now);
  if (reply === 'died') return now;
  const answeredAt = now + second;
  const decision = decideReply(situationOf(world, refund, answeredAt), attempt, reply);
  if (decision.kind === 'hold_lane') throw new InvariantError('nobody refused the credentials');
  const seen = decision.kind === 'settle' && reply.kind === 'accepted' ? totalOf(reply.body) : null;
  const answered = withOutcome(refund, reply, answeredAt);
  ledger.write({ ...transitionFor(answered, decision, { now: answeredAt }), seen });
  return answeredAt;
}

function situationOf({ ledger }: World, refund: Refund, now: number): Situation {
  const clock = { now, steadySince: 0, jumpedAt: null };
  return { refund, account: ledger.account(), ...clock, chance: 0.5, settings };
}

function refundOf(cancel: Cancel, index: number): Refund {
  const name = `order-${index + 1}`;
  return refundWith({
    cancel,
    refundId: refundIdFor('orders', name),
    firstCancelId: cancelIdSchema.parse(name),
    nextWakeUpAt: start + index,
  });
}

/** Records, the receipt's row and its hold: what the scripts of `src/ledger` promise. */
function ledgerOf(refunds: Refund[]) {
  let account: ReceiptAccount = emptyAccount;
  let holder: string | null = null;

  return {
    refunds,
    account: () => account,
    /** The refund that wakes up first among those that may work; takes the hold. null: none is left. */
    next(): Refund | null {
      const free = refunds.filter(
        ({ state, refundId }) => isOpen(state) && (holder === null || holder === refundId),
      );
      const first = free.sort((a, b) => (a.nextWakeUpAt ?? 0) - (b.nextWakeUpAt ?? 0))[0] ?? null;
      holder = first?.refundId ?? holder;
      return first;
    },
    write({ refund, lock: hold, settledWon, seen }: Transition): void {
      const index = refunds.findIndex(({ refundId }) => refundId === refund.refundId);
      if (refunds[index]?.version !== refund.version - 1) throw new InvariantError('a late writer');
      refunds[index] = refund;
      if (hold === 'release') holder = null;
      account = {
        ...account,
        highestWon: Math.max(account.highestWon, seen?.totalWon ?? 0),
        settledWon: account.settledWon + settledWon,
      };
    },
  };
}

type Answer = Exclude<CancelReply, { kind: 'unauthorized' }> | 'died';

/** A payment book with Bootpay's rules: an id once, never more than is left. */
function bootpayOf(life: Life) {
  const todo = [...life.behaviours];
  const lags = [...life.lagsMs];
  const payments: Payment[] = [];
  const usedIds = new Set<string>();
  const sum = (some: readonly Payment[]) => some.reduce((total, { won }) => total + won, 0);
  const totalAt = (at: number) => sum(payments.filter((payment) => payment.at <= at));

  /** null: nothing stands against it. What will be paid late counts already. */
  function refusal(cancel: Cancel, cancelId: string): Answer | null {
    const leftWon = life.priceWon - sum(payments);
    if (usedIds.has(cancelId)) return refused(codes[2029]);
    if (leftWon === 0) return refused(codes[2027]);
    return cancel.kind === 'partial' && cancel.amountWon > leftWon ? refused(codes[2052]) : null;
  }

  function pay({ cancel, refundId }: Refund, at: number): void {
    const won = cancel.kind === 'full' ? life.priceWon - sum(payments) : cancel.amountWon;
    payments.push({ at, refundId, won });
  }

  return {
    payments,
    lookUp(now: number): Receipt {
      const cancelledWon = totalAt(now - (lags.pop() ?? 0));
      return receiptWith({ priceWon: life.priceWon, cancelledWon, status: cancelledWon > 0 ? 20 : 1 });
    },
    cancel(refund: Refund, { cancelId }: Attempt, now: number): Answer {
      const behaviour = todo.pop() ?? 'pays';
      if (behaviour === 'is out of reach') return notSent;
      if (behaviour === 'throttles') return throttled();
      const refusedAs = refusal(refund.cancel, cancelId);
      if (refusedAs !== null) return refusedAs;
      if (behaviour.startsWith('pays') || behaviour.includes('burns')) usedIds.add(cancelId);
      if (behaviour.startsWith('pays')) pay(refund, behaviour.includes('late') ? now + 9 * minute : now);
      return said(behaviour, totalAt(now));
    },
  };

  function said(behaviour: Behaviour, cancelledWon: number): Answer {
    if (behaviour.endsWith('dies')) return 'died';
    if (behaviour.endsWith('nothing')) return noAnswer;
    if (behaviour.endsWith('2086')) return refused(codes[2086]);
    if (behaviour.startsWith('refuses')) return refused(codes[2032]);
    return accepted({ priceWon: life.priceWon, cancelledWon, cancelledTaxFreeWon: null });
  }
}
