// What the environment may say, what is refused, and how it is told.
import { describe, expect, test } from 'vitest';
import { loadConfig, requireCredentials } from '../../src/config/config.ts';
import type { Environment } from '../../src/config/values.ts';
import { ConfigError } from '../../src/domain/errors.ts';
import { hashPassword } from '../../src/server/password.ts';
import { settings } from '../policies/refunds.ts';

const basic = { BOOTPAY_CLIENT_KEY: 'client-1', BOOTPAY_SECRET_KEY: 'secret-1' };
const bearer = { BOOTPAY_APPLICATION_ID: 'app-1', BOOTPAY_PRIVATE_KEY: 'private-1' };
const production = { NODE_ENV: 'production', REDIS_URL: 'rediss://redis.internal:6380/1', ...basic };
const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const cheap = `scrypt$2$1$1$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('an empty environment', () => {
  test('is a complete configuration outside production: the defaults of the design, for loopback, without a secret', () => {
    expect(loadConfig({})).toMatchObject({
      production: false,
      redis: { url: null },
      bootpay: { credentials: null },
      policy: settings,
      http: { host: '127.0.0.1' },
      ingest: { secrets: [], token: null },
      operators: [],
    });
  });

  test('is the same as one whose variables are empty', () => {
    expect(loadConfig({ REDIS_URL: '', HTTP_PORT: '', BOOTPAY_CLIENT_KEY: '' })).toEqual(loadConfig({}));
  });

  test('lacks Redis and credentials in production', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^REDIS_URL: expected an address in production .*got nothing$/),
      expect.stringMatching(/^BOOTPAY_CLIENT_KEY and BOOTPAY_SECRET_KEY: expected values in production/),
    ]);
  });
});

test('a user of the sentinels needs a password, a password no user', () => {
  expect(problemsOf({ REDIS_SENTINEL_USERNAME: 'watch' })).toEqual([
    expect.stringMatching(
      /^REDIS_SENTINEL_PASSWORD: expected a value, because REDIS_SENTINEL_USERNAME is set/,
    ),
  ]);
  expect(problemsOf({ REDIS_SENTINEL_PASSWORD: 'hush' })).toEqual([]);
});

describe('every value', () => {
  test('arrives where it belongs', () => {
    const config = loadConfig({
      ...production,
      REDIS_PREFIX: 'shop:{refunds-2}',
      REDIS_SENTINEL_USERNAME: 'watch',
      REDIS_SENTINEL_PASSWORD: 'hush',
      BOOTPAY_BASE_URL: 'https://gateway.example/v2/',
      BOOTPAY_TIMEOUT_MS: '70000',
      LOOK_UP_SCHEDULE_MS: '1000, 2000,4000',
      HTTP_HOST: '::1',
      HTTP_PORT: '0',
      TRUSTED_PROXIES: '10.0.0.7, 172.16.0.0/12,2001:db8::/32',
      INGEST_TOKEN: 't'.repeat(32),
      DATA_KEYS: `new:${key(1)}, old:${key(2)}`,
      EVENTS_WEBHOOK_URL: 'https://events.internal/hook',
      EVENTS_WEBHOOK_SECRET: `whsec_${key(3)}, ${key(4)}`,
      LOG_LEVEL: 'warn',
    });
    expect(config).toMatchObject({
      production: true,
      redis: {
        url: 'rediss://redis.internal:6380/1',
        prefix: 'shop:{refunds-2}',
        sentinel: { username: 'watch', password: 'hush' },
      },
      bootpay: { baseUrl: 'https://gateway.example/v2', timeoutMs: 70_000 },
      policy: { callTimeoutMs: 70_000, lookUpScheduleMs: [1000, 2000, 4000] },
      http: { host: '::1', port: 0, trustedProxies: ['10.0.0.7', '172.16.0.0/12', '2001:db8::/32'] },
      ingest: { secrets: [], token: 't'.repeat(32) },
      dataKeys: [
        { id: 'new', key: new Uint8Array(32).fill(1) },
        { id: 'old', key: new Uint8Array(32).fill(2) },
      ],
      events: {
        webhookUrl: 'https://events.internal/hook',
        webhookSecrets: [Buffer.alloc(32, 3), Buffer.alloc(32, 4)],
      },
      logLevel: 'warn',
    });
  });

  test('may be as short and as quick as a trial wants it outside production', () => {
    const config = loadConfig({
      BOOTPAY_BASE_URL: 'http://127.0.0.1:9090/v2',
      BOOTPAY_TIMEOUT_MS: '10',
      RETRY_MAX_MS: '10',
      RETRY_DEADLINE_MS: '10',
      LOOK_UP_SCHEDULE_MS: '10',
      BOOTPAY_CALLS_PER_SECOND: '1000',
      INGEST_TOKEN: 'x',
      INGEST_SECRET: 'eQ==',
      OPERATORS: JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap }]),
    });
    expect(config).toMatchObject({
      bootpay: { timeoutMs: 10, callsPerSecond: 1000 },
      ingest: { token: 'x' },
    });
  });
});

describe('credentials', () => {
  test('of the Basic pair win when both pairs are there', () => {
    expect(loadConfig({ ...bearer, ...basic }).bootpay.credentials).toEqual({
      kind: 'basic',
      clientKey: 'client-1',
      secretKey: 'secret-1',
    });
  });

  test('of the Bearer pair are taken when they are alone', () => {
    expect(loadConfig(bearer).bootpay.credentials).toEqual({
      kind: 'bearer',
      applicationId: 'app-1',
      privateKey: 'private-1',
    });
  });

  test.each([
    ['BOOTPAY_CLIENT_KEY', 'BOOTPAY_SECRET_KEY'],
    ['BOOTPAY_SECRET_KEY', 'BOOTPAY_CLIENT_KEY'],
    ['BOOTPAY_APPLICATION_ID', 'BOOTPAY_PRIVATE_KEY'],
    ['BOOTPAY_PRIVATE_KEY', 'BOOTPAY_APPLICATION_ID'],
  ])('with only %s are half a pair, and %s is named', (present, absent) => {
    expect(problemsOf({ [present]: 'half' })).toEqual([
      expect.stringMatching(new RegExp(`^${absent}: expected a value, because ${present} is set`)),
    ]);
  });

  test('are asked for by name when a command needs them', () => {
    expect(() => requireCredentials(loadConfig({}))).toThrow(/BOOTPAY_CLIENT_KEY.*BOOTPAY_APPLICATION_ID/);
    expect(requireCredentials(loadConfig(basic)).kind).toBe('basic');
  });
});

describe('a wrong value', () => {
  test('never comes alone: all problems are told at once, each with what was expected and what came', () => {
    expect(
      problemsOf({ HTTP_PORT: 'http', RETRY_MAX_ATTEMPTS: '0', LOG_LEVEL: 'loud', NODE_ENV: 'prod' }),
    ).toEqual([
      'NODE_ENV: expected one of development, test, production (다음 중 하나: development, test, production), got "prod"',
      'RETRY_MAX_ATTEMPTS: expected a whole number from 1 to 100 (1~100의 정수), got "0"',
      'HTTP_PORT: expected a whole number from 0 to 65535 (0~65535의 정수), got "http"',
      expect.stringContaining('LOG_LEVEL: expected one of debug, info, warn, error, silent'),
    ]);
  });

  test('is told together with half a pair', () => {
    expect(problemsOf({ HTTP_PORT: '-1', BOOTPAY_CLIENT_KEY: 'x' })).toHaveLength(2);
  });

  test.each([
    ['REDIS_URL', 'http://redis'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://host/x'],
    ['REDIS_URL', 'redis://host/0?lazyConnect=true'],
    ['REDIS_SENTINEL_PASSWORD', 'a b'],
    ['REDIS_PREFIX', 'refunds'],
    ['REDIS_PREFIX', '{}'],
    ['REDIS_PREFIX', '{a}{b}'],
    ['REDIS_PREFIX', '{a b}'],
    ['REDIS_PREFIX', '{a}*'],
    ['BOOTPAY_BASE_URL', 'http://api.bootpay.co.kr/v2'],
    ['BOOTPAY_BASE_URL', 'http://127.0.0.1.evil.example/v2'],
    ['BOOTPAY_BASE_URL', 'https://user:pass@api.bootpay.co.kr/v2'],
    ['BOOTPAY_BASE_URL', 'https://api.bootpay.co.kr/v2?x=1'],
    ['BOOTPAY_BASE_URL', 'ftp://127.0.0.1'],
    ['BOOTPAY_TIMEOUT_MS', '9'],
    ['BOOTPAY_TIMEOUT_MS', '1e3'],
    ['BOOTPAY_TIMEOUT_MS', '65000.5'],
    ['BOOTPAY_TIMEOUT_MS', ' 65000'],
    ['BOOTPAY_CALLS_PER_SECOND', '1001'],
    ['LOOK_UP_SCHEDULE_MS', '5000,5000'],
    ['LOOK_UP_SCHEDULE_MS', '5000,,6000'],
    ['LOOK_UP_SCHEDULE_MS', '6000,5000'],
    ['HTTP_HOST', 'a host'],
    ...['loopback', 'proxy.internal', '10.0.0.0/33', '10.0.0.0/0', '::/0', '10.0.0.0/08', '10.0.0/8'].map(
      (proxies): [string, string] => ['TRUSTED_PROXIES', proxies],
    ),
    ...['10.0.0.1,', '10.0.0.1 10.0.0.2', 'fe80::1%eth0', '2001:db8::/129', '10.0.0.1/8/8', '*', 'true'].map(
      (proxies): [string, string] => ['TRUSTED_PROXIES', proxies],
    ),
    ['HTTP_PORT', '65536'],
    ['INGEST_TOKEN', 'with space'],
    ['INGEST_SECRET', 'whsec_***'],
    ['INGEST_SECRET', 'plain-secret'],
    ['INGEST_SECRET', 'whsec_'],
    ['INGEST_SECRET', `${key(1)},`],
    ['INGEST_SECRET', key(1).replace('=', '')],
    ['OPERATORS', 'kim'],
    ['OPERATORS', '{}'],
    [
      'OPERATORS',
      JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap }]).replace(
        '"role"',
        '"role":"operator","role"',
      ),
    ],
    ['OPERATORS', JSON.stringify([{ name: 'kim', role: 'admin', password: cheap }])],
    ['OPERATORS', JSON.stringify([{ name: 'kim', role: 'viewer', password: 'plain' }])],
    ['OPERATORS', JSON.stringify([{ name: 'a:b', role: 'viewer', password: cheap }])],
    ['OPERATORS', JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap, extra: 1 }])],
    ['OPERATORS', JSON.stringify([1, 2].map(() => ({ name: 'kim', role: 'viewer', password: cheap })))],
    ['OPERATORS', JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap.replace('$2$', '$3$') }])],
    [
      'OPERATORS',
      JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap.replace('$2$1', '$1048576$8') }]),
    ],
    ['DATA_KEYS', key(1)],
    ['DATA_KEYS', `a:${key(1).slice(4)}`],
    ['DATA_KEYS', `a:${key(1)},a:${key(2)}`],
    ['EVENTS_WEBHOOK_URL', 'ftp://events'],
    ['EVENTS_WEBHOOK_URL', 'https://user:pass@events'],
  ])('is refused and named: %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: expected `))]);
  });
});

describe('a secret', () => {
  test.each([
    ['REDIS_URL', 'http://user:hush@host'],
    ['INGEST_TOKEN', 'hush hush'],
    ['BOOTPAY_BASE_URL', 'http://user:hush@host'],
    ['DATA_KEYS', 'hush'],
    ['OPERATORS', '[{"name":"kim","role":"viewer","password":"hush"}]'],
    ['EVENTS_WEBHOOK_URL', 'ftp://hooks/hush'],
    ['BOOTPAY_SECRET_KEY', 'hush\n'],
  ])('is never echoed by a problem: %s', (name, value) => {
    const problems = problemsOf({ ...basic, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain('hush');
  });

  test('inside a list is pointed at by its place', () => {
    const list = [
      { name: 'kim', role: 'viewer', password: cheap },
      { name: 'lee', role: 'viewer', password: 'plain' },
    ];
    expect(problemsOf({ OPERATORS: JSON.stringify(list) }).join()).toContain('at 1.password (hidden)');
  });
});

test.each(['"secret"', "'secret'"])(
  'a credential with quotes around it (%s) is refused, and the quotes are named',
  (text) => {
    expect(problemsOf({ ...basic, BOOTPAY_SECRET_KEY: text })).toEqual([
      expect.stringMatching(/^BOOTPAY_SECRET_KEY: .*\(hidden\), with quotes around it/),
    ]);
    expect(problemsOf({ NODE_ENV: text })).toEqual([expect.stringContaining('quotes around it')]);
  },
);

describe('in production', () => {
  test.each([
    ['BOOTPAY_BASE_URL', 'http://127.0.0.1:9090/v2'],
    ['BOOTPAY_TIMEOUT_MS', '29999'],
    ['BOOTPAY_CALLS_PER_SECOND', '101'],
    ['RETRY_BASE_MS', '999'],
    ['RECORD_RETENTION_DAYS', '29'],
    ['RETRY_DEADLINE_MS', '3599999'],
    ['SETTLE_WINDOW_MS', '179999'],
    ['LOOK_UP_SCHEDULE_MS', '999'],
    ['INGEST_TOKEN', 't'.repeat(31)],
    ['INGEST_SECRET', Buffer.alloc(23).toString('base64')],
    ['INGEST_SECRET', `${key(1)},${Buffer.alloc(23).toString('base64')}`],
    ['OPERATORS', JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap }])],
  ])('%s=%s is too little, though it may be enough for a trial', (name, value) => {
    expect(problemsOf({ ...production, [name]: value })).toHaveLength(1);
    expect(problemsOf({ [name]: value })).toEqual([]);
  });

  test('variables that contradict each other are refused', () => {
    expect(problemsOf({ ...production, RETRY_BASE_MS: '60000', RETRY_MAX_MS: '30000' })).toEqual([
      'RETRY_MAX_MS: expected at least RETRY_BASE_MS (60000) (RETRY_BASE_MS (60000) 이상), got 30000',
    ]);
    expect(
      problemsOf({ ...production, RETRY_DEADLINE_MS: '3600000', SETTLE_WINDOW_MS: '3600000' }),
    ).toHaveLength(1);
  });

  test('an events webhook without encryption is refused', () => {
    const env = { EVENTS_WEBHOOK_URL: 'http://events.internal/hook', EVENTS_WEBHOOK_SECRET: key(3) };
    expect(problemsOf({ ...production, ...env })).toEqual([
      expect.stringMatching(/^EVENTS_WEBHOOK_URL: .*https/),
    ]);
    expect(problemsOf(env)).toEqual([]);
  });

  test('an events webhook without a secret is refused', () => {
    expect(problemsOf({ ...production, EVENTS_WEBHOOK_URL: 'https://events.example' })).toEqual([
      expect.stringMatching(/^EVENTS_WEBHOOK_SECRET: /),
    ]);
  });

  const hashOf = (n: number, r: number, p: number) =>
    JSON.stringify([{ name: 'kim', role: 'viewer', password: cheap.replace('$2$1$1$', `$${n}$${r}$${p}$`) }]);

  test.each([
    ...[
      [17, 1],
      [16, 2],
      [15, 3],
      [14, 5],
      [13, 10],
    ],
    ...[
      [18, 1],
      [17, 16],
    ],
  ])("a password hash of OWASP's cost or more is accepted: N=2^%i, r=8, p=%i", (bits = 0, p = 0) => {
    expect(problemsOf({ ...production, OPERATORS: hashOf(2 ** bits, 8, p) })).toEqual([]);
  });

  test.each([
    ...[
      [16, 8, 1],
      [15, 8, 2],
      [14, 8, 4],
      [14, 8, 1],
      [13, 8, 9],
      [12, 8, 16],
    ],
    ...[
      [17, 4, 1],
      [17, 1, 4],
      [12, 12, 16],
      [1, 99, 16],
    ],
  ])('a password hash that costs less is refused: N=2^%i, r=%i, p=%i', (bits = 0, r = 0, p = 0) => {
    expect(problemsOf({ ...production, OPERATORS: hashOf(2 ** bits, r, p) })).toEqual([
      expect.stringMatching(/^OPERATORS: expected .*N\*r\*p >= 655360/),
    ]);
  });

  test('a password hash as this project makes it is accepted', async () => {
    const password = await hashPassword('correct horse');
    const OPERATORS = JSON.stringify([{ name: '김 대리', role: 'reviewer', password }]);
    expect(loadConfig({ ...production, OPERATORS }).operators).toEqual([
      { name: '김 대리', role: 'reviewer', password },
    ]);
  });
});
