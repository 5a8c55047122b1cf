import { describe, expect, it } from 'vitest';
import type { CancelStepInput, LookUpStepInput } from '../../simulator/index.ts';
import { brief, cancel, handClock, json, lookUp, RECEIPT, type Seen, simulator } from './support.ts';

interface Row<Step> {
  step: Step;
  /** What the caller saw, in short. */
  seen: string;
  ended?: 'answered' | 'reset' | 'hung';
  refunded?: number;
}

/** A partial cancel of 300 under each scripted reply. */
const CANCELS: Row<CancelStepInput>[] = [
  { step: { reply: 'normal' }, seen: '200 300', refunded: 300 },
  { step: { reply: 'code', code: 'RC_SOMETHING_NEW' }, seen: 'RC_SOMETHING_NEW' },
  { step: { reply: 'reset_before_commit' }, seen: 'broken', ended: 'reset' },
  { step: { reply: 'reset_after_commit' }, seen: 'broken', ended: 'reset', refunded: 300 },
  { step: { reply: 'hang_before_commit' }, seen: 'no_answer', ended: 'hung' },
  { step: { reply: 'hang_after_commit' }, seen: 'no_answer', ended: 'hung', refunded: 300 },
  { step: { reply: 'html_502_before_commit' }, seen: '502 -' },
  { step: { reply: 'html_502_after_commit' }, seen: '502 -', refunded: 300 },
  { step: { reply: 'empty_503' }, seen: '503 -' },
  { step: { reply: 'empty_503', commit: true }, seen: '503 -', refunded: 300 },
  { step: { reply: 'throttled_429', retryAfter: 7 }, seen: '429 -' },
  { step: { reply: 'ok_with_error_code' }, seen: 'RC_CANCEL_SERVER_ERROR' },
  { step: { reply: 'ok_with_error_code', commitAfterMs: 0 }, seen: 'RC_CANCEL_SERVER_ERROR', refunded: 300 },
  { step: { reply: 'ok_without_amounts' }, seen: '200 -', refunded: 300 },
  { step: { reply: 'ok_without_amounts', commit: false }, seen: '200 -' },
  { step: { reply: 'ok_other_amounts' }, seen: '200 301', refunded: 300 },
  { step: { reply: 'ok_other_amounts', cancelledPrice: 900, commit: false }, seen: '200 900' },
  { step: { reply: 'redirect_302' }, seen: '302 -' },
  { step: { reply: 'redirect_307' }, seen: '307 -' },
  { step: { reply: 'truncated' }, seen: 'broken', ended: 'reset', refunded: 300 },
  { step: { reply: 'truncated', commit: false }, seen: 'broken', ended: 'reset' },
  { step: { reply: 'oversized', bytes: 100_000 }, seen: '200 300', refunded: 300 },
  { step: { reply: 'empty_204' }, seen: '204 -', refunded: 300 },
  { step: { reply: 'not_json' }, seen: '200 -', refunded: 300 },
  { step: { reply: 'unauthorized' }, seen: 'TOKEN_KEY_INVALID' },
  { step: { reply: 'unauthorized', form: 'empty' }, seen: '401 -' },
];

describe('a cancel whose scripted reply is', () => {
  it.each(CANCELS)('$step: seen as $seen, refunded $refunded', async (row) => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [row.step] });
    expect(brief(await cancel(sim, { cancel_price: 300, cancel_id: 'c1' }))).toBe(row.seen);

    const call = await sim.waitForCall('cancel', 1);
    expect(call).toMatchObject({ receiptId: RECEIPT, cancelId: 'c1', ended: row.ended ?? 'answered' });
    const refunded = row.refunded ?? 0;
    expect(sim.book.of(RECEIPT)).toMatchObject({ refunds: refunded === 0 ? 0 : 1, refundedAmount: refunded });
    expect(brief(await lookUp(sim))).toBe(`200 ${refunded}`);
  });

  it('late_commit: the money moves when the clock says so, and the cancel_id is used at once', async () => {
    const clock = handClock();
    const sim = await simulator({ now: clock.now });
    sim.script(RECEIPT, { cancel: [{ reply: 'late_commit', delayMs: 140_000 }] });
    expect(brief(await cancel(sim, { cancel_price: 300, cancel_id: 'c1' }))).toBe('no_answer');
    clock.ms += 139_999;
    expect(brief(await lookUp(sim))).toBe('200 0');
    expect(brief(await cancel(sim, { cancel_price: 300, cancel_id: 'c1' }))).toBe(
      'RC_CANCEL_ID_ALREADY_EXIST',
    );
    clock.ms += 1;
    expect(brief(await lookUp(sim))).toBe('200 300');
    expect(sim.book.of(RECEIPT).refundedByCancelId).toEqual({ c1: 300 });
  });

  it('late_commit on a real clock: the timer of the simulator moves the money', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'late_commit', delayMs: 20, how: 'reset' }] });
    expect(brief(await cancel(sim, { cancel_id: 'c1' }))).toBe('broken');
    await sim.waitFor(({ book }) => book.of(RECEIPT).refundedAmount === 1000);
  });

  it('late_commit of what Bootpay refuses anyway: no answer, and no money later', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'late_commit', delayMs: 0, how: 'reset' }] });
    sim.configure({ burnsRefusedCancelId: true });
    expect(brief(await cancel(sim, { cancel_price: 5_000, cancel_id: 'c1' }))).toBe('broken');
    expect(sim.book.of(RECEIPT).refunds).toBe(0);
    expect(brief(await cancel(sim, { cancel_id: 'c1' }))).toBe('RC_CANCEL_ID_ALREADY_EXIST');
  });

  it('a code whose money moves, when nothing is left: no entry in the book', async () => {
    const sim = await simulator();
    await cancel(sim);
    const step = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 0 } as const;
    sim.script(RECEIPT, { cancel: [step] });
    expect(brief(await cancel(sim))).toBe('RC_CANCEL_CRITICAL_ERROR');
    expect(sim.book.of(RECEIPT).refunds).toBe(1);
  });

  it.each(['RC_CANCEL_SERVER_ERROR', 'RC_CANCEL_CRITICAL_ERROR'])(
    '%s, and the PG pays 9 s later',
    async (code) => {
      const clock = handClock();
      const sim = await simulator({ now: clock.now });
      sim.script(RECEIPT, { cancel: [{ reply: 'code', code, commitAfterMs: 9_000 }] });
      expect(brief(await cancel(sim, { cancel_price: 300 }))).toBe(code);
      expect(sim.book.of(RECEIPT).refunds).toBe(0);
      clock.ms += 9_000;
      expect(brief(await lookUp(sim))).toBe('200 300');
    },
  );

  it('a code whose money moves without Bootpay ever knowing', async () => {
    const sim = await simulator();
    const step = {
      reply: 'code',
      code: 'RC_CANCEL_CRITICAL_ERROR',
      commitAfterMs: 0,
      visible: false,
    } as const;
    sim.script(RECEIPT, { cancel: [step] });
    await cancel(sim, { cancel_price: 300 });
    expect(brief(await lookUp(sim))).toBe('200 0');
    expect(sim.book.of(RECEIPT).refundedAmount).toBe(300);
  });

  it('about amounts, when Bootpay refuses anyway: the refusal', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'ok_other_amounts' }] });
    const answer = await cancel(sim, { cancel_price: 5_000 });
    expect(answer).toMatchObject({ status: 400, json: { error_code: 'RC_CANCEL_PRICE_OVER' } });
    expect(json(answer)).not.toHaveProperty('cancelled_price');
  });

  it('a code with another HTTP status, message and PG code', async () => {
    const sim = await simulator();
    const step = {
      reply: 'code',
      code: 'RC_CANCEL_SERVER_ERROR',
      pgErrorCode: '8012',
      httpStatus: 422,
      message: 'm',
    };
    sim.script(RECEIPT, { cancel: [{ ...step, reply: 'code' }] });
    expect(await cancel(sim)).toMatchObject({ status: 422, json: { pg_error_code: '8012', message: 'm' } });
  });

  it('a redirect to the receipt (302) or to itself (307), or elsewhere', async () => {
    const sim = await simulator();
    const elsewhere = { reply: 'redirect_302', location: 'http://127.0.0.1:1/' } as const;
    sim.script(RECEIPT, { cancel: [{ reply: 'redirect_302' }, { reply: 'redirect_307' }, elsewhere] });
    const locations = [await cancel(sim), await cancel(sim), await cancel(sim)].map(header('location'));
    expect(locations).toEqual([`/v2/receipt/${RECEIPT}`, '/v2/cancel', 'http://127.0.0.1:1/']);
  });

  it('429 with seconds, with a date, and without Retry-After', async () => {
    const sim = await simulator();
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    const retryAfter = [{ retryAfter: 7 }, { retryAfter: date }, {}];
    sim.script(RECEIPT, { cancel: retryAfter.map((field) => ({ reply: 'throttled_429', ...field })) });
    const answers = [await cancel(sim), await cancel(sim), await cancel(sim)];
    expect(answers.map(header('retry-after'))).toEqual(['7', date, null]);
  });

  it('200 with an error_code: a success to who looks at the status only', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'ok_with_error_code', code: 'RC_CANCEL_FAILED' }] });
    expect(await cancel(sim)).toMatchObject({ status: 200, json: { error_code: 'RC_CANCEL_FAILED' } });
  });

  it('an HTML page, or text that says it is JSON', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, {
      cancel: [{ reply: 'html_502_before_commit' }, { reply: 'not_json', commit: false }],
    });
    const answers = [await cancel(sim), await cancel(sim)];
    expect(answers).toMatchObject([{ text: '<html>bad gateway</html>' }, { text: 'OK' }]);
    expect(answers.map(header('content-type'))).toEqual([
      'text/html; charset=utf-8',
      'application/json; charset=utf-8',
    ]);
  });

  it('larger than any receipt, 5 MiB when the script does not say', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ reply: 'oversized' }] });
    const answer = await cancel(sim);
    expect(answer.kind === 'answer' && answer.text.length > 5_242_880).toBe(true);
  });
});

describe('a look-up whose scripted reply is', () => {
  const LOOK_UPS: Row<LookUpStepInput>[] = [
    { step: { reply: 'normal' }, seen: '200 300' },
    { step: { reply: 'stale' }, seen: '200 0' },
    { step: { reply: 'not_found' }, seen: 'RC_NOT_FOUND' },
    { step: { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' }, seen: 'RC_CANCEL_SERVER_ERROR' },
    { step: { reply: 'ok_with_error_code', code: 'RC_NOT_FOUND' }, seen: 'RC_NOT_FOUND' },
    { step: { reply: 'ok_without_amounts' }, seen: '200 -' },
    { step: { reply: 'ok_other_amounts', cancelledPrice: 5 }, seen: '200 5' },
    { step: { reply: 'reset' }, seen: 'broken', ended: 'reset' },
    { step: { reply: 'hang' }, seen: 'no_answer', ended: 'hung' },
    { step: { reply: 'truncated' }, seen: 'broken', ended: 'reset' },
    { step: { reply: 'html_502' }, seen: '502 -' },
    { step: { reply: 'empty_503' }, seen: '503 -' },
    { step: { reply: 'empty_204' }, seen: '204 -' },
    { step: { reply: 'not_json' }, seen: '200 -' },
    { step: { reply: 'oversized', bytes: 10 }, seen: '200 300' },
    { step: { reply: 'throttled_429' }, seen: '429 -' },
    { step: { reply: 'redirect_302' }, seen: '302 -' },
    { step: { reply: 'redirect_307' }, seen: '307 -' },
    { step: { reply: 'unauthorized', form: 'APP_SK_NOT_MATCHED' }, seen: 'APP_SK_NOT_MATCHED' },
  ];
  it.each(LOOK_UPS)('$step: seen as $seen', async (row) => {
    const sim = await simulator();
    await cancel(sim, { cancel_price: 300 });
    sim.script(RECEIPT, { look_up: [row.step] });
    expect(brief(await lookUp(sim))).toBe(row.seen);
    expect(await sim.waitForCall('look_up', 1)).toMatchObject({ ended: row.ended ?? 'answered' });
    expect(brief(await lookUp(sim))).toBe('200 300');
  });

  it('stale, after several cancels: only the last one is missing', async () => {
    const sim = await simulator();
    for (const price of [100, 200, 300]) await cancel(sim, { cancel_price: price });
    sim.script(RECEIPT, { look_up: [{ reply: 'stale' }] });
    expect(brief(await lookUp(sim))).toBe('200 300');
  });
});

describe('a script', () => {
  const refusal = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;

  it('plays its steps in order, each as often as it says, and then things are normal', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ ...refusal, times: 2 }, { reply: 'empty_503' }] });
    const seen: string[] = [];
    for (let n = 0; n < 4; n += 1) seen.push(brief(await cancel(sim)));
    expect(seen).toEqual(['RC_CANCEL_SERVER_ERROR', 'RC_CANCEL_SERVER_ERROR', '503 -', '200 1000']);
  });

  it('can go on for ever', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [{ ...refusal, times: 'always' }] });
    for (let n = 0; n < 5; n += 1) expect(brief(await cancel(sim))).toBe('RC_CANCEL_SERVER_ERROR');
  });

  it('keeps cancels and look-ups apart, and replaces only the queues it names', async () => {
    const sim = await simulator();
    sim.script(RECEIPT, { cancel: [refusal], look_up: [{ reply: 'empty_503' }] });
    sim.script(RECEIPT, { cancel: [{ reply: 'empty_503' }] });
    expect([brief(await lookUp(sim)), brief(await cancel(sim))]).toEqual(['503 -', '503 -']);
  });

  it('by default is played by every receipt, after its own', async () => {
    const receipts = [
      { id: 'a', price: 10, script: { cancel: [{ reply: 'empty_503' as const }] } },
      { id: 'b', price: 10 },
    ];
    const sim = await simulator({ scenario: { receipts, default: { cancel: [refusal] } } });
    const answers: string[] = [];
    for (const id of ['a', 'a', 'a', 'b', 'b']) answers.push(brief(await cancel(sim, { receipt_id: id })));
    expect(answers).toEqual([
      '503 -',
      'RC_CANCEL_SERVER_ERROR',
      '200 10',
      'RC_CANCEL_SERVER_ERROR',
      '200 10',
    ]);
  });

  it('for * replaces the default one', async () => {
    const sim = await simulator({ scenario: { default: { cancel: [refusal] } } });
    expect(brief(await cancel(sim))).toBe('RC_CANCEL_SERVER_ERROR');
    sim.script('*', { cancel: [{ reply: 'empty_503' }] });
    expect([brief(await cancel(sim)), brief(await cancel(sim))]).toEqual(['503 -', '200 1000']);
  });

  it('has its own latency', async () => {
    const sim = await simulator({ scenario: { switches: { latencyMs: 60_000 } } });
    sim.script(RECEIPT, { cancel: [{ reply: 'normal', latencyMs: 1 }] });
    expect(brief(await cancel(sim))).toBe('200 1000');
  });

  it('for a receipt that does not exist is refused', async () => {
    const sim = await simulator();
    expect(() => sim.script('unknown', { cancel: [] })).toThrow('unknown is no receipt');
  });
});

describe('faults by chance', () => {
  const receipts = Array.from({ length: 40 }, (_, n) => ({ id: `r${n}`, price: 10 }));
  const play = async (seed: number, order = receipts) => {
    const cancelFaults = [
      { probability: 0.3, step: { reply: 'empty_503' as const } },
      { probability: 0.2, step: { reply: 'reset_after_commit' as const } },
    ];
    const sim = await simulator({ scenario: { receipts, random: { seed, cancel: cancelFaults } } });
    const seen = new Map<string, string>();
    for (const { id } of order) seen.set(id, brief(await cancel(sim, { receipt_id: id })));
    return receipts.map(({ id }) => seen.get(id));
  };

  it('are the same for the same seed, in whatever order the calls arrive', async () => {
    expect(await play(7)).toEqual(await play(7, [...receipts].reverse()));
  });

  it('are others for another seed, about as frequent as the scenario says', async () => {
    const seven = await play(7);
    expect(await play(8)).not.toEqual(seven);
    const count = (what: string) => seven.filter((seen) => seen === what).length;
    expect(count('503 -')).toBeGreaterThan(5);
    expect(count('broken')).toBeGreaterThan(2);
    expect(count('200 10')).toBeGreaterThan(10);
  });
});

function header(name: string) {
  return (seen: Seen) => (seen.kind === 'answer' ? seen.headers.get(name) : undefined);
}

it('a caller that leaves first is in the log as abandoned, and its cancel is made all the same', async () => {
  const sim = await simulator();
  sim.script(RECEIPT, { cancel: [{ reply: 'normal', latencyMs: 300 }] });
  const leaving = new AbortController();
  const call = fetch(`${sim.url}/cancel`, {
    method: 'POST',
    body: JSON.stringify({ receipt_id: RECEIPT }),
    headers: { authorization: `Basic ${Buffer.from('sim_client_key:sim_secret_key').toString('base64')}` },
    signal: leaving.signal,
  });
  await sim.waitFor(({ calls }) => calls.length === 1);
  leaving.abort();
  await expect(call).rejects.toThrow();
  expect(await sim.waitForCall('cancel', 1)).toMatchObject({ ended: 'abandoned', outcome: 'accepted' });
  expect(json(await lookUp(sim))).toMatchObject({ cancelled_price: 1000 });
});
