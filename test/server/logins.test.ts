// Operators' logins: failures slow down, lock nobody out, and tell nothing about which names exist.
import { describe, expect, test } from 'vitest';
import { createLogins } from '../../src/server/logins.ts';
import { hashPassword } from '../../src/server/password.ts';

const cheap = { n: 16, r: 1, p: 1 };

async function people() {
  const password = await hashPassword('right', cheap);
  return [
    { name: 'minji', role: 'reviewer', password } as const,
    { name: '보기', role: 'viewer', password: await hashPassword('other', cheap) } as const,
  ];
}

/** Logins on a clock that only the pauses move. */
async function openLogins() {
  let now = 1_000_000;
  const held: number[] = [];
  const failed: { address: string; name: string | null }[] = [];
  const logins = createLogins({
    operators: await people(),
    now: () => now,
    pause: async (ms) => {
      held.push(ms);
      now += ms;
    },
    whenFailed: (failure) => failed.push(failure),
  });
  const attempt = (name: string, password: string, address = '203.0.113.1') =>
    logins.check({ name, password, address, countedAs: address, via: 'http' });
  return {
    attempt,
    held,
    failed,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('failures from one address', () => {
  test('cost nothing at first, then hold the next login, then refuse it with a time to come back', async () => {
    const { attempt, held, pass } = await openLogins();
    const kinds: string[] = [];
    for (let guess = 0; guess < 10; guess += 1) kinds.push((await attempt('minji', `guess ${guess}`)).kind);
    expect(kinds).toEqual([...Array.from({ length: 9 }, () => 'wrong'), 'slowed']);
    expect(held).toEqual([250, 500, 1_000, 2_000]);
    expect(await attempt('minji', 'right')).toEqual({ kind: 'slowed', retryAfterSeconds: 4 });
    pass(4_000);
    expect(await attempt('minji', 'right')).toMatchObject({ kind: 'operator' });
  });

  test('delay a login by 30 s at most, and refused ones make it no longer', async () => {
    const { attempt, pass } = await openLogins();
    for (let guess = 0; guess < 100; guess += 1) {
      const result = await attempt('minji', `guess ${guess}`);
      if (result.kind === 'slowed') pass(result.retryAfterSeconds * 1_000);
    }
    await attempt('minji', 'wrong again');
    const refused = await attempt('minji', 'right');
    expect(refused).toMatchObject({ kind: 'slowed' });
    pass(30_000);
    expect(await attempt('minji', 'right')).toMatchObject({ kind: 'operator' });
  });

  test('are forgotten after a quarter of an hour', async () => {
    const { attempt, held, pass } = await openLogins();
    for (let guess = 0; guess < 8; guess += 1) await attempt('minji', `guess ${guess}`);
    pass(15 * 60_000);
    held.length = 0;
    expect(await attempt('minji', 'wrong')).toEqual({ kind: 'wrong' });
    expect(held).toEqual([]);
  });

  test('do not disturb a login that was right within ten minutes', async () => {
    const { attempt, held } = await openLogins();
    await attempt('minji', 'right');
    for (let guess = 0; guess < 10; guess += 1) await attempt('minji', `guess ${guess}`);
    held.length = 0;
    expect(await attempt('minji', 'right')).toMatchObject({ kind: 'operator' });
    expect(held).toEqual([]);
  });

  test('cannot be wiped out by a right login in between', async () => {
    const { attempt, held } = await openLogins();
    for (let guess = 0; guess < 4; guess += 1) await attempt('minji', `guess ${guess}`);
    await attempt('보기', 'other');
    for (let guess = 4; guess < 6; guess += 1) await attempt('minji', `guess ${guess}`);
    expect(held).toEqual([250]);
  });
});

describe('failures on one name, from many addresses', () => {
  test('hold each login with it for 2 s at most, and refuse none', async () => {
    const { attempt, held } = await openLogins();
    for (let guess = 0; guess < 50; guess += 1) {
      const result = await attempt('minji', `guess ${guess}`, `198.51.100.${guess}`);
      expect(result).toEqual({ kind: 'wrong' });
    }
    held.length = 0;
    expect(await attempt('minji', 'right', '192.0.2.1')).toMatchObject({ kind: 'operator' });
    expect(held).toHaveLength(1);
    expect(held[0]).toBeLessThanOrEqual(2_000);
    expect(held[0]).toBeGreaterThan(1_000);
  });

  test('do not delay another operator', async () => {
    const { attempt, held } = await openLogins();
    for (let guess = 0; guess < 20; guess += 1) await attempt('minji', `${guess}`, `198.51.100.${guess}`);
    held.length = 0;
    expect(await attempt('보기', 'other', '192.0.2.1')).toMatchObject({ kind: 'operator' });
    expect(held).toEqual([]);
  });
});

describe('an unknown name', () => {
  test('cannot wash away what is counted for those that exist, however many are tried', async () => {
    const { attempt, held } = await openLogins();
    for (let guess = 0; guess < 8; guess += 1) await attempt('minji', `${guess}`, `198.51.100.${guess}`);
    for (let name = 0; name < 10_001; name += 1) await attempt(`name-${name}`, 'x', `address-${name}`);
    held.length = 0;
    await attempt('minji', 'wrong', '192.0.2.1');
    expect(held).toHaveLength(1);
  }, 30_000);

  test('is answered and held like a known one', async () => {
    const known = await openLogins();
    const unknown = await openLogins();
    for (let guess = 0; guess < 12; guess += 1) {
      const address = `198.51.100.${guess}`;
      const one = await known.attempt('minji', `guess ${guess}`, address);
      expect(await unknown.attempt('nobody', `guess ${guess}`, address)).toEqual(one);
    }
    expect(unknown.held).toEqual(known.held);
    expect(known.held.length).toBeGreaterThan(0);
  });

  test("never gets in, not even with an operator's password", async () => {
    const { attempt } = await openLogins();
    for (const name of ['nobody', 'somebody', 'a', 'b', 'c', 'd']) {
      expect(await attempt(name, 'right', name)).toEqual({ kind: 'wrong' });
      expect(await attempt(name, 'other', name)).toEqual({ kind: 'wrong' });
    }
  });

  test('costs as much scrypt as the names that exist', async () => {
    // Far above what the rest of a check costs, and far below the default that an absent operator once cost.
    const cost = { n: 4_096, r: 8, p: 1 };
    const operators = [
      { name: 'minji', role: 'reviewer', password: await hashPassword('right', cost) } as const,
    ];
    const timeOf = async (name: string) => {
      const logins = createLogins({
        operators,
        now: () => 0,
        pause: async () => undefined,
        whenFailed: () => undefined,
      });
      const times: number[] = [];
      for (let guess = 0; guess < 5; guess += 1) {
        const at = performance.now();
        await logins.check({ name, password: `${guess}`, address: 'a', countedAs: `${guess}`, via: 'http' });
        times.push(performance.now() - at);
      }
      return Math.min(...times);
    };
    await timeOf('warm');
    const ratio = (await timeOf('nobody')) / (await timeOf('minji'));
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});

test('a failure is told with the address, and with the name only if it is an operator', async () => {
  const { attempt, failed } = await openLogins();
  await attempt('minji', 'wrong', '203.0.113.7');
  await attempt('hunter2', '', '203.0.113.8');
  await attempt('minji', 'right', '203.0.113.9');
  expect(failed).toEqual([
    { address: '203.0.113.7', name: 'minji', via: 'http' },
    { address: '203.0.113.8', name: null, via: 'http' },
  ]);
});

test('many requests of one page check a login once', async () => {
  const { attempt, failed } = await openLogins();
  const results = await Promise.all(Array.from({ length: 40 }, () => attempt('minji', 'wrong')));
  expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['wrong']));
  expect(failed).toHaveLength(1);
});

test('a name typed in decomposed Hangul is the same operator', async () => {
  const { attempt } = await openLogins();
  expect(await attempt('보기'.normalize('NFD'), 'other')).toMatchObject({ kind: 'operator' });
});
