// What people are alerted to, and what is remembered of it: so that a restart neither repeats nor forgets. Nothing here
// was written by a customer or a clerk, except the id of the order.
import { z } from 'zod';

/** A case as alerts speak of it. Times in ms. */
export const alertCaseSchema = z.object({
  refundId: z.string(),
  orderId: z.string().nullable(),
  /** Since when it is a case: another time makes it a new one. */
  at: z.number(),
  /** From when to when the law gives time; null: the record cannot be read. */
  period: z.object({ from: z.number(), to: z.number() }).nullable(),
  /** From when on a person may act; null: at once. */
  opensAt: z.number().nullable(),
  /** null: not known. */
  won: z.number().nullable(),
  severity: z.string(),
  reason: z.string(),
});
export type AlertCase = z.infer<typeof alertCaseSchema>;

/** Cases that are told in one line. */
const alertSumSchema = z.object({
  count: z.int(),
  /** Of those whose amount is known. */
  won: z.number(),
  uncounted: z.int(),
  /** The one that is named. */
  first: alertCaseSchema,
});
export type AlertSum = z.infer<typeof alertSumSchema>;

/** Half of the way to `refund_by`, 80 % of it, and past it. */
const deadlineLevels = ['half', 'most', 'past'] as const;
export type DeadlineLevel = (typeof deadlineLevels)[number];

export const alertCauses = [
  'credentials_refused',
  'no_worker',
  'data_key_missing',
  'lane_held',
  'bootpay_silent',
] as const;
/** What stops refunds and can be remembered. That Redis takes no writes is told by the process that notices it. */
export type AlertCause = (typeof alertCauses)[number];

const standingSchema = z.object({
  cause: z.enum(alertCauses),
  since: z.number(),
  /** When it was last seen. */
  seenAt: z.number(),
  /** null: not yet. */
  toldAt: z.number().nullable(),
});
export type AlertStanding = z.infer<typeof standingSchema>;

export const alertStateSchema = z.object({
  schema: z.literal(1),
  /** New cases are looked for from here on, ms. */
  seenUpTo: z.number(),
  /** Where the look for closed cases goes on. */
  scan: z.string(),
  /** What is not told yet. */
  fresh: z.array(alertSumSchema),
  late: z.array(alertSumSchema.extend({ level: z.enum(deadlineLevels) })),
  closed: alertSumSchema.nullable(),
  standing: z.array(standingSchema),
  ended: z.array(standingSchema.extend({ endedAt: z.number() })),
  /** Of the latest message that was taken. */
  sentAt: z.number().nullable(),
  /** The receiver does not take messages; `nextAt`: when it is tried again. */
  failing: z.object({ since: z.number(), tries: z.int(), nextAt: z.number(), reason: z.string() }).nullable(),
});
export type AlertState = z.infer<typeof alertStateSchema>;

/** How a message is written. */
export type AlertKind = 'slack' | 'kakaowork' | 'jandi' | 'dooray' | 'json';

const kindsByHost: readonly (readonly [host: string, kind: AlertKind])[] = [
  ['slack.com', 'slack'],
  ['slack-gov.com', 'slack'],
  ['kakaowork.com', 'kakaowork'],
  ['jandi.com', 'jandi'],
  ['dooray.com', 'dooray'],
  ['dooray.co.kr', 'dooray'],
  ['gov-dooray.com', 'dooray'],
];

/** By the host of its address; any other one takes plain JSON. */
export function alertKindOf(url: string): AlertKind {
  const { hostname } = new URL(url);
  const found = kindsByHost.find(([host]) => hostname === host || hostname.endsWith(`.${host}`));
  return found?.[1] ?? 'json';
}
