// Where a worker is killed: every named point between two steps, in each course of a refund that crosses it.
import type { CancelStepInput } from '../../simulator/index.ts';
import type { State } from '../../src/domain/states.ts';
import type { CrashPoint } from '../support/crash-points.ts';

export interface Kill {
  /** As a test's name says it. */
  readonly during: string;
  /** What Bootpay answers to the cancels, before it answers as it should. */
  readonly steps: readonly CancelStepInput[];
  /** The how manieth time the point is reached... */
  readonly on: number;
  /** ...counting only when the record is in this state. */
  readonly state?: State;
}

const refused: CancelStepInput = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' };
const lostCall: CancelStepInput = { reply: 'reset_before_commit' };
const lostAnswer: CancelStepInput = { reply: 'reset_after_commit' };

const first: Kill = { during: 'the first attempt', steps: [], on: 1 };
const later: Kill = { during: 'the attempt after a 2032', steps: [refused], on: 2 };
const afterLostCall = 'the attempt after a call that was lost';
/** Found by the record's state, for the look-ups in between are as many as the machine is slow. */
const resumed: Kill = { during: afterLostCall, steps: [lostCall], on: 1, state: 'waiting_retry' };
const repeated: Kill = { during: afterLostCall, steps: [lostCall], on: 2 };
const lookUps: readonly Kill[] = [
  { during: 'the look-up after a lost call', steps: [lostCall], on: 1, state: 'unknown' },
  { during: 'the look-up after a lost answer', steps: [lostAnswer], on: 1, state: 'unknown' },
];

/** Every one is tried with a full and with a partial cancel that succeeds in the end. */
export const kills: Readonly<Record<CrashPoint, readonly Kill[]>> = {
  begun: [first, later, resumed, ...lookUps],
  looked_up: [first, later, resumed, ...lookUps],
  attempt_written: [first, later, repeated],
  answered: [first, later, repeated],
  outcome_written: [
    first,
    later,
    { ...later, during: 'a 2032', on: 1 },
    { ...resumed, during: 'the end of the settle window' },
    ...lookUps,
  ],
  // The others end without a wait: `caseKills` and the waiter of the test have theirs.
  job_moved: [{ ...later, during: 'the wait after a 2032', on: 1 }, ...lookUps],
  case_shown: [],
};

/** The same for a refusal that ends in front of a person. */
export const caseKills: readonly CrashPoint[] = ['answered', 'outcome_written', 'case_shown'];

/** Step 8: killed while Bootpay has the request. `money`: whether it moves. */
export const callKills: readonly { during: string; before: readonly CancelStepInput[]; money: boolean }[] = [
  { during: first.during, before: [], money: false },
  { during: first.during, before: [], money: true },
  { during: later.during, before: later.steps, money: false },
  { during: later.during, before: later.steps, money: true },
  { during: afterLostCall, before: [lostCall], money: false },
  { during: afterLostCall, before: [lostCall], money: true },
];
