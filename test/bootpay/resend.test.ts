// A guard that no real server can reach today: undici beginning the same request a second time.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

interface Started {
  onRequestStart(controller: { abort(reason: Error): void }): void;
}

const aborted = vi.fn();

class PoolThatBeginsTwice {
  dispatch(_options: unknown, handler: Started): void {
    handler.onRequestStart({ abort: aborted });
    expect(aborted).not.toHaveBeenCalled();
    handler.onRequestStart({ abort: aborted });
  }
}

// Other files run in this process, before and after: they have the real undici.
beforeAll(() => {
  vi.resetModules();
  vi.doMock('undici/lib/dispatcher/pool.js', () => ({ default: PoolThatBeginsTwice }));
});
afterAll(() => {
  vi.doUnmock('undici/lib/dispatcher/pool.js');
  vi.resetModules();
});

test('a cancel that undici begins a second time is broken off before it is written, and had no answer', async () => {
  const { createHttp } = await import('../../src/bootpay/http.ts');
  const { Limit, within } = await import('../../src/bootpay/limit.ts');
  const http = createHttp({
    baseUrl: 'http://127.0.0.1:1/v2',
    connectTimeoutMs: 1,
    proxy: null,
    maxReplyBytes: 1,
    connections: undefined,
  });
  const request = { method: 'POST', path: '/cancel', headers: {}, body: '{}' } as const;
  const raw = await within(new Limit(10_000), (limit) => http.send(request, limit));
  expect(raw).toEqual({ kind: 'no_answer', cause: 'resend_refused' });
  expect(aborted).toHaveBeenCalled();
});
