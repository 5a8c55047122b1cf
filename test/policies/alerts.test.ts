// Which message people get, from what happened, what they were told, and the hour: with a clock that the test moves.
import { describe, expect, test } from 'vitest';
import type { AlertCase, AlertState } from '../../src/domain/alert.ts';
import {
  type AlertFacts,
  deadlineLevel,
  firstAlertState,
  isQuiet,
  nextDeadlineAt,
  nextMessage,
  type StandingFact,
  withFacts,
  withFailure,
} from '../../src/policies/alerts.ts';

const at = (text: string) => Date.parse(`2026-11-${text}:00+09:00`);
const noon = at('30T12:00');
const minute = 60_000;
const night = { from: 22, to: 8 };
const nothing: AlertFacts = { fresh: [], late: [], closed: [], standing: [] };

function someCase(name: string, more: Partial<AlertCase> = {}): AlertCase {
  return {
    ...{ refundId: `rf_${name}`, orderId: `ORD-${name}`, at: noon, won: 10_000, opensAt: null },
    ...{ period: { from: at('30T10:00'), to: Date.parse('2026-12-03T23:59:59.999+09:00') } },
    ...{ severity: 'notice', reason: 'window_closed' },
    ...more,
  };
}

const critical = (name: string, more: Partial<AlertCase> = {}) =>
  someCase(name, { severity: 'critical', reason: 'outcome_unknown', ...more });

/** Facts and the minutes that pass before them; answers what was told each time, as people read it in Korean. */
function told(
  steps: readonly (readonly [afterMs: number, facts: Partial<AlertFacts>, taken?: boolean])[],
  { from = noon, quiet = null }: { from?: number; quiet?: typeof night | null } = {},
): string[][] {
  let [state, now]: [AlertState, number] = [firstAlertState, from];
  return steps.map(([afterMs, facts, taken = true]) => {
    now += afterMs;
    state = withFacts(state, { ...nothing, ...facts }, now);
    const next = nextMessage(state, { now, quiet, about: {} });
    if (next === null) return [];
    state = taken ? next.after : withFailure(state, { now, reason: 'http_500' });
    return taken ? next.message.lines.map(({ text }) => text.ko) : ['(not taken)'];
  });
}

describe('cases', () => {
  test('a critical one is told at once, with its order, amount, deadline and from when it can be decided', () => {
    const one = critical('1', { opensAt: at('30T12:40') + 1 });
    expect(told([[0, { fresh: [one] }]])).toEqual([
      [
        '중요: 결과를 끝내 확인하지 못했어요 · ORD-1 · 10,000원 · 법정 기한 12월 3일(목) · 12:41부터 처리 가능',
      ],
    ]);
  });

  test('those of one reason are one line, the critical ones first', () => {
    const fresh = [someCase('1'), someCase('2'), someCase('3', { won: null }), critical('4')];
    expect(told([[0, { fresh }]])).toEqual([
      [
        expect.stringMatching(/^중요: .*ORD-4/),
        '검토할 환불: 취소 기간이 지났어요 · ORD-1 · 10,000원 · 법정 기한 12월 3일(목) · 같은 사유 2건 더, 10,000원+',
      ],
    ]);
  });

  test('there is one message a minute, and what comes meanwhile is in the next one', () => {
    expect(
      told([
        [0, { fresh: [someCase('1')] }],
        [30_000, { fresh: [someCase('2')] }],
        [20_000, { fresh: [someCase('3')] }],
        [10_000, {}],
        [minute, {}],
      ]).map((lines) => lines.map((line) => line.replace(/^.*?(ORD-\d)( .*더)?.*$/, '$1$2'))),
    ).toEqual([['ORD-1'], [], [], [expect.stringMatching(/^ORD-2.*1건 더$/)], []]);
  });

  test('closed ones are told as resolved', () => {
    expect(told([[0, { closed: [someCase('1'), someCase('2')] }]])).toEqual([
      ['해결됨: ORD-1 · 10,000원 · 그 밖에 1건 더, 10,000원'],
    ]);
  });

  test('one without an amount, an order or a deadline is told as well', () => {
    const one = critical('1', { won: null, orderId: null, period: null, reason: 'unreadable_record' });
    expect(told([[0, { fresh: [one] }]])).toEqual([
      ['중요: 프로그램이 기록을 읽지 못했어요 · rf_1 · 금액 모름'],
    ]);
  });
});

describe('the legal deadline', () => {
  const one = someCase('1', { period: { from: 1_000, to: 1_999 } });

  test.each([
    [1_499, null, 1_500],
    [1_500, 'half', 1_800],
    [1_799, 'half', 1_800],
    [1_800, 'most', 2_000],
    [1_999, 'most', 2_000],
    [2_000, 'past', null],
  ])('at %i it has come to %s, and the next moment is %s', (now, level, next) => {
    expect(deadlineLevel(one, now)).toBe(level);
    expect(nextDeadlineAt(one, now)).toBe(next);
  });

  test('what is furthest comes first', () => {
    const late = (['half', 'past', 'most'] as const).map((level) => ({ level, case: someCase(level) }));
    expect(told([[0, { late }]])[0]?.map((line) => line.split(' · ').slice(0, 2))).toEqual([
      ['법정 기한이 지났어요', 'ORD-past'],
      ['법정 기한의 80%가 지났어요', 'ORD-most'],
      ['법정 기한의 절반이 지났어요', 'ORD-half'],
    ]);
  });
});

describe('a message', () => {
  const reasons = Array.from({ length: 20 }, (_, at) => someCase(`${at}`, { reason: `r${at}` }));
  const names = (lines: readonly string[]) => lines.map((line) => /ORD-(\S+)/.exec(line)?.[1]);

  test('has a passed deadline before what is new and not critical', () => {
    const [lines = []] = told([
      [
        0,
        {
          fresh: [...reasons, critical('critical')],
          late: (['half', 'past'] as const).map((level) => ({ level, case: someCase(level) })),
          closed: [someCase('closed')],
        },
      ],
    ]);
    expect(names(lines).slice(0, 3)).toEqual(['critical', 'past', '0']);
  });

  test('has no more than twelve lines, and the next ones tell the rest', () => {
    const facts = { fresh: reasons, late: [{ level: 'half', case: someCase('half') } as const] };
    const standing = { standing: [{ cause: 'lane_held', since: null } as const] };
    const steps = told([
      [0, { ...facts, ...standing, closed: [someCase('closed')] }],
      [minute, { ...standing, closed: [someCase('closed too')] }],
      [minute, standing],
      [minute, {}],
    ]);
    expect(steps.map((lines) => lines.length)).toEqual([12, 11, 0, 1]);
    const [first = [], second = [], , last = []] = steps;
    const order = [...reasons.map(({ refundId }) => refundId.slice(3)), 'half', 'closed'];
    expect(names([...first.slice(1), ...second])).toEqual(order);
    expect(second.at(-1)).toMatch(/1건 더/);
    expect(last).toEqual([expect.stringMatching(/^해결됨: 전송을 사람이 멈춤/)]);
  });
});

describe('what stands still', () => {
  const standing = (cause: StandingFact['cause'], since: number | null = null) => ({
    standing: [{ cause, since }],
  });

  test.each([
    ['credentials_refused', 0],
    ['lane_held', 0],
    ['data_key_missing', 0],
    ['bootpay_silent', minute],
    ['no_worker', 2 * minute],
  ] as const)('%s is told once it has lasted %i ms, and once it is over', (cause, lasts) => {
    const steps = told([
      [0, standing(cause)],
      [lasts - 1, standing(cause)],
      [1, standing(cause)],
      [5 * minute, standing(cause)],
      [minute, {}],
      [minute, {}],
    ]);
    const [begun, ended] = steps.flat();
    expect(steps.flat()).toHaveLength(2);
    expect(begun).toMatch(/^환불이 멈췄어요: .*11-30 12:00부터/);
    expect(ended).toMatch(/^해결됨: .*11-30 12:00~/);
  });

  test('what passes by itself before is not told at all', () => {
    expect(
      told([
        [0, standing('no_worker')],
        [minute, standing('no_worker')],
        [minute, {}],
      ]).flat(),
    ).toEqual([]);
  });
});

describe('quiet hours', () => {
  test.each([
    [night, '30T21:59', false],
    [night, '30T22:00', true],
    [night, '30T07:59', true],
    [night, '30T08:00', false],
    [{ from: 0, to: 6 }, '30T23:59', false],
    [{ from: 0, to: 6 }, '30T05:00', true],
  ])('%o at %s: %s', (quiet, time, expected) => {
    expect(isQuiet(quiet, at(time))).toBe(expected);
  });

  test('only what cannot wait is told, and in the morning the rest in one message', () => {
    const hour = 60 * minute;
    const held = { standing: [{ cause: 'lane_held', since: null } as const] };
    const [first, second, ended, morning] = told(
      [
        [0, { fresh: [someCase('1'), critical('2')] }],
        [hour, { ...held, fresh: [someCase('3')], closed: [critical('2')] }],
        [hour, { late: [{ level: 'past', case: someCase('1') }] }],
        [7 * hour, {}],
      ],
      { from: at('29T23:00'), quiet: night },
    );
    expect(first).toEqual([expect.stringContaining('ORD-2')]);
    expect([second, ended]).toEqual([[], []]);
    expect(morning).toEqual([
      expect.stringMatching(/^법정 기한이 지났어요 · ORD-1/),
      expect.stringMatching(/ORD-1.*같은 사유 1건 더/),
      expect.stringMatching(/^해결됨: 전송을 사람이 멈춤/),
      expect.stringMatching(/^해결됨: ORD-2/),
    ]);
  });

  test('a standstill that wakes people is told as over at night, too', () => {
    const stands = { standing: [{ cause: 'credentials_refused', since: null } as const] };
    const steps = told(
      [
        [0, stands],
        [minute, {}],
      ],
      { from: at('29T23:00'), quiet: night },
    );
    expect(steps.map((lines) => lines.length)).toEqual([1, 1]);
  });
});

describe('a receiver that takes nothing', () => {
  test('is tried again after 5 s, doubling, and gets one message with everything then', () => {
    const steps = told([
      [0, { fresh: [someCase('1')] }, false],
      [4_999, { fresh: [someCase('2')] }],
      [1, {}, false],
      [9_999, {}],
      [1, {}],
      [minute, {}],
    ]);
    expect(steps.map((lines) => lines.length)).toEqual([1, 0, 1, 0, 1, 0]);
    expect(steps[4]).toEqual([expect.stringContaining('같은 사유 1건 더')]);
  });

  test('waits 5 minutes at most, also when a clock was ahead', () => {
    let state = withFacts(firstAlertState, { ...nothing, fresh: [someCase('1')] }, noon);
    for (let tries = 0; tries < 20; tries += 1) state = withFailure(state, { now: noon, reason: 'r' });
    expect(state.failing).toMatchObject({ tries: 20, nextAt: noon + 5 * minute });
    const moment = (now: number) => nextMessage(state, { now, quiet: null, about: {} });
    expect(moment(noon + 5 * minute - 1)).toBeNull();
    expect(moment(noon + 5 * minute)).not.toBeNull();
    expect(moment(noon - 60 * minute)).not.toBeNull();
  });
});
