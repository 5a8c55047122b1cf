// Reads each variable of the table by itself: what it holds, or what was expected and what came.
import { isQuoted } from './limits.ts';
import { type Variable, type VariableName, variables } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type ValueOf<Row> =
  Row extends Variable<infer Value, infer Default> ? (Default extends string ? Value : Value | null) : never;
export type Values = { readonly [Name in VariableName]: ValueOf<(typeof variables)[Name]> };

/** `set` names what the environment holds, right or wrong; a wrong variable has no value. */
export type ReadResult = {
  readonly production: boolean;
  readonly set: ReadonlySet<string>;
  readonly problems: readonly string[];
} & (
  | { readonly kind: 'right'; readonly values: Values }
  | { readonly kind: 'wrong'; readonly values: Partial<Values> }
);

export function readValues(env: Environment): ReadResult {
  const production = env['NODE_ENV'] === 'production';
  const answers = Object.entries<Variable<unknown>>(variables).map(([name, variable]) => ({
    name,
    ...readOne(variable, { name, text: textOf(env, name), production }),
  }));
  const problems = answers.flatMap(({ problem }) => problem ?? []);
  const set = new Set(Object.keys(variables).filter((name) => textOf(env, name) !== null));
  // The table gives each name its type; TypeScript loses that on the way through entries.
  const values = Object.fromEntries(answers.map(({ name, value }) => [name, value])) as Values;
  return { kind: problems.length === 0 ? 'right' : 'wrong', production, set, problems, values };
}

/** The one form in which a wrong variable or option is reported. */
export function problemOf(name: string, expected: { en: string; ko: string }, came: string): string {
  return `${name}: expected ${expected.en} (${expected.ko}), got ${came}`;
}

interface GivenText {
  readonly name: string;
  readonly text: string | null;
  readonly production: boolean;
}

function readOne(variable: Variable<unknown>, { name, text, production }: GivenText) {
  const source = text ?? variable.default;
  if (source === null) return { value: null };
  const limits = production ? variable.production : variable.development;
  const parsed = limits.schema.safeParse(source);
  if (parsed.success) return { value: parsed.data };
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  return { problem: problemOf(name, limits.expected, shown(variable, source, place)) };
}

/** These two are not only ours, and most programs read them in lower case, too, which wins then. */
const inLowerCaseToo: readonly string[] = ['HTTPS_PROXY', 'NO_PROXY'] satisfies VariableName[];

/** Empty means absent: the usual way to switch a variable off in a file or in compose. */
function textOf(env: Environment, name: string): string | null {
  const names = inLowerCaseToo.includes(name) ? [name.toLowerCase(), name] : [name];
  return names.map((one) => env[one] ?? '').find((text) => text !== '') ?? null;
}

function shown(variable: Variable<unknown>, text: string, place: string): string {
  const quotes = isQuoted(text) ? ', with quotes around it (따옴표로 감싸여 있음)' : '';
  if (variable.secret) return `another value${place === '' ? '' : ` at ${place}`} (hidden)${quotes}`;
  const bare = text.replace(/\/\/[^/]*@/, '//(hidden)@');
  return JSON.stringify(bare.length > 80 ? `${bare.slice(0, 79)}…` : bare) + quotes;
}
