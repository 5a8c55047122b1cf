// Input from outside: reading it, and telling the sender which field is wrong, in both languages of the project.

/** A sentence or phrase for people. */
export interface Text {
  readonly en: string;
  readonly ko: string;
}

/**
 * One wrong field of an input: what was expected and what came. Only a field that is known to hold no account is
 * echoed; of every other one the kind of value is told.
 */
export interface Problem {
  readonly field: string;
  readonly expected: string;
  readonly expected_ko: string;
  readonly received: string;
}

/** However many rules a field breaks, it is named once: by the first. */
export function onePerField(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    ({ field }, index) => problems.findIndex((other) => other.field === field) === index,
  );
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
  if (value === null || typeof value === 'undefined' || typeof value === 'object') return kindOf(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** What kind of value came, and nothing of what it says. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
