// Input from outside: reading it, and naming the wrong fields to the sender, in both languages of the project.

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

/** A field that breaks several rules is named once, with the first of them. */
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

/** What kind of value came, and nothing of its content. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
