/** The switches: one for each thing nobody outside Bootpay knows, so that the worker is tried against all of it. */
import { z } from 'zod';
import { codeName, milliseconds } from './fields.ts';

const perSecond = z.number().positive().nullable();
const paidOrCancelled = z.union([z.literal(1), z.literal(20)]);
const refusedWith = z.strictObject({ code: codeName, pgErrorCode: z.string().nullable() });

const statusAfterPartial = z.strictObject({
  cancelResponse: paidOrCancelled,
  lookUp: paidOrCancelled,
  webhook: paidOrCancelled,
});

const credentials = z.strictObject({
  clientKey: z.string(),
  secretKey: z.string(),
  applicationId: z.string(),
  privateKey: z.string(),
  /** Ids of the project's web, Android and iOS applications: APP_KEY_NOT_REST. */
  otherPlatformIds: z.array(z.string()),
});

const webhooks = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).nullable(),
  delayMs: milliseconds,
  /** The cancel is answered only after the first try to deliver. Wants `delayMs` 0 or short. */
  beforeAnswer: z.boolean(),
  /** How many more times each is sent although it was delivered. */
  duplicates: z.int().min(0),
  /** Each second webhook goes out before the one before it. */
  outOfOrder: z.boolean(),
  missing: z.boolean(),
  /** Default of Bootpay's admin: 10. Its intervals are unknown; here each is twice the one before. */
  retries: z.int().min(0),
  retryDelayMs: milliseconds,
});

/** What a receipt may override for itself. */
const perReceipt = {
  /** A refused attempt uses up its cancel_id: always, never, or for these codes. */
  burnsRefusedCancelId: z.union([z.boolean(), z.array(codeName)]),
  /** Whether a cancel_id that was used before is refused at all; what Bootpay does with it is not documented well. */
  refusesUsedCancelId: z.boolean(),
  /** Every cancel is told that its cancel_id was used before. */
  refusesEveryCancelId: z.boolean(),
  /** Whether a used cancel_id (2029) is noticed before "already cancelled" and the amounts, or after. */
  cancelIdCheckedFirst: z.boolean(),
  /** Whether a cancel over what is left is refused; if not, more goes back than was paid. */
  guardsAmounts: z.boolean(),
  statusAfterPartial,
  /** `minimal`: only the fields of the page's example. */
  cancelResponseShape: z.enum(['full', 'minimal']),
  /** How long a cancel stays invisible to look-ups. */
  lookUpLagMs: milliseconds,
  /** Fields that look-ups leave out, and fields that they show with another value. */
  lookUpWithout: z.array(z.string()),
  lookUpWith: z.record(z.string(), z.unknown()),
  latencyMs: milliseconds,
  /** Share of the latency by which it varies, 0 to 1. */
  jitter: z.number().min(0).max(1),
  /** What the second of two cancels at the same time gets: its turn, or a code. */
  concurrentCancel: z.union([z.literal('serialised'), codeName]),
  /** Whether `cancelOutside` is visible when the caller does not say. */
  lookUpSeesOutsideCancel: z.boolean(),
  /** How replies are written: begun with a byte order mark, compressed although nobody asked for it. */
  replyMark: z.boolean(),
  replyEncoding: z.enum(['identity', 'gzip', 'deflate', 'deflate-raw', 'br']),
  /** The official codes by name, as documents show them on the wire, or by their number. */
  errorCodeAs: z.enum(['name', 'number', 'number_text']),
  /** What stands in `error_code` of a success; null: the field is not there. */
  okErrorCode: z.union([z.literal(0), z.literal('0'), z.literal('')]).nullable(),
  /** The answer when the PG has nothing left but Bootpay does not know. */
  pgSaysAlreadyCancelled: refusedWith,
  windowClosed: refusedWith,
  otherProjectReply: z.enum(['TOKEN_KEY_INVALID', 'RC_NOT_FOUND']),
};

const everywhere = {
  cancelIdScope: z.enum(['receipt', 'project']),
  httpStatusByCode: z.record(codeName, z.int().min(200).max(599)),
  /** Cancels per sliding second that reach the PG; over it 2032 with pg code 9003. */
  ratePerSecond: perSecond,
  /** Calls of any kind per sliding second; over it 429. */
  throttleOver: perSecond,
  throttleRetryAfter: z.union([z.int().min(0), z.string()]).nullable(),
  callerIpAllowed: z.boolean(),
  tokenLifeMs: z.int().min(1),
  /** Asked again within this time, the same token comes back. */
  tokenReuseMs: milliseconds,
  credentials,
  webhooks,
};

export const switchesSchema = z.strictObject({ ...perReceipt, ...everywhere });
export const switchesInputSchema = z
  .strictObject({
    ...perReceipt,
    ...everywhere,
    statusAfterPartial: statusAfterPartial.partial(),
    credentials: credentials.partial(),
    webhooks: webhooks.partial(),
  })
  .partial();
export const receiptSwitchesInputSchema = z
  .strictObject({ ...perReceipt, statusAfterPartial: statusAfterPartial.partial() })
  .partial();

export type Switches = z.infer<typeof switchesSchema>;
export type SwitchesInput = z.input<typeof switchesInputSchema>;
export type ReceiptSwitchesInput = z.input<typeof receiptSwitchesInputSchema>;

export const DEFAULT_SWITCHES: Switches = {
  burnsRefusedCancelId: false,
  refusesUsedCancelId: true,
  refusesEveryCancelId: false,
  cancelIdCheckedFirst: false,
  guardsAmounts: true,
  statusAfterPartial: { cancelResponse: 1, lookUp: 1, webhook: 20 },
  cancelResponseShape: 'full',
  lookUpLagMs: 0,
  lookUpWithout: [],
  lookUpWith: {},
  latencyMs: 0,
  jitter: 0,
  concurrentCancel: 'serialised',
  lookUpSeesOutsideCancel: true,
  replyMark: false,
  replyEncoding: 'identity',
  errorCodeAs: 'name',
  okErrorCode: null,
  pgSaysAlreadyCancelled: { code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '2015' },
  windowClosed: { code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '8104' },
  otherProjectReply: 'TOKEN_KEY_INVALID',
  cancelIdScope: 'receipt',
  httpStatusByCode: {},
  ratePerSecond: null,
  throttleOver: null,
  throttleRetryAfter: 1,
  callerIpAllowed: true,
  tokenLifeMs: 30 * 60_000,
  tokenReuseMs: 25 * 60_000,
  credentials: {
    clientKey: 'sim_client_key',
    secretKey: 'sim_secret_key',
    applicationId: 'sim_application_id',
    privateKey: 'sim_private_key',
    otherPlatformIds: ['sim_web_application_id'],
  },
  webhooks: {
    url: null,
    delayMs: 0,
    beforeAnswer: false,
    duplicates: 0,
    outOfOrder: false,
    missing: false,
    retries: 10,
    retryDelayMs: 1_000,
  },
};

/** The switches after a change: what the input does not name stays; nested groups are merged too. */
export function changedSwitches(current: Switches, input: SwitchesInput): Switches {
  return switchesSchema.parse({
    ...current,
    ...named(input),
    statusAfterPartial: { ...current.statusAfterPartial, ...named(input.statusAfterPartial ?? {}) },
    httpStatusByCode: { ...current.httpStatusByCode, ...input.httpStatusByCode },
    credentials: { ...current.credentials, ...named(input.credentials ?? {}) },
    webhooks: { ...current.webhooks, ...named(input.webhooks ?? {}) },
  });
}

function named(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
