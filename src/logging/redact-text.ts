// Takes secrets out of text that is about to be logged: which names are secret, and where the value of a name ends.

export const hidden = '(hidden)';

/**
 * Between the words stands `_`, `-` or nothing, and case does not matter: secretKey, SECRET_KEY and secret-key are one.
 */
const secretNames = [
  'authorization',
  'cookie',
  'webhook signature',
  'secret',
  'secret key',
  'private key',
  'client key',
  'access token',
  'token',
  'password',
  'ingest secret',
  'ingest token',
  'webhook secret',
  'events webhook secret',
  'data keys',
  'operators',
  'bootpay secret key',
  'bootpay private key',
  'bootpay client key',
  'proxy authorization',
  'set cookie',
  'bank account',
  'bank username',
  'bank code',
];

/** A longer name that ends in one is as secret: REDIS_PASSWORD, request.headers.authorization, --token. */
const secretName = `(?<![a-z0-9])(?:${secretNames.map((name) => name.replaceAll(' ', '[_-]*')).join('|')})`;

const wholeName = new RegExp(`${secretName}$`, 'i');

export function isSecretName(name: string): boolean {
  return wholeName.test(name);
}

/** Addresses with a password, headers, name=value, and bodies in JSON. */
export function redactText(text: string): string {
  return mayHoldSecret.test(text) ? redactAnyText(text) : text;
}

/** Every expression below needs one of these; most of what is logged (ids, names, codes) has none. */
const mayHoldSecret = /[:=]|bearer|basic/i;

/** The same without the look before, for a test that compares the two. */
export function redactAnyText(text: string): string {
  return redactFields(
    text
      // A password that was not encoded makes an address invalid, and so the subject of a message.
      .replace(/(\brediss?:\/\/)(?:(?!rediss?:\/\/)[^\s"])*@/gi, `$1${hidden}@`)
      .replace(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s"'?#]*@/gi, `$1${hidden}@`)
      .replace(/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{12,}/gi, `$1 ${hidden}`)
      .replace(/(authorization\s*[:=]\s*[a-z][\w-]*)[ \t]+\S+/gi, `$1 ${hidden}`),
  );
}

const fieldStart = new RegExp(`(${secretName})\\\\*["'\`]?\\s*(?:=>|[:=])\\s*`, 'gi');

/** Looks for secret names only, because a field that is none may hold one: `message: token=...`. */
function redactFields(text: string): string {
  let safe = '';
  let end = 0;
  for (const { 0: start, 1: name = '', index } of text.matchAll(fieldStart)) {
    if (index < end) continue; // part of a value that is hidden already
    const valueAt = index + start.length;
    safe += `${text.slice(end, index)}${name}=${hidden}`;
    end = valueAt + lengthOfValue(text, valueAt, name);
  }
  return safe + text.slice(end);
}

function lengthOfValue(text: string, at: number, name: string): number {
  for (const value of [...enclosedValues, bareValues.find(([names]) => names.test(name))?.[1] ?? bareValue]) {
    value.lastIndex = at;
    const [found = ''] = value.exec(text) ?? [];
    if (found !== '') return found.length;
  }
  return 0;
}

const enclosedValues: readonly RegExp[] = [
  /\(hidden\)/y,
  // In escaped JSON a quote within the value has more backslashes than the one that ends it. Bodies may be cut off.
  /(\\+)"[\s\S]*?(?:(?<!\\)\1"|$)/y,
  /"(?:\\[\s\S]|[^"\\])*(?:"|\\?$)/y,
  /'(?:\\[\s\S]|[^'\\])*(?:'|\\?$)/y,
  // An expression cannot find where a list or an object ends: nothing behind it is shown.
  /[[{][\s\S]*/y,
];

/** Ends at a blank, or at punctuation that is followed by another field, a blank or the end. */
const bareValue =
  /(?:[^\s,;&}\])"']|[,;&}\])"'](?!\s|[\s,;&}\])"'{[\\]{0,8}(?:[\w.-]{1,40}\\*["']?\s*[:=]|$)))+/y;

/** Values with blanks or punctuation of their own. */
const bareValues: readonly (readonly [names: RegExp, value: RegExp])[] = [
  [/cookie$/i, /[^\s;]+(?:;\s*[^\s;]+)*/y],
  [/keys$/i, /\S+/y],
];
