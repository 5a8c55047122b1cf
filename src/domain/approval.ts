// What one person asked for and another one has to approve: an act on a case as it was then, with all that it would do.
import { z } from 'zod';
import { vias } from './action.ts';
import { type RefundId, refundIdSchema } from './ids.ts';
import { resolveOutcomes } from './refund.ts';

/** Rules that a person may have an act pass over, by confirming what each of them says. */
export const confirmableRules = [
  'no_look_up',
  'stale_look_up',
  'landed',
  'unreadable',
  'acknowledge',
  'new_generation',
] as const;
export type ConfirmableRule = (typeof confirmableRules)[number];

const acknowledgement = {
  acknowledge: z.boolean(),
  /** What applied when it was asked for. 0.7.0 did not keep it: then nothing was confirmed. */
  acknowledged: z.array(z.enum(confirmableRules)).default([]),
};

const replaySchema = z.object({
  act: z.literal('replay'),
  newGeneration: z.boolean(),
  ...acknowledgement,
  edits: z.object({
    amountWon: z.number().optional(),
    full: z.boolean().optional(),
    taxFreeWon: z.number().optional(),
    message: z.string().optional(),
  }),
  /** A refund account was given; it is kept apart, sealed. */
  newAccount: z.boolean(),
});

const resolveSchema = z.object({
  act: z.literal('resolve'),
  outcome: z.enum(resolveOutcomes),
  /** What a person sent by hand. */
  amountWon: z.number().optional(),
  evidence: z.string().nullable(),
  ...acknowledgement,
});

const askedActSchema = z.discriminatedUnion('act', [replaySchema, resolveSchema]);

export const approvalSchema = z.object({
  id: z.string(),
  refundId: refundIdSchema,
  orderId: z.string().nullable(),
  /** Of the case that it was asked for. */
  version: z.number(),
  /** Who asked, by which way, when (ms), and why. */
  who: z.string(),
  via: z.enum(vias),
  at: z.number(),
  reason: z.string(),
  /** From then on it cannot be approved any more, ms. */
  until: z.number(),
  /** What the act is about; null: not known. And what the case was about as it stood. */
  amountWon: z.number().nullable(),
  caseWon: z.number().nullable(),
  asked: askedActSchema,
});
export type Approval = z.infer<typeof approvalSchema>;

/** One of a case at a time, so that its refund, version and time name it. */
export function approvalId({ refundId, version, at }: Pick<Approval, 'refundId' | 'version' | 'at'>): string {
  return `${refundId}-${version}-${at}`;
}

/** null: no id of an approval. */
export function partsOfApprovalId(id: string): { refundId: RefundId; version: number } | null {
  const found = /^(rf_[a-z2-7]{26})-(\d{1,16})-\d{1,16}$/.exec(id);
  const refundId = refundIdSchema.safeParse(found?.[1]).data;
  return refundId === undefined ? null : { refundId, version: Number(found?.[2]) };
}
