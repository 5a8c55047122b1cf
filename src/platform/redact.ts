// Takes secrets and account numbers out of anything that is about to be logged, whatever its shape.

export const hidden = '(hidden)';

/** Compared without case, `_` and `-`, so that secretKey, SECRET_KEY and secret-key are one name. */
const secretNames = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'webhooksignature',
  'secret',
  'secretkey',
  'privatekey',
  'clientkey',
  'accesstoken',
  'token',
  'password',
  'ingestsecret',
  'ingesttoken',
  'webhooksecret',
  'eventswebhooksecret',
  'datakeys',
  'operators',
  'bootpaysecretkey',
  'bootpayprivatekey',
  'bootpayclientkey',
  'bankaccount',
  'bankusername',
  'bankcode',
]);

const deepest = 8;

/** A copy that is safe to print; the original stays as it is. */
export function redact(value: unknown): unknown {
  return copy(value, { depth: 0, above: [] });
}

/** Text may carry secrets as well: addresses with a password, headers, a quoted JSON body. */
export function redactText(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s"'?#]*@/gi, `$1${hidden}@`)
    .replace(/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{12,}/gi, `$1 ${hidden}`)
    .replace(quotedField, (field: string, name: string) =>
      isSecretName(name) ? `${name}=${hidden}` : field,
    );
}

/** name=value, name: value, "name":"value" and their escaped forms inside a message. */
const quotedField = /\b([a-z][a-z_-]{4,40})\\?["']?\s*[:=]\s*(?:\\?"[^"\\]*\\?"|'[^']*'|[^\s,;&}"']+)/gi;

function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase().replaceAll(/[_-]/g, ''));
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
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item, place));
  if (value instanceof Map) return copyFields(Object.fromEntries(value), place);
  if (value instanceof Set) return [...value].map((item: unknown) => copy(item, place));
  if (value instanceof Error) return copyError(value, place);
  return copyFields(value, place);
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
      name,
      isSecretName(name) && field !== null && field !== undefined ? hidden : copy(field, place),
    ]),
  );
}
