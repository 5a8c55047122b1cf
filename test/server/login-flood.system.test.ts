// Many logins at once: few are checked, the rest are told to come back, and the machine stays free for refunds.
import { lookup } from 'node:dns/promises';
import { expect, test } from 'vitest';
import { silentLogger } from '../../src/logging/logger.ts';
import { hashPassword } from '../../src/server/password.ts';
import { useRedis } from '../support/redis.ts';
import { basic, openServer } from './support.ts';

const redis = useRedis();

async function expensiveOperators() {
  const password = await hashPassword('right');
  return { OPERATORS: JSON.stringify([{ name: 'minji', role: 'reviewer', password }]) };
}

async function timed<Result>(work: Promise<Result>): Promise<{ ms: number; result: Result }> {
  const at = performance.now();
  const result = await work;
  return { ms: performance.now() - at, result };
}

test('300 logins at once: some twenty are checked, the others hear at once when to come back', async () => {
  const { call } = await openServer(redis, { env: await expensiveOperators() });
  const flood = Array.from({ length: 300 }, (_, guess) =>
    timed(call('/v1/lane', { headers: basic(`name-${guess % 7}`, `guess ${guess}`) })),
  );
  const probes = await Promise.all([timed(lookup('localhost')), timed(call('/healthz'))]);
  const answers = await Promise.all(flood);
  const checked = answers.filter(({ result }) => result.status === 401);
  const refused = answers.filter(({ result }) => result.status === 503);
  expect(checked.length + refused.length).toBe(300);
  // More than two under way and twenty waiting only as far as some of them end while the others still arrive.
  expect(checked.length).toBeGreaterThanOrEqual(22);
  expect(checked.length).toBeLessThan(60);
  for (const { result } of refused) {
    expect(Number(result.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(result.body.type).toContain('logins_busy');
  }
  const soonestChecked = Math.min(...checked.map(({ ms }) => ms));
  const lastChecked = Math.max(...checked.map(({ ms }) => ms));
  // A name look-up takes a thread of the same pool: it must not wait for the line to empty.
  for (const { ms } of probes) expect(ms).toBeLessThan(lastChecked / 2);
  expect(soonestChecked).toBeLessThan(lastChecked / 4);
  expect((await call('/v1/lane', { headers: basic('minji', 'right') })).status).toBe(429);
});

test('a failed login is a line of the log with the address and a known name, and never a password', async () => {
  const lines: object[] = [];
  const log = {
    ...silentLogger(),
    warn: (fields: object, event: string) => lines.push({ event, ...fields }),
  };
  const { call } = await openServer(redis, {
    env: await expensiveOperators(),
    apart: { log },
  });
  await call('/v1/lane', { headers: basic('minji', 'wrong') });
  await call('/v1/lane', { headers: basic('hunter2', 'x') });
  const failed = lines.filter((line) => Reflect.get(line, 'event') === 'login_failed');
  expect(failed).toEqual([
    { event: 'login_failed', address: '127.0.0.1', name: 'minji' },
    { event: 'login_failed', address: '127.0.0.1', name: null },
  ]);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});
