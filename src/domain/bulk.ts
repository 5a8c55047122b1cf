// Many cases at once: an object in Redis that outlives the process that works on it. Its filter and its list of cases are
// frozen once; what is previewed is what is started.
import { z } from 'zod';
import { type Actor, vias } from './action.ts';
import type { CaseFilter } from './case-query.ts';
import { refundIdSchema } from './ids.ts';
import { deadLetterCases } from './refund.ts';
import { paymentMethods } from './reply.ts';

/** `previewing` and `running` have work left, which any process with a worker or a server takes up. */
export const bulkStates = ['previewing', 'previewed', 'running', 'done', 'stopped'] as const;
export type BulkState = (typeof bulkStates)[number];

export function hasWork(state: BulkState): boolean {
  return state === 'previewing' || state === 'running';
}

export const bulkIdPattern = /^rp_[a-f0-9]{24}$/;

const known = z.string().optional();
const wonAmount = z.number().optional();

/** Each part of a filter: one that was dropped would make the list longer than what a person saw. */
const bulkFilterSchema = z.strictObject({
  case: z.enum(deadLetterCases).optional(),
  code: known,
  reason: known,
  pgCode: known,
  method: z.enum(paymentMethods).optional(),
  minWon: wonAmount,
  maxWon: wonAmount,
  orderId: known,
  text: known,
  /** Cases that became dead letters at least this long ago, ms. */
  olderThanMs: z.number().optional(),
  assignedTo: known,
} satisfies Record<Exclude<keyof CaseFilter, 'deadBy'> | 'olderThanMs', z.ZodType>);
export type BulkFilter = z.infer<typeof bulkFilterSchema>;

/** What a person is told of one case. `result`: as its `BulkSums` name it. */
export const verdictSchema = z.object({
  result: z.string(),
  /** Why it is not sent. */
  rule: z.string().nullable(),
  /** null: not known. */
  amountWon: z.number().nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** A case as it was when the list was made. */
export const listedCaseSchema = z.object({
  refundId: refundIdSchema,
  version: z.number(),
  orderId: z.string().nullable(),
  amountWon: z.number().nullable(),
  /** The rule that leaves it to a person; null: it may be replayed among many. */
  rule: z.string().nullable(),
});
export type ListedCase = z.infer<typeof listedCaseSchema>;

export interface BulkCase extends ListedCase {
  /** Its place in the list, from 0. */
  readonly number: number;
  readonly preview: Verdict | null;
  readonly result: Verdict | null;
}

export interface NumberedVerdict extends Verdict {
  readonly number: number;
  /** Bootpay was asked for it. */
  readonly asked?: boolean;
}

/** `uncounted`: of so many the amount is not known. */
interface BulkSum {
  readonly count: number;
  readonly won: number;
  readonly uncounted: number;
}
export type BulkSums = Readonly<Record<string, BulkSum>>;

const actor = { who: z.string(), via: z.enum(vias), at: z.number() };

/** Above it two people decide, as the process knew in which the person acted; absent: it knew none. */
const thresholdWon = wonAmount;

export const bulkMadeSchema = z.object({ ...actor, filter: bulkFilterSchema, thresholdWon });
/** `perMinute`: replays. */
export const bulkStartSchema = z.object({
  ...{ ...actor, thresholdWon },
  reason: z.string(),
  perMinute: z.number(),
});
export const bulkStopSchema = z.object(actor);
type BulkMade = z.infer<typeof bulkMadeSchema>;
type BulkStart = z.infer<typeof bulkStartSchema>;
type BulkStop = z.infer<typeof bulkStopSchema>;

export interface Bulk {
  readonly id: string;
  readonly state: BulkState;
  readonly made: BulkMade;
  readonly start: BulkStart | null;
  readonly stop: BulkStop | null;
  readonly endedAt: number | null;
  /** null: the list is being made. */
  readonly list: (BulkSum & { readonly at: number }) | null;
  readonly previews: BulkSums;
  readonly results: BulkSums;
  /** Of those that a rule or code explains, by result and rule, such as `skipped/acknowledge`. */
  readonly rules: Readonly<Record<Verdicts, BulkSums>>;
  /** For so many Bootpay was asked. */
  readonly asked: number;
}

export type Verdicts = 'previews' | 'results';

/** One bulk runs at a time: `busy` names it. `moved`: there is no such preview (any more). The same start again has `begun`. */
export type BulkBegun =
  | { readonly kind: 'begun' }
  | { readonly kind: 'busy'; readonly id: string }
  | { readonly kind: 'moved'; readonly state: BulkState | null };

export interface BulkStore {
  /** Makes one, to be previewed or, with a start, to run at once. */
  make(id: string, made: BulkMade, start: BulkStart | null): Promise<BulkBegun>;
  /** Starts what was previewed. */
  begin(id: string, start: BulkStart): Promise<BulkBegun>;
  read(id: string): Promise<Bulk | null>;
  /** The latest first. */
  recent(limit: number): Promise<readonly Bulk[]>;
  /** Those that have work left. */
  open(): Promise<readonly string[]>;
  /**
   * Takes or keeps the work on it for so long; another owner who is silent for that long has lost it. `stop`: it is held,
   * and a person wants it stopped.
   */
  hold(id: string, owner: string, forMs: number): Promise<'held' | 'stop' | 'taken' | 'over'>;
  release(id: string, owner: string): Promise<void>;
  /** A list being made belongs to one owner, which makes one list, and becomes the bulk's own at once. */
  gather(id: string, owner: string, cases: readonly ListedCase[]): Promise<void>;
  /** False: another owner was faster, or what this one has gathered is not as long as the list says. */
  freeze(id: string, owner: string, list: NonNullable<Bulk['list']>): Promise<boolean>;
  cases(id: string, from: number, limit: number): Promise<readonly BulkCase[]>;
  /** Counts each case once, whoever says so again. */
  note(id: string, kind: Verdicts, verdicts: readonly NumberedVerdict[]): Promise<void>;
  /** False: it had ended already. */
  end(id: string, state: Exclude<BulkState, 'previewing' | 'running'>, at: number): Promise<boolean>;
  /** The first who says so is remembered. A bulk that nobody works on ends here. */
  stop(id: string, by: Actor & { readonly at: number }): Promise<void>;
}
