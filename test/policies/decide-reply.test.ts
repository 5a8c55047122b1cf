// What the answer meant: each row of docs/design.md section 6 for the reply to a cancel.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Refund } from '../../src/domain/refund.ts';
import type { CancelReply, Receipt } from '../../src/domain/reply.ts';
import { decideReply } from '../../src/policies/decide-reply.ts';
import { errorTable } from '../../src/policies/error-table.ts';
import { seoul } from './receipts.ts';
import {
  accepted,
  codes,
  hour,
  looked,
  minute,
  noAnswer,
  notSent,
  now,
  type Past,
  type PastReply,
  partial,
  refused,
  second,
  sendingAfter,
  settings,
  situation,
  throttled,
  totals,
  unauthorized,
  unreadable,
} from './refunds.ts';

type Reply = Exclude<CancelReply, { kind: 'unauthorized' }>;

interface Given {
  readonly past?: readonly (PastReply | Past)[];
  readonly refund?: Partial<Refund>;
  readonly receipt?: Partial<Receipt>;
  readonly chance?: number;
  readonly now?: number;
}

/** The reply to a cancel that has just been sent, after the attempts in `past`. */
function decide(reply: Reply, { past = [], refund: changes, receipt = {}, ...rest }: Given = {}) {
  const { refund, attempt } = sendingAfter(past, changes);
  return decideReply(situation(looked(refund, receipt), rest), attempt, reply);
}

/** A wait of so much chance: from half of it to all of it. */
const firstWait = { least: now + 15 * second, most: now + 30 * second };

describe('an accepted cancel', () => {
  test('whose amounts agree is settled', () => {
    expect(decide(accepted())).toEqual({ kind: 'settle', settledWon: 10_000, by: 'answer' });
  });

  test('of a part is settled with its amount, from the T0 of its own attempt', () => {
    const given = { refund: { cancel: partial(3_000), totalsBefore: totals(2_000, 2_000) } };
    expect(decide(accepted({ cancelledWon: 5_000 }), given)).toMatchObject({ settledWon: 3_000 });
    expect(decide(accepted({ cancelledWon: 3_000 }), given)).toMatchObject({ kind: 'look_up_at' });
  });

  test('is judged by what its attempt asked for', () => {
    const { refund, attempt } = sendingAfter([], { cancel: partial(3_000) });
    const edited = situation({ ...refund, cancel: partial(4_000) });
    expect(decideReply(edited, attempt, accepted({ cancelledWon: 3_000 })).kind).toBe('settle');
  });

  test.each([
    ['without its total', { cancelledWon: null }],
    ['without its price', { priceWon: null }],
    ['with another total', { cancelledWon: 9_000 }],
    ['without growth', { cancelledWon: 0 }],
  ])('%s is looked up at once, never retried', (_, answer) => {
    expect(decide(accepted(answer))).toMatchObject({ kind: 'look_up_at', at: now });
  });
});

describe('RC_CANCEL_SERVER_ERROR 2032', () => {
  const reply = refused(codes[2032]);

  test.each([
    [0, 15, 30],
    [1, 30, 60],
    [2, 60, 120],
    [5, 480, 960],
    [10, 1_800, 3_600],
  ])('after %i used attempts is retried in %i to %i seconds', (attemptsUsed, least, most) => {
    for (const [chance, wait] of [
      [0, least],
      [1, most],
    ] as const) {
      expect(decide(reply, { refund: { attemptsUsed }, chance })).toEqual({
        kind: 'retry_at',
        at: now + wait * second,
        nextGeneration: false,
        reason: codes[2032],
      });
    }
  });

  test('at the twelfth used attempt exhausts the retries', () => {
    expect(decide(reply, { refund: { attemptsUsed: 10 } }).kind).toBe('retry_at');
    expect(decide(refused(codes[2032], '4711'), { refund: { attemptsUsed: 11 } })).toMatchObject({
      kind: 'dead_letter',
      case: 'retries_exhausted',
      code: codes[2032],
      pgCode: '4711',
      severity: 'warning',
      keepsLock: false,
    });
  });

  test('does not count attempts that were not used', () => {
    const past = Array.from({ length: 20 }, () => noAnswer);
    expect(decide(reply, { past, refund: { attemptsUsed: 0 } }).kind).toBe('retry_at');
  });

  test('with a PG code that the table calls permanent is a dead letter', () => {
    expect(decide(refused(codes[2032], '8012'), { receipt: { pg: 'kcp' } })).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[2032],
      pgCode: '8012',
      severity: 'warning',
      keepsLock: false,
    });
  });

  test.each([
    ['the same code of a PG that is not known', '어떤페이', '8012'],
    ['the same code of a PG that is not said', null, '8012'],
    ['the same code of another PG', '나이스페이먼츠', '8012'],
    ['a pair that is not in the table', 'kcp', '4711'],
    ['NicePay 9003, overload', '나이스페이먼츠', '9003'],
  ])('is retried for %s', (_, pg, pgCode) => {
    expect(decide(refused(codes[2032], pgCode), { receipt: { pg } }).kind).toBe('retry_at');
  });

  test('is retried when nobody looked the receipt up', () => {
    const { refund, attempt } = sendingAfter([]);
    const unseen = situation({ ...refund, lastLookUp: null });
    expect(decideReply(unseen, attempt, refused(codes[2032], '8012')).kind).toBe('retry_at');
  });

  test('with NicePay 2015, already cancelled, is as 2027', () => {
    const already = refused(codes[2032], '2015');
    const dead = { kind: 'dead_letter', case: 'bootpay_refused', pgCode: '2015', keepsLock: true };
    expect(decide(already)).toMatchObject(dead);
    expect(decide(already, { past: [reply] })).toMatchObject({ kind: 'dead_letter' });
    expect(decide(already, { past: [noAnswer] })).toMatchObject({ kind: 'look_up_at', at: now });
  });

  test('does not wait past the deadline', () => {
    const refund = { attemptsUsed: 10, deadlineAt: now + minute };
    expect(decide(reply, { refund })).toMatchObject({ kind: 'retry_at', at: now + minute });
  });

  describe('ten minutes before the window of a phone payment closes', () => {
    const receipt = { method: 'phone', purchasedAt: seoul('2026-11-03T12:00:00') } as const;
    const late = seoul('2026-11-30T23:50:00');
    const refund = { attemptsUsed: 8, deadlineAt: late + 5 * hour };

    test('is retried while one attempt remains', () => {
      expect(decide(reply, { receipt, refund, now: late, chance: 1 })).toMatchObject({
        kind: 'retry_at',
        at: seoul('2026-12-01T00:00:00') - 1 - 75 * second,
      });
    });

    test('is retried as usual when a person asked Bootpay all the same', () => {
      const acknowledged = { ...refund, acknowledged: true };
      expect(decide(reply, { receipt, refund: acknowledged, now: late, chance: 1 })).toMatchObject({
        at: late + hour,
      });
    });
  });
});

describe.each([2027, 2052, 2053] as const)('%i, which may echo an earlier attempt of ours,', (number) => {
  const reply = refused(codes[number]);

  test.each<[string, readonly PastReply[]]>([
    ['on the first attempt', []],
    ['after definite refusals', [refused(codes[2032]), refused(codes[2032])]],
    ['after attempts that were not sent, throttled or unauthorized', [notSent, throttled(), unauthorized]],
  ])('%s is a dead letter', (_, past) => {
    expect(decide(reply, { past })).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[number],
      keepsLock: true,
    });
  });

  test.each<[string, PastReply]>([
    ['no answer', noAnswer],
    ['an unreadable answer', unreadable],
    ['a process that died', null],
    ['a 2029', refused(codes[2029])],
    ['a 2086', refused(codes[2086])],
    ['an unlisted code', refused('RC_SOMETHING_NEW')],
  ])('after %s is unknown, and looked up at once', (_, earlier) => {
    for (const past of [
      [earlier],
      [earlier, refused(codes[2032])],
      [refused(codes[2032]), earlier, notSent],
    ]) {
      expect(decide(reply, { past })).toMatchObject({ kind: 'look_up_at', at: now });
    }
  });

  test('after no answer of an earlier generation is unknown too', () => {
    const past = [{ reply: noAnswer }, { reply: refused(codes[2032]), generation: 2 }];
    expect(decide(reply, { past })).toMatchObject({ kind: 'look_up_at' });
  });
});

describe('RC_CANCEL_ID_ALREADY_EXIST 2029', () => {
  const reply = refused(codes[2029]);

  test.each<[string, readonly (PastReply | Past)[]]>([
    ['on the first attempt (history 3)', []],
    ['after attempts that were only not sent', [notSent, notSent]],
    [
      'on the first attempt of the next generation (history 4)',
      [{ reply: refused(codes[2032]) }, { reply: notSent, generation: 2 }],
    ],
  ])('%s is a dead letter', (_, past) => {
    expect(decide(reply, { past })).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[2029],
      severity: 'warning',
      keepsLock: true,
    });
  });

  test.each<[string, PastReply]>([
    ['a refusal', refused(codes[2032])],
    ['no answer', noAnswer],
    ['an unreadable answer', unreadable],
    ['a process that died', null],
    ['another 2029', refused(codes[2029])],
    ['a 429', throttled()],
  ])('after %s of this generation is unknown, looked up on the schedule', (_, earlier) => {
    for (const past of [[earlier], [notSent, earlier], [earlier, notSent]]) {
      expect(decide(reply, { past })).toMatchObject({ kind: 'look_up_at', at: now + 5 * second });
    }
  });
});

describe('RC_CANCEL_CRITICAL_ERROR 2086', () => {
  test.each<[string, readonly PastReply[]]>([
    ['on the first attempt', []],
    ['after a refusal', [refused(codes[2032])]],
    ['after no answer', [noAnswer]],
  ])('%s is a critical dead letter that keeps its receipt', (_, past) => {
    expect(decide(refused(codes[2086], '2015'), { past })).toMatchObject({
      kind: 'dead_letter',
      case: 'bootpay_refused',
      code: codes[2086],
      pgCode: '2015',
      severity: 'critical',
      keepsLock: true,
    });
  });
});

describe('a terminal refusal', () => {
  const terminal = [2000, 2028, 2030, 2031, 2033, 2039, 2051] as const;
  test.each([...terminal.map((number) => codes[number]), 'RC_CANCEL_FAILED'])(
    '%s is a dead letter that releases its receipt, whatever came before',
    (code) => {
      for (const past of [[], [refused(codes[2032])], [noAnswer]]) {
        expect(decide(refused(code, '8104'), { past })).toMatchObject({
          kind: 'dead_letter',
          case: 'bootpay_refused',
          code,
          pgCode: '8104',
          severity: 'warning',
          keepsLock: false,
        });
      }
    },
  );

  test.each(['RC_SOMETHING_NEW', '2032', 'constructor', ''])(
    'with the unlisted code %j is a critical dead letter that keeps its receipt',
    (code) => {
      expect(decide(refused(code))).toMatchObject({
        kind: 'dead_letter',
        case: 'bootpay_refused',
        code,
        severity: 'critical',
        keepsLock: true,
      });
    },
  );
});

test('a throttled cancel comes back at Retry-After, or after 5 s, and never past the deadline', () => {
  expect(decide(throttled(90 * second))).toMatchObject({ kind: 'retry_at', at: now + 90 * second });
  expect(decide(throttled(0))).toMatchObject({ kind: 'retry_at', at: now + second, nextGeneration: false });
  expect(decide(throttled(-90 * second))).toMatchObject({ at: now + second });
  expect(decide(throttled(400 * minute))).toMatchObject({ at: now + 5 * minute });
  expect(decide(throttled())).toMatchObject({ kind: 'retry_at', at: now + 5 * second });
  const refund = { deadlineAt: now + second };
  expect(decide(throttled(), { refund })).toMatchObject({ kind: 'retry_at', at: now + second });
});

describe('a cancel that was not sent', () => {
  test('is retried after backoff with the same cancel_id', () => {
    expect(decide(notSent, { chance: 0 })).toMatchObject({ kind: 'retry_at', at: firstWait.least });
    expect(decide(notSent, { chance: 1 })).toMatchObject({
      kind: 'retry_at',
      at: firstWait.most,
      nextGeneration: false,
    });
  });

  test('waits longer the more often in a row it was not sent', () => {
    const waits = [0, 1, 2, 3].map((times) => {
      const past = [refused(codes[2032]), ...Array.from({ length: times }, () => notSent)];
      const decision = decide(notSent, { past, chance: 1 });
      return decision.kind === 'retry_at' ? decision.at - now : Number.NaN;
    });
    expect(waits).toEqual([30 * second, minute, 2 * minute, 4 * minute]);
  });

  test('waits longer too when nothing was ever sent, and begins anew after a call that was answered', () => {
    const waitAfter = (past: readonly PastReply[]) => {
      const decision = decide(notSent, { past, chance: 1 });
      return decision.kind === 'retry_at' ? decision.at - now : Number.NaN;
    };
    expect([[], [notSent], [notSent, notSent]].map(waitAfter)).toEqual([30 * second, minute, 2 * minute]);
    const answered = [notSent, notSent, refused(codes[2032])];
    expect([answered, [...answered, notSent]].map(waitAfter)).toEqual([30 * second, minute]);
  });

  test('never exhausts the retries, however often', () => {
    const past = Array.from({ length: 30 }, () => notSent);
    expect(decide(notSent, { past, refund: { attemptsUsed: 11 } }).kind).toBe('retry_at');
  });
});

test.each([noAnswer, unreadable])('%s is unknown: looked up 5 s after the reply ended', (reply) => {
  for (const past of [[], [refused(codes[2032])], [noAnswer]]) {
    expect(decide(reply, { past, refund: { attemptsUsed: 11 } })).toMatchObject({
      kind: 'look_up_at',
      at: now + 5 * second,
    });
  }
});

describe('whatever the reply and whatever came before', () => {
  const names = [...errorTable.map(({ name }) => name), 'RC_SOMETHING_NEW'];
  const pgCodes = fc.constantFrom(null, '2015', '2047', '8012', '9003', '4711');
  const pgs = fc.constantFrom(null, 'kcp', '나이스페이먼츠', '어떤페이');
  const anyRefusal = fc.tuple(fc.constantFrom(...names), pgCodes).map(([code, pg]) => refused(code, pg));
  const anyAccepted = fc.option(fc.nat(12_000)).map((cancelledWon) => accepted({ cancelledWon }));
  const waits = fc.option(fc.integer({ min: 0, max: 5 * minute }));
  const silence = fc.constantFrom<Reply>(notSent, noAnswer, unreadable);
  const anyReply: fc.Arbitrary<Reply> = fc.oneof(anyRefusal, anyAccepted, waits.map(throttled), silence);
  const anyPast = fc.array(fc.oneof(anyReply, fc.constantFrom<PastReply>(null, unauthorized)), {
    maxLength: 5,
  });
  const anyGiven = fc.record({
    past: anyPast,
    pg: pgs,
    attemptsUsed: fc.nat(15),
    leftMs: fc.integer({ min: 1, max: 24 * hour }),
    chance: fc.double({ min: 0, max: 1, noNaN: true }),
    part: fc.boolean(),
  });

  type Conditions = typeof anyGiven extends fc.Arbitrary<infer Value> ? Value : never;
  function given({ past, pg, attemptsUsed, leftMs, chance, part }: Conditions): Given {
    const cancel = part ? { cancel: partial(1_000) } : {};
    return { past, chance, receipt: { pg }, refund: { attemptsUsed, deadlineAt: now + leftMs, ...cancel } };
  }

  test('no wait ends in the past, no retry after the deadline, and none after a refusal comes at once', () => {
    fc.assert(
      fc.property(anyReply, anyGiven, (reply, conditions) => {
        const decision = decide(reply, given(conditions));
        if (decision.kind === 'look_up_at' || decision.kind === 'retry_at') {
          expect(decision.at).toBeGreaterThanOrEqual(now);
          expect(Number.isInteger(decision.at)).toBe(true);
        }
        if (decision.kind !== 'retry_at') return;
        expect(decision.at).toBeLessThanOrEqual(now + conditions.leftMs);
        if (reply.kind === 'refused') expect(decision.at).toBeGreaterThan(now);
      }),
    );
  });

  test('only an accepted cancel settles, and only 2032, 429 and not_sent are retried, without a new cancel_id', () => {
    fc.assert(
      fc.property(anyReply, anyGiven, (reply, conditions) => {
        const decision = decide(reply, given(conditions));
        if (decision.kind === 'settle') expect(reply.kind).toBe('accepted');
        if (reply.kind === 'accepted') expect(['settle', 'look_up_at']).toContain(decision.kind);
        if (decision.kind !== 'retry_at') return;
        const name = reply.kind === 'refused' ? reply.code : reply.kind;
        expect([codes[2032], 'throttled', 'not_sent']).toContain(name);
        expect(decision.nextGeneration).toBe(false);
      }),
    );
  });

  test('silence never makes a case, and a hold is kept where the code does not say that nothing moved', () => {
    const contradictsTheLookUp = [codes[2027], codes[2029], codes[2052], codes[2053]];
    const keeps = [codes[2086], 'RC_SOMETHING_NEW', ...contradictsTheLookUp];
    fc.assert(
      fc.property(anyReply, anyGiven, (reply, conditions) => {
        const decision = decide(reply, given(conditions));
        if (decision.kind !== 'dead_letter') return;
        expect(reply.kind).toBe('refused');
        if (reply.kind !== 'refused') return;
        const isCancelledAtThePg =
          reply.code === codes[2032] && reply.pgCode === '2015' && conditions.pg === '나이스페이먼츠';
        expect(decision.keepsLock).toBe(keeps.includes(reply.code ?? '') || isCancelledAtThePg);
      }),
    );
  });

  test('2032 never outlives the attempts that are allowed', () => {
    fc.assert(
      fc.property(anyGiven, (conditions) => {
        const decision = decide(refused(codes[2032]), given(conditions));
        const last = conditions.attemptsUsed + 1 >= settings.retryMaxAttempts;
        expect(decision.kind).toBe(last ? 'dead_letter' : 'retry_at');
      }),
    );
  });
});
