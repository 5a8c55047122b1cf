/** One step of a script: how the simulator answers one call of a kind (or `times` calls) instead of normally. */
import { z } from 'zod';
import { AUTH_CODE_NAMES } from './codes.ts';
import { codeName, milliseconds } from './fields.ts';

const everyStep = {
  /** Replaces the switch `latencyMs` (and its jitter) for this call. */
  latencyMs: milliseconds.optional(),
  /** How many calls the step answers; 1 when absent. */
  times: z.union([z.int().min(1), z.literal('always')]).optional(),
};

const refusal = {
  pgErrorCode: z.string().optional(),
  message: z.string().optional(),
  httpStatus: z.int().min(200).max(599).optional(),
};

/** Money that moves although the answer says otherwise: `commitAfterMs` absent = it does not. */
const hiddenCommit = {
  commitAfterMs: milliseconds.optional(),
  /** `false`: the look-up never shows it. */
  visible: z.boolean().optional(),
};

/** Answers that can take the place of any reply. `extra` is what only the cancel adds. */
function pageSteps<Extra extends z.ZodRawShape, Refused extends z.ZodRawShape>(
  extra: Extra,
  refused: Refused,
) {
  const also = { ...everyStep, ...extra };
  return [
    z.strictObject({ reply: z.literal('normal'), ...everyStep }),
    z.strictObject({ reply: z.literal('code'), code: codeName, ...refusal, ...everyStep, ...refused }),
    z.strictObject({
      reply: z.literal('ok_with_error_code'),
      code: codeName.optional(),
      ...refusal,
      ...everyStep,
      ...refused,
    }),
    z.strictObject({ reply: z.literal('ok_without_amounts'), ...also }),
    /** `cancelledPrice` is what the answer shows; 1 won more than the truth when absent. */
    z.strictObject({
      reply: z.literal('ok_other_amounts'),
      cancelledPrice: z.int().min(0).optional(),
      ...also,
    }),
    z.strictObject({ reply: z.enum(['truncated', 'not_json', 'empty_204', 'empty_503']), ...also }),
    /** Any text under any status: a firewall's page, a proxy's, JSON of a shape that nobody expected. */
    z.strictObject({
      reply: z.literal('page'),
      status: z.int().min(200).max(599),
      type: z.string().optional(),
      text: z.string().optional(),
      ...also,
    }),
    z.strictObject({ reply: z.literal('oversized'), bytes: z.int().min(1).optional(), ...also }),
    /** Seconds, or an HTTP date, or any text a server might put there. */
    z.strictObject({
      reply: z.literal('throttled_429'),
      retryAfter: z.union([z.int().min(0), z.string()]).optional(),
      ...also,
    }),
    z.strictObject({
      reply: z.enum(['redirect_302', 'redirect_307']),
      location: z.string().optional(),
      ...also,
    }),
    /** `empty`: a plain 401 without a body. */
    z.strictObject({
      reply: z.literal('unauthorized'),
      form: z.enum([...AUTH_CODE_NAMES, 'empty']).optional(),
      ...also,
    }),
  ] as const;
}

/**
 * `commit` says whether the money moves before the answer goes out wrong. When absent: yes for the 2xx
 * ones (`ok_*`, `truncated`, `not_json`, `oversized`, `empty_204`), no for the rest, a `page` too.
 */
export const cancelStepSchema = z.discriminatedUnion('reply', [
  ...pageSteps({ commit: z.boolean().optional() }, hiddenCommit),
  z.strictObject({
    reply: z.enum([
      'reset_before_commit',
      'reset_after_commit',
      'hang_before_commit',
      'hang_after_commit',
      'html_502_before_commit',
      'html_502_after_commit',
    ]),
    ...everyStep,
  }),
  /** The caller hears nothing (`how`, a hang when absent), the money moves `delayMs` later. */
  z.strictObject({
    reply: z.literal('late_commit'),
    delayMs: milliseconds,
    how: z.enum(['hang', 'reset']).optional(),
    visible: z.boolean().optional(),
    ...everyStep,
  }),
]);

const withoutCommit = [
  ...pageSteps({}, {}),
  z.strictObject({ reply: z.enum(['reset', 'hang', 'html_502']), ...everyStep }),
] as const;

export const lookUpStepSchema = z.discriminatedUnion('reply', [
  ...withoutCommit,
  /** `stale` shows the totals of before the last cancel. */
  z.strictObject({ reply: z.literal('stale'), ...everyStep }),
  z.strictObject({ reply: z.literal('not_found'), ...everyStep }),
]);

export const tokenStepSchema = z.discriminatedUnion('reply', withoutCommit);

export type CancelStep = z.infer<typeof cancelStepSchema>;
export type CancelStepInput = z.input<typeof cancelStepSchema>;
export type LookUpStep = z.infer<typeof lookUpStepSchema>;
export type LookUpStepInput = z.input<typeof lookUpStepSchema>;
export type TokenStep = z.infer<typeof tokenStepSchema>;
export type TokenStepInput = z.input<typeof tokenStepSchema>;
