// Options and arguments of commands: the help, the typed values and the list of all problems come from one definition.
import type { Limits } from '../config/limits.ts';
import { problemOf } from '../config/values.ts';
import { ConfigError } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import { anyText, refundId } from './limits.ts';

/** `flags` as commander writes them, such as `--limit <count>`; an argument is `<file>`. */
interface Option<Value> {
  readonly flags: string;
  readonly description: Text;
  read(raw: unknown): { readonly value: Value } | { readonly problem: string };
}

export type OptionRows = Readonly<Record<string, Option<unknown>>>;
export type ValuesOf<Rows extends OptionRows> = {
  readonly [Name in keyof Rows]: Rows[Name] extends Option<infer Value> ? Value : never;
};

export function required<Value>(flags: string, description: Text, limits: Limits<Value>): Option<Value> {
  const row = { flags, description: { en: `${description.en} (required)`, ko: `${description.ko} (필수)` } };
  return { ...row, read: (raw) => readText(flags, limits, raw) };
}

export function optional<Value>(
  flags: string,
  description: Text,
  limits: Limits<Value>,
): Option<Value | undefined> {
  return {
    flags,
    description,
    read: (raw) => (raw === undefined ? { value: undefined } : readText(flags, limits, raw)),
  };
}

/** A positional argument. */
export function argument<Value>(flags: string, description: Text, limits: Limits<Value>): Option<Value> {
  return { flags, description, read: (raw) => readText(flags, limits, raw) };
}

export function flag(flags: string, description: Text): Option<boolean> {
  return { flags, description, read: (raw) => ({ value: raw === true }) };
}

/** @throws ConfigError that names every wrong option at once. */
export function readOptions<Rows extends OptionRows>(
  rows: Rows,
  raw: Readonly<Record<string, unknown>>,
): ValuesOf<Rows> {
  const answers = Object.entries(rows).map(([name, row]) => ({ name, answer: row.read(raw[name]) }));
  const problems = answers.flatMap(({ answer }) => ('problem' in answer ? [answer.problem] : []));
  if (problems.length > 0) throw new ConfigError(problems);
  const values = answers.map(({ name, answer }) => [name, 'value' in answer ? answer.value : undefined]);
  // Each row gave the value its type; TypeScript loses that on the way through entries.
  return Object.fromEntries(values) as ValuesOf<Rows>;
}

function readText<Value>(flags: string, limits: Limits<Value>, raw: unknown) {
  const parsed = typeof raw === 'string' ? limits.schema.safeParse(raw) : null;
  if (parsed?.success === true) return { value: parsed.data };
  const name = flags.split(' ').find((part) => part.startsWith('--')) ?? flags;
  return { problem: problemOf(name, limits.expected, raw === undefined ? 'nothing' : shown(raw)) };
}

function shown(raw: unknown): string {
  const text = JSON.stringify(raw) ?? String(raw);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

export const json = flag('--json', {
  en: 'One JSON value on standard output, a list as JSON Lines.',
  ko: 'JSON으로 출력해요. 목록은 한 줄에 하나씩.',
});

/** Of every command on one case. */
export const caseArgument = argument(
  '<refund_id>',
  { en: 'As dead-letters list shows it.', ko: 'dead-letters list에 나오는 ID.' },
  refundId,
);

/** Of every command that acts on a case, the lane or an outcome event. */
export const byPerson = {
  reason: required('--reason <text>', { en: 'Why; recorded.', ko: '이유. 기록에 남아요.' }, anyText(1_000)),
  as: required(
    '--as <name>',
    { en: 'Who you are; recorded.', ko: '처리하는 사람. 기록에 남아요.' },
    anyText(100),
  ),
};
