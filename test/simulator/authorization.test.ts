import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/index.ts';
import { basic, brief, cancel, handClock, json, lookUp, post, RECEIPT, simulator } from './support.ts';

const KEYS = { application_id: 'sim_application_id', private_key: 'sim_private_key' };
const MINUTE = 60_000;

async function token(sim: Simulator): Promise<string> {
  return String(json(await post(sim, 'request/token', KEYS, { authorization: '' }))['access_token']);
}

function withToken(sim: Simulator, text: string) {
  return lookUp(sim, RECEIPT, { authorization: `Bearer ${text}` });
}

describe('Basic', () => {
  it.each([
    ['the right keys', basic('sim_client_key', 'sim_secret_key'), '200 0'],
    ['another client_key', basic('other', 'sim_secret_key'), 'APP_CLIENT_KEY_NOT_FOUND'],
    ['nothing inside', 'Basic ', 'APP_CLIENT_KEY_NOT_FOUND'],
    ['another secret_key', basic('sim_client_key', 'other'), 'APP_SK_NOT_MATCHED'],
    ['no header', '', 'TOKEN_KEY_INVALID'],
    ['an unknown scheme', 'Digest x', 'TOKEN_KEY_INVALID'],
  ])('with %s', async (_, authorization, seen) => {
    const sim = await simulator();
    expect(brief(await lookUp(sim, RECEIPT, { authorization }))).toBe(seen);
    expect(brief(await cancel(sim, {}, { authorization }))).toBe(seen === '200 0' ? '200 1000' : seen);
    expect(sim.book.of(RECEIPT).refunds).toBe(seen === '200 0' ? 1 : 0);
  });

  it('refusals are 401; an unknown client_key comes with the untranslated message', async () => {
    const sim = await simulator();
    const answer = await cancel(sim, {}, { authorization: basic('other', 'x') });
    expect(answer).toMatchObject({
      status: 401,
      json: { message: 'Translation missing: ko.error.code.1216' },
    });
  });

  it('keys can be exchanged while the simulator runs', async () => {
    const sim = await simulator();
    sim.configure({ credentials: { secretKey: 'rotated' } });
    expect(brief(await lookUp(sim))).toBe('APP_SK_NOT_MATCHED');
    expect(brief(await lookUp(sim, RECEIPT, { authorization: basic('sim_client_key', 'rotated') }))).toBe(
      '200 0',
    );
  });

  it('does not use up a step of the script when it is refused', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'empty_503' }] });
    await cancel(sim, {}, { authorization: '' });
    expect(brief(await cancel(sim))).toBe('503 -');
  });
});

describe('a token', () => {
  it('opens both calls', async () => {
    const sim = await simulator();
    const authorization = `Bearer ${await token(sim)}`;
    expect(brief(await lookUp(sim, RECEIPT, { authorization }))).toBe('200 0');
    expect(brief(await cancel(sim, {}, { authorization }))).toBe('200 1000');
    expect(sim.calls.map((call) => [call.kind, call.authorization, call.outcome])).toEqual([
      ['token', 'none', 'issued'],
      ['look_up', 'bearer', 'shown'],
      ['cancel', 'bearer', 'accepted'],
    ]);
  });

  it('is the same again for 25 minutes, then a new one; the old one lives its 30 minutes', async () => {
    const clock = handClock();
    const sim = await simulator({ now: clock.now });
    const first = await token(sim);
    clock.ms += 25 * MINUTE - 1;
    expect(await token(sim)).toBe(first);
    clock.ms += 1;
    const second = await token(sim);
    expect(second).not.toBe(first);
    clock.ms += 5 * MINUTE - 1;
    expect(brief(await withToken(sim, first))).toBe('200 0');
    clock.ms += 1;
    expect(brief(await withToken(sim, first))).toBe('TOKEN_KEY_INVALID');
    expect(brief(await withToken(sim, second))).toBe('200 0');
  });

  it('says in seconds how long it still lives', async () => {
    const clock = handClock();
    const sim = await simulator({ now: clock.now });
    expect(json(await post(sim, 'request/token', KEYS))).toMatchObject({ expire_in: 1800 });
    clock.ms += 10 * MINUTE;
    expect(json(await post(sim, 'request/token', KEYS))).toMatchObject({ expire_in: 1200 });
  });

  it('may live shorter', async () => {
    const clock = handClock();
    const sim = await simulator({
      now: clock.now,
      scenario: { switches: { tokenLifeMs: 2_000, tokenReuseMs: 0 } },
    });
    const first = await token(sim);
    expect(await token(sim)).not.toBe(first);
    clock.ms += 2_000;
    expect(brief(await withToken(sim, first))).toBe('TOKEN_KEY_INVALID');
  });

  it('can be revoked; asking again gives a new one', async () => {
    const sim = await simulator();
    const first = await token(sim);
    sim.revokeTokens();
    expect(brief(await withToken(sim, first))).toBe('TOKEN_KEY_INVALID');
    expect(brief(await withToken(sim, await token(sim)))).toBe('200 0');
  });

  it.each([
    [{ ...KEYS, application_id: 'other' }, 'APP_KEY_NOT_FOUND'],
    [{ ...KEYS, application_id: 'sim_web_application_id' }, 'APP_KEY_NOT_REST'],
    [{ ...KEYS, private_key: 'other' }, 'APP_SK_NOT_MATCHED'],
    [{}, 'APP_KEY_NOT_FOUND'],
  ])('is not issued for %j', async (keys, code) => {
    const sim = await simulator();
    expect(await post(sim, 'request/token', keys)).toMatchObject({ status: 401, json: { error_code: code } });
  });

  it('call leaves no private key in the log', async () => {
    const sim = await simulator();
    await token(sim);
    expect(sim.calls[0]?.body).toEqual({ application_id: 'sim_application_id' });
    expect(JSON.stringify(sim.calls)).not.toContain('sim_private_key');
  });

  it('call can be scripted like the others', async () => {
    const sim = await simulator({
      scenario: { default: { token: [{ reply: 'reset' }, { reply: 'code', code: 'APP_KEY_NOT_FOUND' }] } },
    });
    const seen = [await post(sim, 'request/token', KEYS), await post(sim, 'request/token', KEYS)];
    expect(seen.map(brief)).toEqual(['broken', 'APP_KEY_NOT_FOUND']);
    expect(await token(sim)).toMatch(/^sim\./);
  });
});

it('a caller whose address is not allowed gets a plain 401 without body, whatever it asks', async () => {
  const sim = await simulator({ scenario: { switches: { callerIpAllowed: false } } });
  const answers = [await lookUp(sim), await cancel(sim), await post(sim, 'request/token', KEYS)];
  for (const answer of answers) expect(answer).toMatchObject({ status: 401, text: '' });
});
