// The worlds: each thing nobody knows about Bootpay (reference, sections 1 and 12) is a switch, and each world says
// what may still be promised in it. What holds in every world is in `checker.ts`.

/** How the gateway double behaves where the documents are silent. Times in ms. */
export interface Switches {
  /** Does a refused attempt use its cancel_id up? */
  readonly burnsIds: boolean;
  readonly idScope: 'receipt' | 'project';
  /** `none`: a second cancel with the same id goes through like the first. */
  readonly idGuard: 'all' | 'none';
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
  readonly statusAfterPartial: 1 | 20;
  /** Does the gateway refuse what is over the remaining amount? */
  readonly guardsAmounts: boolean;
  /** A proxy may send one POST twice; either answer may come back. */
  readonly doubledRequests: boolean;
  /** Cancels by others, seen in look-ups. */
  readonly outside: boolean;
  /** Cancels in the PG's own admin: no look-up shows them. */
  readonly pgAdmin: boolean;
  /** Redis loses the last second or so of its writes, once or twice. */
  readonly failover: boolean;
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
  /** Somebody else cancelled on the same receipt. */
  readonly othersCancelled: boolean;
  readonly failedOver: boolean;
  /** The clerk of this history acknowledges without looking. */
  readonly hastyClerk: boolean;
  /** On its receipt money moved too late or though refused, and it shares the receipt with other refunds. */
  readonly mayBeMixedUp: boolean;
  /** No other refund of ours is on its receipt. */
  readonly alone: boolean;
}

export interface World {
  readonly name: string;
  /** What this world weakens, and why nothing stronger can be promised; null: nothing. */
  readonly weaker: string | null;
  readonly switches: Switches;
  /** May money of one refund move twice through us? */
  readonly mayPayTwice: (facts: Facts) => boolean;
  /** Where refunds of one receipt may be mixed up: they still move no more than they asked for together. */
  readonly sumHolds: boolean;
  /** May a refund be `succeeded` without exactly its own money in the book? */
  readonly maySettleWrongly: (facts: Facts) => boolean;
}

const minute = 60_000;

const plain: Switches = {
  burnsIds: false,
  idScope: 'receipt',
  idGuard: 'all',
  foreignIds: 0,
  always2029: false,
  refusedButPaidMs: 0,
  lateCommitMs: 8 * minute,
  lagMs: minute,
  blindLookUps: false,
  wrongTotals: false,
  statusAfterPartial: 1,
  guardsAmounts: true,
  doubledRequests: false,
  outside: false,
  pgAdmin: false,
  failover: false,
};

const never = () => false;
const acknowledgedInHaste = ({ acknowledged, hastyClerk }: Facts) => acknowledged && hastyClerk;

function world(
  name: string,
  switches: Partial<Switches>,
  weaker: Partial<Pick<World, 'weaker' | 'mayPayTwice' | 'maySettleWrongly' | 'sumHolds'>> = {},
): World {
  const strict = { weaker: null, mayPayTwice: acknowledgedInHaste, maySettleWrongly: never, sumHolds: true };
  return { name, switches: { ...plain, ...switches }, ...strict, ...weaker };
}

export const worlds: readonly World[] = [
  world('plain', {}),
  world('burnt-ids', { burnsIds: true }),
  world('no-id-guard', { idGuard: 'none' }),
  world('foreign-ids', { idScope: 'project', foreignIds: 0.3 }),
  world('always-2029', { always2029: true, burnsIds: true }),
  world(
    'refused-but-paid',
    { refusedButPaidMs: 10_000, lagMs: 0, idGuard: 'none' },
    {
      weaker:
        'a refusal releases the receipt: what it pays all the same may pass for the next refund of the receipt, and a person who replays within seconds is ahead of it',
      mayPayTwice: (facts) => facts.mayBeMixedUp || facts.replayedAhead || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  world('lagging-look-ups', { lagMs: 8 * minute, lateCommitMs: minute, idGuard: 'none' }),
  world('status-20', { statusAfterPartial: 20 }),
  world('unguarded-amounts', { guardsAmounts: false, idGuard: 'none' }),
  world('doubled-requests', { doubledRequests: true }),
  world(
    'burnt-and-paid',
    { refusedButPaidMs: 5 * minute, burnsIds: true },
    {
      weaker:
        'as refused-but-paid; but the refusal has used the id up, so that one refund is still paid once',
      mayPayTwice: (facts) => facts.mayBeMixedUp || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  world(
    'refused-much-later-paid',
    { refusedButPaidMs: 5 * minute, idGuard: 'none' },
    {
      sumHolds: false,
      weaker: 'a refusal that pays after the first retry cannot be told from a refusal',
      mayPayTwice: (facts) => facts.movedThoughRefused || facts.mayBeMixedUp || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  world(
    'late-commits',
    { lateCommitMs: 60 * minute, idGuard: 'none' },
    {
      sumHolds: false,
      weaker: 'money that moves after the settle window was "not there" when it counted',
      mayPayTwice: (facts) => facts.movedTooLate || facts.mayBeMixedUp || acknowledgedInHaste(facts),
      maySettleWrongly: ({ mayBeMixedUp }) => mayBeMixedUp,
    },
  ),
  world(
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
  world(
    'wrong-totals',
    { wrongTotals: true },
    {
      weaker: 'a look-up that shows money which never moved is believed',
      maySettleWrongly: () => true,
    },
  ),
  world(
    'outside-cancels',
    { outside: true },
    {
      sumHolds: false,
      weaker: 'another cancel of the same amount in the same minutes cannot be told apart (totals only)',
      mayPayTwice: ({ acknowledged }) => acknowledged,
      maySettleWrongly: ({ othersCancelled }) => othersCancelled,
    },
  ),
  world(
    'pg-admin-cancels',
    { pgAdmin: true },
    {
      weaker: 'a cancel in the PG admin is invisible: what is left on the receipt is not what Bootpay says',
      maySettleWrongly: ({ othersCancelled }) => othersCancelled,
    },
  ),
  world(
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

export function worldNamed(name: string): World {
  const found = worlds.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new Error(`no world ${name}; there are ${worlds.map((candidate) => candidate.name).join(', ')}`);
  }
  return found;
}
