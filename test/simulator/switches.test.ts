import { describe, expect, it } from 'vitest';
import type { SwitchesInput } from '../../simulator/index.ts';
import { brief, cancel, handClock, json, lookUp, RECEIPT, simulator } from './support.ts';

const REFUSED = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;
const withSwitches = (switches: SwitchesInput) => simulator({ scenario: { switches } });

describe('burnsRefusedCancelId', () => {
  it.each([
    { burns: false, second: '200 300' },
    { burns: true, second: 'RC_CANCEL_ID_ALREADY_EXIST' },
    { burns: ['RC_CANCEL_SERVER_ERROR'], second: 'RC_CANCEL_ID_ALREADY_EXIST' },
    { burns: ['RC_CANCEL_CRITICAL_ERROR'], second: '200 300' },
  ])('$burns: the second try with the id of a refused one sees $second', async ({ burns, second }) => {
    const sim = await withSwitches({ burnsRefusedCancelId: burns });
    sim.script(RECEIPT, { cancel: [REFUSED] });
    await cancel(sim, { cancel_price: 300, cancel_id: 'c1' });
    expect(brief(await cancel(sim, { cancel_price: 300, cancel_id: 'c1' }))).toBe(second);
  });

  it('leaves the id of an attempt alone that Bootpay never worked on', async () => {
    const sim = await withSwitches({ burnsRefusedCancelId: true });
    sim.script(RECEIPT, { cancel: [{ reply: 'reset_before_commit' }] });
    await cancel(sim, { cancel_id: 'c1' });
    expect(brief(await cancel(sim, { cancel_id: 'c1' }))).toBe('200 1000');
  });
});

describe('cancelIdScope', () => {
  it.each([
    { cancelIdScope: 'receipt' as const, other: '200 100' },
    { cancelIdScope: 'project' as const, other: 'RC_CANCEL_ID_ALREADY_EXIST' },
  ])('$cancelIdScope: the id on another receipt sees $other', async ({ cancelIdScope, other }) => {
    const sim = await withSwitches({ cancelIdScope });
    sim.addReceipt({ id: 'other', price: 1000 });
    await cancel(sim, { cancel_price: 100, cancel_id: 'c1' });
    const onOther = await cancel(sim, { receipt_id: 'other', cancel_price: 100, cancel_id: 'c1' });
    expect(brief(onOther)).toBe(other);
  });
});

it('lookUpWithout and lookUpWith change what look-ups show, and no answer to a cancel', async () => {
  const sim = await withSwitches({ lookUpWithout: ['currency'], lookUpWith: { cancelled_tax_free: null } });
  const answer = json(await cancel(sim, { cancel_price: 300 }));
  expect(answer).toMatchObject({ currency: 'KRW', cancelled_tax_free: 0 });
  const shown = json(await lookUp(sim));
  expect(shown).not.toHaveProperty('currency');
  expect(shown).toMatchObject({ cancelled_tax_free: null, cancelled_price: 300 });
});

it.each([
  { cancelIdCheckedFirst: false, seen: 'RC_ALREADY_CANCELLED' },
  { cancelIdCheckedFirst: true, seen: 'RC_CANCEL_ID_ALREADY_EXIST' },
])('cancelIdCheckedFirst $cancelIdCheckedFirst: a repeated full cancel sees $seen', async (row) => {
  const sim = await withSwitches({ cancelIdCheckedFirst: row.cancelIdCheckedFirst });
  await cancel(sim, { cancel_id: 'c1' });
  expect(brief(await cancel(sim, { cancel_id: 'c1' }))).toBe(row.seen);
});

describe('statusAfterPartial', () => {
  it.each([1, 20] as const)('%s in the answer, in the look-up, each for itself', async (status) => {
    const other = status === 1 ? 20 : 1;
    const sim = await withSwitches({ statusAfterPartial: { cancelResponse: status, lookUp: other } });
    expect(json(await cancel(sim, { cancel_price: 300 }))).toMatchObject({ status, cancelled_price: 300 });
    expect(json(await lookUp(sim))).toMatchObject({ status: other, cancelled_price: 300 });
  });

  it('20 still lets the rest be cancelled, and a full cancel is 20 in any case', async () => {
    const sim = await withSwitches({ statusAfterPartial: { cancelResponse: 20, lookUp: 20 } });
    await cancel(sim, { cancel_price: 300 });
    expect(brief(await cancel(sim))).toBe('200 1000');
    sim.configure({ statusAfterPartial: { lookUp: 1 } });
    expect(json(await lookUp(sim))).toMatchObject({ status: 20, status_locale: '결제취소완료' });
  });
});

describe('cancelResponseShape', () => {
  it('minimal: the fields of the example on the page', async () => {
    const clock = handClock(Date.parse('2025-01-16T10:30:00+09:00'));
    const sim = await simulator({
      now: clock.now,
      scenario: { switches: { cancelResponseShape: 'minimal' } },
    });
    expect(json(await cancel(sim))).toEqual({
      receipt_id: '6244f60c1fc19202e42e8c4e',
      order_id: '1648686604470',
      price: 1000,
      cancelled_price: 1000,
      status: 20,
      status_locale: '결제취소완료',
      cancelled_at: '2025-01-16T10:30:00+09:00',
    });
  });

  it('full: all that a look-up shows', async () => {
    const sim = await simulator();
    const answer = json(await cancel(sim));
    expect(answer).toEqual(json(await lookUp(sim)));
    expect(answer).toHaveProperty('card_data');
  });
});

it.each([
  ['RC_NOT_FOUND', 404, 400],
  ['RC_CANCEL_SERVER_ERROR', 400, 500],
  ['RC_CANCEL_CRITICAL_ERROR', 500, 400],
  ['RC_UNHEARD_OF', 400, 418],
] as const)('httpStatusByCode: %s is %s, or %s by the switch', async (code, usual, switched) => {
  const sim = await simulator();
  sim.script(RECEIPT, { cancel: [{ reply: 'code', code, times: 2 }] });
  expect(await cancel(sim)).toMatchObject({ status: usual });
  sim.configure({ httpStatusByCode: { [code]: switched } });
  expect(await cancel(sim)).toMatchObject({ status: switched, json: { error_code: code } });
});

describe('lookUpLagMs', () => {
  it('hides a cancel from look-ups until it is old enough, but not from Bootpay itself', async () => {
    const clock = handClock();
    const sim = await simulator({ now: clock.now, scenario: { switches: { lookUpLagMs: 3_000 } } });
    await cancel(sim, { cancel_price: 700 });
    clock.ms += 2_999;
    expect(brief(await lookUp(sim))).toBe('200 0');
    expect(brief(await cancel(sim, { cancel_price: 301 }))).toBe('RC_CANCEL_PRICE_OVER');
    clock.ms += 1;
    expect(brief(await lookUp(sim))).toBe('200 700');
  });

  it('does not hide what was cancelled before the scenario began', async () => {
    const receipts = [{ id: RECEIPT, price: 1000, cancelledPrice: 400 }];
    const sim = await simulator({ scenario: { receipts, switches: { lookUpLagMs: 3_000 } } });
    expect(brief(await lookUp(sim))).toBe('200 400');
  });
});

describe('latencyMs and jitter', () => {
  it('keeps the caller waiting, by a time that varies with the jitter', async () => {
    // Long, so that what a busy machine adds is short beside it.
    const latencyMs = 250;
    const sim = await withSwitches({ latencyMs, jitter: 1 });
    const waits: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const begin = performance.now();
      await lookUp(sim);
      waits.push(performance.now() - begin);
    }
    expect(Math.max(...waits)).toBeGreaterThan(0.9 * latencyMs);
    expect(Math.min(...waits)).toBeLessThan(0.9 * latencyMs);
  });
});

describe('ratePerSecond', () => {
  it('turns cancels away with 9003 over the limit of the PG, not look-ups, until a second has passed', async () => {
    const clock = handClock();
    const sim = await simulator({ now: clock.now, scenario: { switches: { ratePerSecond: 2 } } });
    for (let n = 0; n < 2; n += 1) expect(brief(await cancel(sim, { cancel_price: 1 }))).toBe(`200 ${n + 1}`);
    clock.ms += 999;
    const refused = json(await cancel(sim, { cancel_price: 1 }));
    expect(refused).toMatchObject({ error_code: 'RC_CANCEL_SERVER_ERROR', pg_error_code: '9003' });
    expect(brief(await lookUp(sim))).toBe('200 2');
    clock.ms += 1;
    expect(brief(await cancel(sim, { cancel_price: 1 }))).toBe('200 3');
  });

  it('does not count what never reaches the PG', async () => {
    const sim = await withSwitches({ ratePerSecond: 1 });
    expect(brief(await cancel(sim, { cancel_price: 0 }))).toBe('RC_CANCEL_PRICE_NOT_ZERO');
    expect(brief(await cancel(sim))).toBe('200 1000');
  });
});

describe('throttleOver', () => {
  it('answers 429 with Retry-After to any kind of call over the limit', async () => {
    const clock = handClock();
    const switches = { throttleOver: 2, throttleRetryAfter: 5 };
    const sim = await simulator({ now: clock.now, scenario: { switches } });
    await lookUp(sim);
    await cancel(sim, { cancel_price: 1 });
    const throttled = [await lookUp(sim), await cancel(sim)];
    expect(throttled.map(brief)).toEqual(['429 -', '429 -']);
    expect(throttled.map((seen) => seen.kind === 'answer' && seen.headers.get('retry-after'))).toEqual([
      '5',
      '5',
    ]);
    sim.configure({ throttleRetryAfter: null });
    const without = await lookUp(sim);
    expect(without.kind === 'answer' && without.headers.has('retry-after')).toBe(false);
    clock.ms += 1_000;
    expect(brief(await lookUp(sim))).toBe('200 1');
  });
});

describe('concurrentCancel', () => {
  it('serialised: the second waits for its turn and finds what the first left', async () => {
    const sim = await simulator();
    const slow = { reply: 'normal', latencyMs: 100 } as const;
    sim.script(RECEIPT, { cancel: [slow, { reply: 'normal', latencyMs: 0 }] });
    const first = cancel(sim, { cancel_price: 600 });
    await sim.waitFor(({ calls }) => calls.length === 1);
    expect(brief(await cancel(sim, { cancel_price: 600 }))).toBe('RC_CANCEL_PRICE_OVER');
    expect(brief(await first)).toBe('200 600');
  });

  it('a code: the second gets it while the first is at work, and uses up no step of the script', async () => {
    const sim = await withSwitches({ concurrentCancel: 'RC_CANCEL_SERVER_ERROR' });
    sim.script(RECEIPT, { cancel: [{ reply: 'normal', latencyMs: 200 }] });
    const first = cancel(sim, { cancel_price: 600 });
    await sim.waitFor(({ calls }) => calls.length === 1);
    expect(brief(await cancel(sim, { cancel_price: 600 }))).toBe('RC_CANCEL_SERVER_ERROR');
    expect(brief(await first)).toBe('200 600');
    expect(brief(await cancel(sim, { cancel_price: 100 }))).toBe('200 700');
  });

  it('two receipts never wait for each other', async () => {
    const sim = await withSwitches({ concurrentCancel: 'RC_CANCEL_SERVER_ERROR', latencyMs: 30 });
    sim.addReceipt({ id: 'other', price: 1000 });
    const both = await Promise.all([cancel(sim), cancel(sim, { receipt_id: 'other' })]);
    expect(both.map(brief)).toEqual(['200 1000', '200 1000']);
  });
});

it.each([
  { lookUpSeesOutsideCancel: true, shown: '200 400' },
  { lookUpSeesOutsideCancel: false, shown: '200 0' },
])('lookUpSeesOutsideCancel $lookUpSeesOutsideCancel: the look-up shows $shown', async (row) => {
  const sim = await withSwitches({ lookUpSeesOutsideCancel: row.lookUpSeesOutsideCancel });
  sim.cancelOutside(RECEIPT, 400);
  expect(brief(await lookUp(sim))).toBe(row.shown);
});

it('pgSaysAlreadyCancelled can be 2027 itself', async () => {
  const sim = await withSwitches({
    pgSaysAlreadyCancelled: { code: 'RC_ALREADY_CANCELLED', pgErrorCode: null },
  });
  sim.cancelOutside(RECEIPT, 1000, { visible: false });
  expect(json(await cancel(sim))).not.toHaveProperty('pg_error_code');
  expect(brief(await cancel(sim))).toBe('RC_ALREADY_CANCELLED');
});

describe('configure', () => {
  it('changes only what it names, inside of groups too', async () => {
    const sim = await withSwitches({ latencyMs: 1, credentials: { clientKey: 'k' } });
    sim.configure({ jitter: 0.2, credentials: { secretKey: 's' } });
    expect(sim.switches).toMatchObject({
      latencyMs: 1,
      jitter: 0.2,
      credentials: { clientKey: 'k', secretKey: 's' },
    });
    expect(sim.switches.credentials.applicationId).toBe('sim_application_id');
  });

  it('refuses a switch nobody knows', async () => {
    const sim = await simulator();
    expect(() => sim.configure(JSON.parse('{"latency": 5}'))).toThrow('latency: is not known');
  });

  it('a receipt may have its own', async () => {
    const sim = await withSwitches({ statusAfterPartial: { cancelResponse: 20 } });
    sim.addReceipt({ id: 'own', price: 10, switches: { cancelResponseShape: 'minimal' } });
    const own = json(await cancel(sim, { receipt_id: 'own', cancel_price: 5 }));
    expect(own).not.toHaveProperty('card_data');
    expect(own['status']).toBe(20);
    expect(json(await cancel(sim))).toHaveProperty('card_data');
  });
});
