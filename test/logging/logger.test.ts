// Nothing secret reaches a log line, whatever shape it comes in.
import { describe, expect, test } from 'vitest';
import { createLogger, silentLogger } from '../../src/logging/logger.ts';
import { redact, redactText } from '../../src/logging/redact.ts';

function listen(level: 'debug' | 'info' = 'info') {
  const text: string[] = [];
  const destination = { write: (line: string) => void text.push(line) };
  const logger = createLogger({ level, destination });
  return { logger, text, lines: () => text.map((line): unknown => JSON.parse(line)) };
}

describe('a log line', () => {
  test('is JSON with time, level, event and fields', () => {
    const { logger, lines } = listen();
    logger.info({ refund_id: 'rf_1', attempt: 2 }, 'attempt_sent');
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        pid: process.pid,
        refund_id: 'rf_1',
        attempt: 2,
        event: 'attempt_sent',
      },
    ]);
  });

  test('of a child carries the fields of its parents', () => {
    const { logger, lines } = listen();
    logger.child({ refund_id: 'rf_1' }).child({ attempt: 3 }).warn({ code: 'X' }, 'attempt_refused');
    expect(lines()).toMatchObject([{ level: 'warn', refund_id: 'rf_1', attempt: 3, code: 'X' }]);
  });

  test('below the level is not written', () => {
    const { logger, text } = listen();
    logger.debug({}, 'noise');
    expect(text).toEqual([]);
    silentLogger().child({}).error({}, 'nothing');
  });

  test('for a terminal is for people', () => {
    const text: string[] = [];
    const destination = { write: (line: string) => void text.push(line) };
    createLogger({ level: 'info', pretty: true, destination }).info({ refund_id: 'rf_1' }, 'accepted');
    expect(text.join('')).toMatch(/INFO[\s\S]*accepted[\s\S]*refund_id/);
  });

  test('for a terminal obeys nothing that a text from outside asks of it', () => {
    const text: string[] = [];
    const destination = { write: (line: string) => void text.push(line) };
    const logger = createLogger({ level: 'info', pretty: true, destination });
    logger.info({ who: 'kim\u001b[2J\u009b1m\rx\u202e', error: new Error('\u0007\nnext line') }, 'moved');
    const shown = text.join('');
    for (const spelled of ['kim\\u001b[2J', '\\u009b1m', '\\u000dx', '\\u202e', '\\u0007']) {
      expect(shown).toContain(spelled);
    }
    for (const control of '\r\b\u0007\u009b\u202e') expect(shown).not.toContain(control);
  });
});

describe('text', () => {
  test.each([
    ['redis://:hush@127.0.0.1:6379/1', 'redis://(hidden)@127.0.0.1:6379/1'],
    ['connect rediss://user:hush@host failed', 'connect rediss://(hidden)@host failed'],
    ['redis://host:6379', 'redis://host:6379'],
    ['Bearer hushhushhush', 'Bearer (hidden)'],
    ['authorization: Basic aHVzaDpodXNo', 'authorization=(hidden) (hidden)'],
    ['code=RC_NOT_FOUND, receipt_id: abc', 'code=RC_NOT_FOUND, receipt_id: abc'],
    ['a basic mistake', 'a basic mistake'],
  ])('%s', (text, safe) => {
    expect(redactText(text)).toBe(safe);
  });

  test('as the name of an event is cleaned as well', () => {
    const { logger, text } = listen();
    logger.info({}, 'redis://:hush@host');
    expect(text.join('')).not.toContain('hush');
  });
});

describe('a redacted copy', () => {
  test('keeps what is harmless and leaves the original alone', () => {
    const original = {
      at: new Date(0),
      url: new URL('redis://:hush@host'),
      n: 1n,
      key: new Uint8Array(2),
      ok: null,
    };
    expect(redact(original)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      url: 'redis://(hidden)@host',
      n: '1',
      key: '(bytes)',
      ok: null,
    });
    expect(original.url.password).toBe('hush');
  });

  test('of an error keeps type, message, stack, code and cause', () => {
    const error = Object.assign(new TypeError('fetch failed', { cause: new Error('ECONNRESET') }), {
      code: 'X',
    });
    expect(redact(error)).toMatchObject({
      type: 'TypeError',
      message: 'fetch failed',
      stack: expect.stringContaining('logger.test.ts'),
      code: 'X',
      cause: { type: 'Error', message: 'ECONNRESET' },
    });
  });

  test('of something circular or very deep ends', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(redact(loop)).toEqual({ self: '(circular)' });
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), 'end');
    expect(JSON.stringify(redact(deep))).toContain('(too deep)');
  });

  test('shows that a secret is absent', () => {
    expect(redact({ password: null, token: undefined })).toEqual({ password: null, token: undefined });
  });
});
