/** What a scenario may say: the receipts that exist, their scripts, the switches, chance. Types come from the schemas. */
import { z } from 'zod';
import { cancelStepSchema, lookUpStepSchema, tokenStepSchema } from './steps.ts';
import { receiptSwitchesInputSchema, switchesInputSchema } from './switches.ts';
import { resolveTime, TIME_FORMS } from './times.ts';

export const METHODS = ['card', 'bank', 'vbank', 'phone', 'naverpay', 'kakaopay', 'payco', 'toss'] as const;
export const PGS = [
  'nicepay',
  'kcp',
  'inicis',
  'tosspayments',
  'danal',
  'welcome',
  'lightpay',
  'payletter',
  'payapp',
  'kakao',
  'naverpay',
  'payco',
] as const;

const won = z.int().min(0);
const time = z.string().refine((text) => resolveTime(text, 0) !== null, `is not ${TIME_FORMS}`);

export const scriptSchema = z.strictObject({
  cancel: z.array(cancelStepSchema).optional(),
  look_up: z.array(lookUpStepSchema).optional(),
});

export const defaultScriptSchema = scriptSchema.extend({ token: z.array(tokenStepSchema).optional() });

export const receiptSchema = z
  .strictObject({
    id: z.string().min(1),
    orderId: z.string().default('1648686604470'),
    orderName: z.string().default('테스트 상품'),
    price: won,
    taxFree: won.default(0),
    method: z.enum(METHODS).default('card'),
    /** Easy pay: a registered card, or the balance (money, point, account). toss: balance when absent. */
    paidWith: z.enum(['card', 'balance']).optional(),
    pg: z.enum(PGS).optional(),
    /** Replaces the Korean display name, for spellings nobody has seen yet. */
    pgName: z.string().optional(),
    status: z.int().default(1),
    purchasedAt: time.default('now'),
    currency: z.string().default('KRW'),
    sandbox: z.boolean().default(false),
    escrow: z.boolean().default(false),
    metadata: z.record(z.string(), z.unknown()).default({}),
    project: z.enum(['ours', 'other']).default('ours'),
    /** What the PG can do: all, no partial (2031), no cancel API (2030), not implemented by Bootpay (2033). */
    cancellable: z.enum(['yes', 'no_partial', 'no_api', 'not_implemented']).default('yes'),
    /** Virtual accounts: the transfer clause in the PG contract, without which nothing is paid back. */
    cmsClause: z.boolean().default(true),
    /** Cancelled before the scenario begins, known to Bootpay. */
    cancelledPrice: won.default(0),
    cancelledTaxFree: won.default(0),
    switches: receiptSwitchesInputSchema.default({}),
    script: scriptSchema.default({}),
  })
  .superRefine((receipt, context) => {
    const atMost = (path: 'taxFree' | 'cancelledPrice' | 'cancelledTaxFree', limit: 'price' | 'taxFree') => {
      if (receipt[path] > receipt[limit])
        context.addIssue({ code: 'custom', path: [path], message: `is more than ${limit}` });
    };
    atMost('taxFree', 'price');
    atMost('cancelledPrice', 'price');
    atMost('cancelledTaxFree', 'taxFree');
  });

const likely = <Step extends z.ZodType>(step: Step) =>
  z.array(z.strictObject({ probability: z.number().min(0).max(1), step })).optional();

/** Faults by chance, for soak runs; drawn where no script says anything. */
export const randomSchema = z.strictObject({
  seed: z.int(),
  cancel: likely(cancelStepSchema),
  look_up: likely(lookUpStepSchema),
  token: likely(tokenStepSchema),
});

/** The page's own example, there when a scenario names no receipts. */
export const EXAMPLE_RECEIPT = { id: '6244f60c1fc19202e42e8c4e', orderId: '1648686604470', price: 1000 };

export const scenarioSchema = z.strictObject({
  receipts: z
    .array(receiptSchema)
    .prefault([EXAMPLE_RECEIPT])
    .refine((receipts) => idsTwice(receipts).length === 0, {
      error: ({ input }) => `ids that are there twice: ${idsTwice(input).join(', ')}`,
      // Also when single receipts are wrong, so that all problems are listed at once.
      when: () => true,
    }),
  switches: switchesInputSchema.default({}),
  /** Every receipt plays it once through, after its own script; `token` is played once. */
  default: defaultScriptSchema.default({}),
  random: randomSchema.optional(),
});

function idsTwice(receipts: unknown): string[] {
  const known = z
    .array(z.looseObject({ id: z.string() }).catch({ id: '' }))
    .catch([])
    .parse(receipts);
  const ids = known.map(({ id }) => id);
  return ids.filter((id, index) => id !== '' && ids.indexOf(id) < index);
}

export type Method = (typeof METHODS)[number];
export type Pg = (typeof PGS)[number];
export type Receipt = z.infer<typeof receiptSchema>;
export type ReceiptInput = z.input<typeof receiptSchema>;
export type Script = z.infer<typeof scriptSchema>;
export type ScriptInput = z.input<typeof scriptSchema>;
export type DefaultScript = z.infer<typeof defaultScriptSchema>;
export type DefaultScriptInput = z.input<typeof defaultScriptSchema>;
export type RandomFaults = z.infer<typeof randomSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;

export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Input that is refused; lists every problem with its place. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** Parses input of the simulator, or throws a ScenarioError that names all problems at once. */
export function parsed<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ScenarioError(result.error.issues.flatMap(problemsOf));
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'is not known' }));
  return [{ path: pathText(issue.path), message: issue.message }];
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '(whole)' : text.replace(/^\./, '');
}
