// The scenarios: each thing that is not known about Bootpay (docs/design.md, appendix A) is a switch, and each scenario says
// what may still be promised in it. What holds in every scenario is in `checker.ts`.

import type { SwitchesInput } from '../simulator/core/switches.ts';

/** How the gateway double behaves where the documents are silent. Times in ms. */
export interface Switches {
  /** How it differs from the simulator's defaults. */
  readonly bootpay: SwitchesInput;
  /** Other programs use our cancel_ids too: 2029 on a first attempt. */
  readonly foreignIds: number;
  /** For a time Bootpay answers 2029 to everything. */
  readonly always2029: boolean;
  /** 2032, and the money moves all the same, at most so much later. 0: a refusal is a refusal. */
  readonly refusedButPaidMs: number;
  /** A call without an answer may still commit, at most so long after it was sent. */
  readonly lateCommitMs: number;
  /** A look-up may show the receipt as it was, at most so long ago. */
  readonly lagMs: number;
  /** On some receipts look-ups never show a cancel. */
  readonly blindLookUps: boolean;
  /** Look-ups may show more than was ever cancelled. */
  readonly wrongTotals: boolean;
  /** A proxy may send one POST twice; either answer may come back. */
  readonly doubledRequests: boolean;
  /** Cancels by others, seen in look-ups. */
  readonly outside: boolean;
  /** Cancels in the PG's own admin: no look-up shows them. */
  readonly pgAdmin: boolean;
  /** Money that was counted leaves the totals, for good (it never happened) or for a time (it only looks so). */
  readonly takesBack: 'never' | 'for_good' | 'for_a_time';
  /** Redis loses the last second or so of its writes, once or twice. */
  readonly failover: boolean;
}

/** How people live in a scenario. */
export interface Habits {
  /** All refunds are on one receipt and ask for the same; cases are closed soon, with or without a look-up. */
  readonly crowd: boolean;
  /** Look-ups hang for minutes at the start, and the shop repeats its events once a minute. */
  readonly impatience: boolean;
  /** People cancel in Bootpay's admin what the machine could not, and close the case afterwards. */
  readonly byHand: boolean;
  /** Most replays ask for another amount. */
  readonly edits: boolean;
  /** Commands wait in broken connections for seconds and minutes, and jobs run twice. */
  readonly delays: boolean;
}

/** What one refund went through, as far as an exception may rest on it. */
export interface Facts {
  /** Before each cancel after the first a person's acknowledged replay is on the record. */
  readonly acknowledged: boolean;
  /** Money of this refund moved later than a settle window after its call. */
  readonly movedTooLate: boolean;
  /** Money of this refund moved although Bootpay had refused it. */
  readonly movedThoughRefused: boolean;
  /** A person sent a refused case back before the money of its refusal had moved. */
  readonly replayedAhead: boolean;
  /** A cancel that is not ours was made on the same receipt. */
  readonly othersCancelled: boolean;
  /** The same, by hand for a refund of ours, and no case is closed with it yet. */
  readonly unclaimed: boolean;
  /** Money moved on the same receipt for a refund that had succeeded, excused, with other money. */
  readonly displaced: boolean;
  /** Money of another refund of its receipt was taken back. */
  readonly othersTakenBack: boolean;
  /** The same, so near to one of its calls that the look-ups before and after it show one change for both. */
  readonly takenBackBeside: boolean;
  /** Its totals before lack hidden money whose case a person had closed, or it asks for all that is left. */
  readonly startedBlind: boolean;
  readonly failedOver: boolean;
  /** The operator of this history acknowledges without looking. */
  readonly hastyOperator: boolean;
  /** On its receipt money moved too late or though refused, and it shares the receipt with other refunds. */
  readonly mayBeMixedUp: boolean;
  /** No other refund of ours is on its receipt. */
  readonly alone: boolean;
}

export interface Scenario {
  readonly name: string;
  /** What this scenario weakens, and why nothing stronger can be promised; null: nothing. */
  readonly weaker: string | null;
  readonly switches: Switches;
  readonly habits: Habits;
  /** May money of one refund move twice through us? */
  readonly mayPayTwice: (facts: Facts) => boolean;
  /** Where refunds of one receipt may be mixed up: they still move no more than they asked for together. */
  readonly sumHolds: boolean;
  /** May a refund be `succeeded` without exactly its own money in the book? */
  readonly maySettleWrongly: (facts: Facts) => boolean;
}

const minute = 60_000;

/** Codes that say nothing about the money, and use the cancel_id up. */
export const unclearCodes = ['RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'];
const noIdGuard: SwitchesInput = { refusesUsedCancelId: false };
const burnsIds: SwitchesInput = { burnsRefusedCancelId: true };

const plain: Switches = {
  bootpay: { cancelIdCheckedFirst: true, burnsRefusedCancelId: unclearCodes },
  foreignIds: 0,
  always2029: false,
  refusedButPaidMs: 0,
  lateCommitMs: 8 * minute,
  lagMs: minute,
  blindLookUps: false,
  wrongTotals: false,
  doubledRequests: false,
  outside: false,
  pgAdmin: false,
  takesBack: 'never',
  failover: false,
};

const usual: Habits = { crowd: false, impatience: false, byHand: false, edits: false, delays: false };

const never = () => false;
const acknowledgedInHaste = ({ acknowledged, hastyOperator }: Facts) => acknowledged && hastyOperator;

type Weaker = Partial<Pick<Scenario, 'weaker' | 'mayPayTwice' | 'maySettleWrongly' | 'sumHolds'>>;

function scenario(
  name: string,
  switches: Partial<Switches>,
  weaker: Weaker = {},
  habits: Partial<Habits> = {},
): Scenario {
  const strict = { weaker: null, mayPayTwice: acknowledgedInHaste, maySettleWrongly: never, sumHolds: true };
  const bootpay = { ...plain.bootpay, ...switches.bootpay };
  const lives = { switches: { ...plain, ...switches, bootpay }, habits: { ...usual, ...habits } };
  return { name, ...lives, ...strict, ...weaker };
}

const handPasses: Weaker = {
  weaker:
    'a cancel by hand passes for an unanswered call of the same amount until its case is closed, and what that call still moves passes for the next one (totals only)',
  maySettleWrongly: ({ unclaimed, displaced }) => unclaimed || displaced,
};

export const scenarios: readonly Scenario[] = [
  scenario('plain', {}),
  scenario('burnt-ids', { bootpay: burnsIds }),
  scenario('no-id-guard', { bootpay: noIdGuard }),
  scenario('foreign-ids', { bootpay: { cancelIdScope: 'project' }, foreignIds: 0.3 }),
  scenario('always-2029', { always2029: true, bootpay: burnsIds }),
  scenario(
    'refused-but-paid',
    { refusedButPaidMs: 10_000, lagMs: 0, bootpay: noIdGuard },
    {
      weaker:
        'a refusal releases the receipt: what it pays all the same may pass for the next refund of the receipt, and a person who replays within seconds is ahead of it',
      mayPayTwice: (facts) => facts.mayBeMixedUp || facts.replayedAhead || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  scenario('lagging-look-ups', { lagMs: 8 * minute, lateCommitMs: minute, bootpay: noIdGuard }),
  scenario('status-20', { bootpay: { statusAfterPartial: { lookUp: 20 } } }),
  scenario('unguarded-amounts', { bootpay: { ...noIdGuard, guardsAmounts: false } }),
  scenario('doubled-requests', { doubledRequests: true }),
  scenario('doubled-requests-id-last', { doubledRequests: true, bootpay: { cancelIdCheckedFirst: false } }),
  scenario(
    'burnt-and-paid',
    { refusedButPaidMs: 5 * minute, bootpay: burnsIds },
    {
      weaker:
        'as refused-but-paid; but the refusal has used the id up, so that one refund is still paid once',
      mayPayTwice: (facts) => facts.mayBeMixedUp || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  scenario(
    'refused-much-later-paid',
    { refusedButPaidMs: 5 * minute, bootpay: noIdGuard },
    {
      sumHolds: false,
      weaker: 'a refusal that pays after the first retry cannot be told from a refusal',
      mayPayTwice: (facts) => facts.movedThoughRefused || facts.mayBeMixedUp || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  scenario(
    'late-commits',
    { lateCommitMs: 60 * minute, bootpay: noIdGuard },
    {
      sumHolds: false,
      weaker: 'money that moves after the settle window was "not there" when it counted',
      mayPayTwice: (facts) => facts.movedTooLate || facts.mayBeMixedUp || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  scenario(
    'blind-look-ups',
    { blindLookUps: true },
    {
      sumHolds: false,
      weaker:
        'where look-ups show nothing a person decides blindly, and a full cancel counts the money of others as its own',
      mayPayTwice: ({ acknowledged }) => acknowledged,
      maySettleWrongly: ({ alone }) => !alone,
    },
  ),
  scenario(
    'wrong-totals',
    { wrongTotals: true },
    {
      weaker: 'a look-up that shows money which never moved is believed',
      maySettleWrongly: () => true,
    },
  ),
  scenario(
    'outside-cancels',
    { outside: true },
    {
      sumHolds: false,
      weaker: 'another cancel of the same amount in the same minutes cannot be told apart (totals only)',
      mayPayTwice: ({ acknowledged }) => acknowledged,
      maySettleWrongly: ({ othersCancelled }) => othersCancelled,
    },
  ),
  scenario(
    'pg-admin-cancels',
    { pgAdmin: true },
    {
      weaker: 'a cancel in the PG admin is invisible: what is left on the receipt is not what Bootpay says',
      maySettleWrongly: ({ othersCancelled }) => othersCancelled,
    },
  ),
  scenario('repeated-events', {}, {}, { impatience: true }),
  scenario('siblings', { bootpay: noIdGuard, lagMs: 8 * minute, lateCommitMs: minute }, {}, { crowd: true }),
  scenario('by-hand', { lagMs: 0 }, handPasses, { crowd: true, byHand: true }),
  scenario('delayed-writes', { lagMs: 0 }, handPasses, { crowd: true, byHand: true, delays: true }),
  scenario('edits', { bootpay: noIdGuard, lagMs: 0 }, {}, { crowd: true, edits: true }),
  scenario(
    'taken-back',
    { takesBack: 'for_good' },
    {
      weaker:
        'whose money was taken back cannot be told from totals: of refunds of the same amount the latest is found to miss it, and paid again; and what moves in the same minutes cannot be told from what is taken back',
      mayPayTwice: (facts) =>
        (facts.acknowledged && facts.othersTakenBack) || facts.takenBackBeside || acknowledgedInHaste(facts),
      maySettleWrongly: ({ takenBackBeside }) => takenBackBeside,
    },
    { crowd: true },
  ),
  scenario(
    'hidden-for-a-time',
    { takesBack: 'for_a_time' },
    {
      sumHolds: false,
      weaker:
        'where look-ups hide money for longer than a settle window, a person who closes its case and replays pays again, and a call made after that and lost passes for it; a full cancel counts what was hidden as its own',
      mayPayTwice: ({ acknowledged }) => acknowledged,
      maySettleWrongly: ({ startedBlind }) => startedBlind,
    },
    { crowd: true },
  ),
  scenario(
    'failover',
    { failover: true },
    {
      sumHolds: false,
      weaker:
        'lost writes: identity, 2029 on a first attempt and the look-up are the nets; whose money it is may be mixed up',
      mayPayTwice: ({ acknowledged }) => acknowledged,
      maySettleWrongly: ({ failedOver }) => failedOver,
    },
  ),
];

export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new Error(
      `no scenario ${name}; there are ${scenarios.map((candidate) => candidate.name).join(', ')}`,
    );
  }
  return found;
}
