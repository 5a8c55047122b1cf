// What a person did or wanted to do, as the stream of actions keeps it: who, by which way, what, and what came of it.
// Ids, amounts and words of staff; no account, no name and no message of a customer.
import { z } from 'zod';

/** By which way a person acts. */
export const vias = ['desk', 'http', 'cli'] as const;
export type Via = (typeof vias)[number];

const actionKinds = [
  'replay',
  'resolve',
  'bulk_start',
  'bulk_stop',
  'lane_hold',
  'lane_resume',
  /** Not known which of the two: it was refused before it was read. */
  'lane',
  'events_resend',
  'look_again',
  /** Rows of an uploaded spreadsheet became refunds. */
  'sheet_send',
  'note',
  'hand_over',
  /** Only where a role refused it: who looks at a case is not kept. */
  'watch',
  'ask_approval',
  'approve',
  'send_back',
  'sign_in',
  'sign_out',
] as const;
export type ActionKind = (typeof actionKinds)[number];

/** `unchanged`: it was so already. `moved`: the record was another one by then. */
const actionAnswers = ['done', 'unchanged', 'refused', 'moved', 'not_found'] as const;
export type ActionAnswer = (typeof actionAnswers)[number];

const text = z.string().nullable().default(null);

/** As it is read: a newer version may have ways, kinds and answers of its own. */
export const actionSchema = z.object({
  /** ms */
  at: z.number(),
  who: z.string(),
  via: z.string(),
  what: z.string(),
  refundId: text,
  orderId: text,
  /** Id of the bulk replay that it belongs to. */
  bulk: text,
  /** The version that the person saw; null: whichever was stored. */
  version: z.number().nullable().default(null),
  /** States before and after, where a record moved. */
  from: text,
  to: text,
  reason: text,
  /** What was changed or chosen, by name; an account only as `replaced`. */
  edits: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  answer: z.string(),
  /** Of a refusal. */
  rule: text,
  /** Id of the approval that it asks for, gives, sends back or was allowed by; and who approved it. */
  approval: text,
  approvedBy: text,
});

/** As it is read back. */
export type StoredAction = z.infer<typeof actionSchema> & { readonly id: string };

/** As it is written; what is absent is null. */
export type Action = Pick<z.infer<typeof actionSchema>, 'at' | 'who'> &
  Partial<Omit<z.infer<typeof actionSchema>, 'at' | 'who' | 'via' | 'what' | 'answer'>> & {
    readonly via: Via;
    readonly what: ActionKind;
    readonly answer: ActionAnswer;
  };

/** Who acts, and by which way. */
export type Actor = Pick<Action, 'who' | 'via'>;

/** Newest first. */
export interface ActionQuery {
  readonly who?: string | undefined;
  readonly refundId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly what?: ActionKind | undefined;
  readonly answer?: ActionAnswer | undefined;
  /** At or after, and at or before, ms. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** With fewer than `limit` items, even none, there may be more: what fits is looked for so far back, and no further. */
export interface ActionPage {
  readonly items: readonly StoredAction[];
  readonly nextCursor: string | null;
}
