// A secret planted anywhere in anything that is logged is not in the printed line, and what surrounds it still is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { hidden, redact, redactText } from '../../src/logging/redact.ts';
import { redactAnyText } from '../../src/logging/redact-text.ts';

const text: string[] = [];
const destination = { write: (line: string) => void text.push(line) };
const logger = createLogger({ level: 'info', destination });

/** What pino really writes: once as fields of a line, once as fields of a child. */
function printed(fields: Record<string, unknown>, event = 'failed'): string {
  text.length = 0;
  logger.error(fields, event);
  logger.child(fields).info({}, event);
  return text.join('');
}

/** By hand from docs/design.md 10 to 12, apart from the code: credentials, and the parts of a refund account. */
const secretWords = [
  'authorization, proxy authorization, cookie, set cookie, webhook signature, secret key, private key, client key',
  'access token, token, secret, password, bank account, bank username, bank code, bootpay secret key',
  'bootpay private key, bootpay client key, ingest secret, ingest token, events webhook secret, data keys, operators',
].flatMap((line) => line.split(', ').map((words) => words.split(' ')));

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** One name as it comes in JSON, in headers, in the environment and in JavaScript. */
const spellings: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.join('_'),
  (words) => words.join('-'),
  (words) => words.join(''),
  (words) => words.join('_').toUpperCase(),
  (words) => words.map(capital).join('-'),
  (words) => words.map((word, index) => (index === 0 ? word : capital(word))).join(''),
  (words) => words.map(capital).join(''),
];
const secretNames = fc
  .tuple(fc.constantFrom(...secretWords), fc.constantFrom(...spellings))
  .map(([words, spell]) => spell(words));

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength, maxLength }).map((numbers) => numbers.join(''));
const hangul = fc
  .array(fc.integer({ min: 0xac00, max: 0xd7a3 }), { minLength: 4, maxLength: 8 })
  .map((points) => String.fromCodePoint(...points));
const bankAccounts = fc.tuple(digits(3, 3), digits(3, 4), digits(5, 6)).map((parts) => parts.join('-'));
/** Visible ASCII, as the configuration takes it; its letters and digits in the middle are what is looked for. */
const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)) });
const plain = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/);

interface Secret {
  readonly text: string;
  /** The parts of it that no line may contain. */
  readonly traces: readonly string[];
}

const whole = (text: string): Secret => ({ text, traces: [text] });
const opaque = fc
  .tuple(plain, visible, plain)
  .map(([head, middle, tail]): Secret => ({ text: `${head}${middle}${tail}`, traces: [head, tail] }));
const people = fc.tuple(hangul, hangul).map((parts): Secret => ({ text: parts.join(' '), traces: parts }));
const secrets = fc.oneof(plain.map(whole), bankAccounts.map(whole), people, opaque);

function expectHidden(line: string, { traces }: Secret): void {
  for (const trace of traces) {
    expect(line).not.toContain(trace);
    // JSON as PHP, Python and Ruby write it: \uXXXX for what is not ASCII.
    expect(line).not.toContain(asciiOnly(trace).replaceAll('\\', '\\\\'));
    expect(line).not.toContain(asciiOnly(trace));
  }
}

function asciiOnly(text: string): string {
  return text.replaceAll(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

type Wrap = (inner: unknown) => unknown;

/** Ways in which one thing holds another. */
const wraps: readonly Wrap[] = [
  (inner) => ({ inner }),
  (inner) => [1, inner, 'x'],
  (inner) => new Map<string, unknown>([['inner', inner]]),
  (inner) => new Set<unknown>(['x', inner]),
  (inner) => new Error('failed', { cause: inner }),
  (inner) => Object.assign(new TypeError('failed'), { response: inner }),
  (inner) => Object.assign(Object.create(null), { inner, at: new Date(0) }),
  (inner) => {
    const circular: Record<string, unknown> = { inner };
    circular['self'] = circular;
    return circular;
  },
];
const nestings = fc.array(fc.constantFrom(...wraps), { maxLength: 12 });
const nested = (value: unknown, around: readonly Wrap[]) =>
  around.reduce((inner, wrap) => wrap(inner), value);

/** Ways in which a name holds a secret. */
const holders: readonly ((name: string, text: string) => unknown)[] = [
  (name, text) => ({ [name]: text }),
  (name, text) => ({ [name]: [text] }),
  (name, text) => ({ [name]: { value: text } }),
  (name, text) => ({ [name]: new Map([['value', text]]) }),
  (name, text) => ({ [name]: new Error(text) }),
  (name, text) => new Map([[name, text]]),
  (name, text) => Object.assign(new Error('failed'), { [name]: text }),
  (name, text) => [name, text],
  (name, text) => ['--attempt', '1', `--${name}`, text],
  (name, text) => Object.entries({ attempt: '1', [name]: text }),
  (name, text) => ({ [`request.headers.${name}`]: text }),
];

describe('a secret under its name', () => {
  test('is in no line, whatever holds the name and whatever holds that', () => {
    fc.assert(
      fc.property(
        secretNames,
        secrets,
        fc.constantFrom(...holders),
        nestings,
        (name, secret, hold, around) => {
          expectHidden(printed({ value: nested(hold(name, secret.text), around) }), secret);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is in no line when it is a number', () => {
    fc.assert(
      fc.property(secretNames, fc.bigInt(10n ** 10n, 10n ** 15n), nestings, (name, account, around) => {
        const text = String(account);
        for (const value of [account, Number(account)]) {
          expectHidden(printed({ value: nested({ [name]: value }, around) }), whole(text));
        }
      }),
    );
  });
});

/** Ways in which a text holds a named secret. */
const quoted: readonly ((name: string, text: string) => string)[] = [
  (name, text) => JSON.stringify({ [name]: text }),
  (name, text) => JSON.stringify({ code: 'X', [name]: text, after: 'y' }),
  (name, text) => JSON.stringify({ [name]: text }, null, 2),
  (name, text) => asciiOnly(JSON.stringify({ [name]: text })),
  (name, text) => JSON.stringify({ [name]: [text] }),
  (name, text) => JSON.stringify({ [name]: { value: text } }),
  (name, text) => JSON.stringify(JSON.stringify({ [name]: text })),
  (name, text) => JSON.stringify({ body: JSON.stringify({ [name]: text }) }),
  (name, text) => JSON.stringify({ body: JSON.stringify({ body: JSON.stringify({ [name]: text }) }) }),
  // A body that was cut off in the middle.
  (name, text) => JSON.stringify({ [name]: text }).slice(0, -2),
  (name, text) => JSON.stringify({ message: `sent ${JSON.stringify({ [name]: text })}` }),
  (name, text) => `Map(1) { '${name}' => '${text.replaceAll(/[\\']/g, '\\$&')}' }`,
  (name, text) => `{ ${name}: '${text.replaceAll(/[\\']/g, '\\$&')}' }`,
  (name, text) => `reason: ${JSON.stringify({ [name]: text })}`,
];
const unquoted: readonly ((name: string, text: string) => string)[] = [
  (name, text) => `${name}=${text}`,
  (name, text) => `${name}: ${text}`,
  (name, text) => `message: ${name}=${text}`,
  (name, text) => `"message":"${name}=${text}"`,
  (name, text) => `https://example.com/?attempt=1&${name}=${encodeURIComponent(text)}&page=2`,
  (name, text) => `_${name}=${text}, attempt=1`,
];

/** Ways in which a text gets into a line. */
const carriers: readonly ((text: string) => Record<string, unknown>)[] = [
  (text) => ({ text }),
  (text) => ({ error: new Error(text) }),
  (text) => ({ error: new Error('outer', { cause: new AggregateError([], text) }) }),
  (text) => ({ list: [{ text }] }),
  (text) => ({ set: new Set([text]) }),
  (text) => ({ map: new Map([[text, 1]]) }),
  (text) => ({ [text]: true }),
];

describe('a secret in a text', () => {
  test('is in no line when its name stands before it and it is quoted, however often, or cut off', () => {
    fc.assert(
      fc.property(
        secretNames,
        secrets,
        fc.constantFrom(...quoted),
        fc.constantFrom(...carriers),
        (name, secret, write, carry) => {
          expectHidden(printed(carry(write(name, secret.text))), secret);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is in no line when its name stands before it without quotes', () => {
    const words = fc.oneof(plain.map(whole), bankAccounts.map(whole), hangul.map(whole));
    fc.assert(
      fc.property(
        secretNames,
        words,
        fc.constantFrom(...unquoted),
        fc.constantFrom(...carriers),
        (name, secret, write, carry) => {
          expectHidden(printed(carry(write(name, secret.text))), secret);
          expectHidden(printed({}, write(name, secret.text)), secret);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is in no line as the credentials of a header, however short', () => {
    const schemes = fc.constantFrom('Basic', 'bearer', 'Token', 'BEARER');
    const short = fc.stringMatching(/^[A-Z0-9]{6,10}$/);
    const headers = fc.constantFrom('authorization: ', 'Authorization=', 'Proxy-Authorization: ');
    fc.assert(
      fc.property(headers, schemes, short, fc.constantFrom(...carriers), (header, scheme, text, carry) => {
        expectHidden(printed(carry(`sent ${header}${scheme} ${text}`)), whole(text));
      }),
    );
  });

  test('is in no line after "Bearer" or "Basic" alone, when it is as long as a credential is', () => {
    const schemes = fc.constantFrom('Basic', 'Bearer', 'bearer', 'BASIC');
    fc.assert(
      fc.property(schemes, opaque, fc.constantFrom(...carriers), (scheme, { text }, carry) => {
        const secret = whole(text.replaceAll(/[^A-Za-z0-9+/=._~-]/g, '.'));
        expectHidden(printed(carry(`refused ${scheme} ${secret.text}`)), secret);
      }),
    );
  });

  test('is in no line as one of several cookies or data keys', () => {
    const lists: readonly ((parts: readonly string[]) => string)[] = [
      (parts) => `cookie: ${parts.map((part, index) => `c${index}=${part}`).join('; ')}`,
      (parts) => `DATA_KEYS=${parts.map((part, index) => `k${index}:${part}`).join(',')}`,
    ];
    const parts = fc.array(plain, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, fc.constantFrom(...lists), fc.constantFrom(...carriers), (texts, write, carry) => {
        expectHidden(printed(carry(write(texts))), { text: '', traces: texts });
      }),
    );
  });

  test('is in no line as the password of an address, also of one that is written wrongly', () => {
    const users = fc.constantFrom('', 'worker');
    const passwords = fc
      .tuple(plain, fc.constantFrom('', '/', '#', '?', ':', '%2F', "'", '@'), plain)
      .map(([head, middle, tail]): Secret => ({ text: head + middle + tail, traces: [head, tail] }));
    const schemes = fc.constantFrom('redis', 'rediss', 'REDIS');
    const hosts = fc.constantFrom('127.0.0.1:6379/1', 'redis.internal');
    fc.assert(
      fc.property(schemes, users, passwords, hosts, (scheme, user, secret, host) => {
        const address = `${scheme}://${user}:${secret.text}@${host}`;
        for (const carry of carriers) {
          const line = printed(carry(`cannot reach ${address}, giving up`));
          expectHidden(line, secret);
          expect(line).toContain(host);
          expect(line).toContain('giving up');
        }
      }),
      { numRuns: 30 },
    );
  });
});

test('a text that is passed over at first sight would have stayed as it is', () => {
  const risky = fc.constantFrom(
    ...['Bearer', 'BASIC', 'basıc', 'bearer\n', 'authorization', 'Authorization: Token'],
    ...['redis://', 'rediss://', 'HTTPS://', '//', '@', ':', '=', '=>', ' = ', ' : ', '：', '＝'],
    ...[
      ' ',
      '\t',
      '\n',
      '\u00a0',
      '\u2028',
      '"',
      "'",
      '`',
      '\\',
      '\\"',
      '{',
      '[',
      '}',
      ']',
      ',',
      ';',
      '&',
      '?',
      '-',
    ],
    ...['to\u212aen', '\u017fecret', 'ba\u017fic'],
  );
  const fragments = fc.oneof(
    { weight: 4, arbitrary: risky },
    { weight: 3, arbitrary: secretNames },
    { weight: 3, arbitrary: fc.constantFrom(':', '=', ' ') },
    { weight: 2, arbitrary: plain },
    hangul,
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const texts = fc
    .array(fragments, { minLength: 1, maxLength: 8, size: 'max' })
    .map((parts) => parts.join(''));
  let changed = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const safe = redactAnyText(text);
      if (safe !== text) changed += 1;
      expect(redactText(text)).toBe(safe);
    }),
    { numRuns: 5_000 },
  );
  // Otherwise the texts would say nothing.
  expect(changed).toBeGreaterThan(500);
});

test('a command that Redis refused is logged without its arguments', () => {
  fc.assert(
    fc.property(secrets, fc.constantFrom('auth', 'hello', 'set', 'evalsha'), (secret, name) => {
      const error = Object.assign(new Error('WRONGPASS'), { command: { name, args: ['3', secret.text] } });
      const line = printed({ error });
      expectHidden(line, secret);
      expect(line).toContain(`"name":"${name}"`);
    }),
    { numRuns: 50 },
  );
});

describe('what is not secret', () => {
  const harmlessNames = fc.constantFrom(
    ...'refund_id receipt_id order_id cancel_id code error attempt pg_error_code'.split(' '),
    ...'http_status state version tokens_left keys bank account basic'.split(' '),
  );
  const harmlessTexts = fc.oneof(
    fc.stringMatching(/^rf_[a-z2-7]{26}$/),
    fc.constantFrom(
      'RC_CANCEL_SERVER_ERROR',
      '고객 요청으로 취소',
      'read ECONNRESET',
      'a basic mistake',
      '1,000 won',
    ),
    fc.stringMatching(/^[a-z0-9]{1,20}$/),
    fc.constant('https://api.bootpay.co.kr/v2/receipt/6244f60c1fc19202e42e8c4e?lookup=1'),
  );
  const leaves = fc.oneof(harmlessTexts, fc.integer(), fc.boolean(), fc.constant(null));
  const records = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      leaves,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(harmlessNames, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;

  test('is printed as it is', () => {
    fc.assert(
      fc.property(records, (value) => {
        expect(redact(value)).toEqual(value);
        expect(JSON.parse(printed({ value }).split('\n')[0] ?? '')).toMatchObject({ value });
      }),
      { numRuns: 300 },
    );
  });

  test('stays readable around a secret', () => {
    fc.assert(
      fc.property(secretNames, plain, harmlessNames, harmlessTexts, (secretName, secret, name, text) => {
        const redacted = redact({ [name]: text, [secretName]: secret, after: [text] });
        expect(redacted).toEqual({ [name]: text, [secretName]: hidden, after: [text] });
      }),
    );
    fc.assert(
      fc.property(secretNames, plain, fc.stringMatching(/^rf_[a-z2-7]{26}$/), (name, secret, id) => {
        const body = JSON.stringify({ refund_id: id, [name]: secret, attempt: 7 });
        const safe = redactText(`refused ${body} by Bootpay`);
        expect(safe).toContain(`refused {"refund_id":"${id}"`);
        expect(safe).toContain('"attempt":7} by Bootpay');
        if (/cookie|authorization/i.test(name)) return;
        const query = redactText(`/v1/refunds?refund_id=${id}&${name}=${secret}&limit=20 answered 400`);
        if (!/keys/i.test(name)) expect(query).toContain('&limit=20');
        expect(query).toMatch(new RegExp(`^/v1/refunds\\?refund_id=${id}&.* answered 400$`));
      }),
    );
  });

  test('is not changed where it stands: the original is left alone', () => {
    fc.assert(
      fc.property(secretNames, plain, fc.constantFrom(...holders), nestings, (name, secret, hold, around) => {
        const value = () => nested(hold(name, secret), around);
        const original = value();
        redact(original);
        expect(original).toEqual(value());
      }),
      { numRuns: 50 },
    );
  });
});

test('a redacted text is not changed by redacting it once more', () => {
  fc.assert(
    fc.property(
      secretNames,
      plain,
      fc.constantFrom(...quoted, ...unquoted),
      fc.constantFrom('', 'Basic ', 'redis://:'),
      (name, secret, write, before) => {
        const once = redactText(write(name, before + secret));
        expect(redactText(once)).toBe(once);
      },
    ),
  );
});

test('a text of any shape is redacted in linear time: a hundred thousand characters in less than a second', () => {
  const pieces = fc.constantFrom(
    'password',
    'authorization',
    'token=',
    'cookie: a; ',
    'redis://',
    'bearer ',
    'a.',
    '://',
    '\\',
    '"',
    "'",
    ',',
    '{',
    ' ',
    ':',
    '=',
    '_-',
  );
  const patterns = fc.array(pieces, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(patterns, pieces, (pattern, start) => {
      const text = start + pattern.repeat(100_000 / pattern.length);
      const before = process.cpuUsage();
      redactText(text);
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
    }),
    // By itself each piece that may begin something long: one that is tried again from every place costs seconds.
    {
      numRuns: 40,
      examples: [
        ['a.', ' '],
        ['redis://', ' '],
        ['password', ' '],
        ['\\', '"'],
        ['token=', ''],
      ],
    },
  );
});
