// Input from outside: reading it, and naming the wrong fields to the sender, in both languages of the project.
import type { JSONPath } from 'jsonc-parser';
import type { z } from 'zod';
import { escapeUnseen } from './ids.ts';
import { InexactNumber, pathText } from './json.ts';

/** A sentence or phrase for people. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

/**
 * One wrong field of an input: what was expected and what came. A value is echoed only where the field is known to hold
 * no account; for every other field only the kind of value is named.
 */
export interface Problem {
  readonly field: string;
  readonly expected: string;
  readonly expected_ko: string;
  readonly received: string;
}

/** Where an input is wrong; `unknown`: a field that does not exist. */
export interface WrongPlace {
  readonly path: readonly string[];
  readonly unknown: boolean;
}

export function wrongPlaces(error: z.core.$ZodError | undefined): WrongPlace[] {
  return (error?.issues ?? []).flatMap((issue): WrongPlace[] => {
    const path = issue.path.map(String);
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...path, key], unknown: true }))
      : [{ path, unknown: false }];
  });
}

/** An answer names so many wrong fields at most, whatever was sent. */
export const mostProblems = 50;

/** A field that breaks several rules is named once, with the first of them. The last entry counts what is left out. */
export function problemList(
  places: readonly WrongPlace[],
  problemAt: (place: WrongPlace) => Problem,
): Problem[] {
  const byField = new Map<string, WrongPlace>();
  for (const place of places) {
    const field = pathText(place.path);
    if (!byField.has(field)) byField.set(field, place);
  }
  return withinBounds([...byField.values()], problemAt);
}

/** At most 50 of them; then one more that says how many are left out. */
export function withinBounds<Place>(
  places: readonly Place[],
  problemAt: (place: Place) => Problem,
  most = mostProblems,
): Problem[] {
  const more = places.length - most;
  const shown = places.slice(0, Math.max(most, 0)).map(problemAt);
  return more > 0 ? [...shown, leftOut(more)] : shown;
}

function leftOut(count: number): Problem {
  return {
    field: '(more)',
    expected: `no more than ${mostProblems} are named`,
    expected_ko: `최대 ${mostProblems}개까지 알려 드려요`,
    received: `${count} more`,
  };
}

/** A name that stands twice in one object: programs disagree about which of the values counts. */
export function repeatedNames(paths: readonly JSONPath[]): Problem[] {
  return paths.map((path) => ({
    field: pathText(path),
    expected: 'each name once in its object',
    expected_ko: '한 객체에 같은 이름은 한 번만',
    received: 'the same name twice',
  }));
}

/** undefined: not JSON. */
export function parseJson(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    input,
  );
}

/** The value itself, cut; only for fields that may be echoed. */
export function show(value: unknown): string {
  const text = textOf(value);
  if (text === null) return kindOf(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function textOf(value: unknown): string | null {
  if (value instanceof InexactNumber) return value.text;
  switch (typeof value) {
    case 'string':
      return escapeUnseen(JSON.stringify(value.slice(0, 100)));
    case 'number': // NaN and Infinity as well, which JSON would call null
    case 'boolean':
      return String(value);
    case 'bigint':
      return `${value}n`;
    default:
      return null;
  }
}

/** What kind of value came, and nothing of its content. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value instanceof InexactNumber) return 'a number';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
