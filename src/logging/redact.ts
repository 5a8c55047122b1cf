// Takes secrets and account numbers out of anything that is about to be logged, whatever its shape.
import { hidden, isSecretName, redactText } from './redact-text.ts';

export { hidden, redactText } from './redact-text.ts';

const deepest = 8;

/** A copy that is safe to print; the original stays as it is. */
export function redact(value: unknown): unknown {
  return copy(value, { depth: 0, above: [] });
}

interface Place {
  readonly depth: number;
  readonly above: readonly object[];
}

function copy(value: unknown, place: Place): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `(${typeof value})`;
  if (typeof value !== 'object' || value === null) return value;
  if (place.above.includes(value)) return '(circular)';
  if (place.depth >= deepest) return '(too deep)';
  return copyObject(value, { depth: place.depth + 1, above: [...place.above, value] });
}

function copyObject(value: object, place: Place): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '(no date)' : value.toISOString();
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '(bytes)';
  if (Array.isArray(value)) return copyList(value, place);
  if (value instanceof Map) return copyFields(Object.fromEntries(value), place);
  if (value instanceof Set) return copyList([...value], place);
  if (value instanceof Error) return copyError(value, place);
  return copyFields(value, place);
}

/** Names and values may stand side by side: entries, raw headers, arguments. */
function copyList(list: readonly unknown[], place: Place): unknown[] {
  const named = (item: unknown) => typeof item === 'string' && isSecretName(item);
  return list.map((item, index) =>
    named(list[index - 1]) && !named(item) ? hiddenUnlessAbsent(item) : copy(item, place),
  );
}

/** name, message, stack and cause are not enumerable, and causes are where libraries keep requests. */
function copyError(error: Error, place: Place): unknown {
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message: redactText(message),
    stack: redactText(stack ?? ''),
    ...(cause === undefined ? {} : { cause: copy(cause, place) }),
    ...copyFields(error, place),
  };
}

function copyFields(value: object, place: Place): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => [
      redactText(name),
      isSecretName(name) || isArguments(value, name) ? hiddenUnlessAbsent(field) : copy(field, place),
    ]),
  );
}

/** ioredis puts the command that failed on its errors: { name: 'auth', args: [password] }. */
function isArguments(value: object, name: string): boolean {
  return name === 'args' && 'name' in value && typeof value.name === 'string';
}

function hiddenUnlessAbsent(field: unknown): unknown {
  return field === null || field === undefined ? field : hidden;
}
