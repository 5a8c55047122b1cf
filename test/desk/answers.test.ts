// What a colleague reads, and what a customer is sent, by the state of a refund: in both languages, and "refunded" of a
// verified amount alone.
import { describe, expect, test } from 'vitest';
import { type AnswerFacts, answerOf } from '../../src/desk/words/answers.ts';
import { happenings } from '../../src/desk/words/history.ts';
import { type DeadLetter, type Refund, resolveOutcomes } from '../../src/domain/refund.ts';
import { stateSchema } from '../../src/domain/states.ts';
import { receiptWith } from '../policies/receipts.ts';
import { caseAfter, codes, minute, noAnswer, now, partial, refundIn, refused } from '../policies/refunds.ts';

const day = 24 * 60 * minute;

function answered(changes: Partial<Refund>, facts: Partial<AnswerFacts> = {}) {
  const state = changes.state ?? 'succeeded';
  const refund: Refund = { ...refundIn(state), cancel: partial(44_500), ...changes };
  return answerOf({ refund, now, movedAt: now, waiting: null, outside: null, ...facts });
}

const seen = (changes: Parameters<typeof receiptWith>[0]): Refund['lastLookUp'] => ({
  at: now,
  receipt: receiptWith(changes),
  settledWon: 0,
  marks: 0,
});
const paid = { state: 'succeeded', settledWon: 44_500 } as const;
const notice = (why: NonNullable<Refund['customerNotice']>['why']) => ({
  customerNotice: { required: why !== 'same_day_full', why },
});
const resolution = {
  outcome: 'refunded_by_hand',
  evidence: '이체 0017',
  reason: '기간 지남',
  who: '이서준',
  at: now - day,
} as const;

describe('an answer', () => {
  test.each(stateSchema.options)('exists for %s in both languages', (state) => {
    const { lead, rest, customer } = answered({ state });
    for (const text of [lead, rest, ...(customer === null ? [] : [customer])]) {
      expect(text.ko).toMatch(/[가-힣]/);
      expect(`${text.en} `).not.toMatch(/[가-힣]|undefined|null/);
    }
  });

  test('tells from when to when the card company shows a part', () => {
    const shown = { ...paid, ...notice('partial'), lastLookUp: seen({ method: 'card' }) };
    const { isYes, lead, rest, customer } = answered(shown);
    expect(isYes).toBe(true);
    expect(lead.ko).toBe('44,500원이 환불됐어요.');
    expect(rest.ko).toBe('오늘 10:00에 처리했고, 카드 명세서에는 11월 25일(수)~11월 27일(금)에 보여요.');
    expect(customer?.ko).toMatch(/^안녕하세요\.\n주문 .*: 44,500원 환불이 완료되었습니다\. 11월 25일/);
  });

  test.each<[string, Partial<Refund>, RegExp]>([
    ['a voided card', { ...notice('same_day_full'), lastLookUp: seen({ method: 'card' }) }, /승인이 취소돼/],
    ['a bank transfer', { ...notice('not_by_card'), lastLookUp: seen({ method: 'bank' }) }, /고객 계좌로/],
    ['a phone bill', { ...notice('not_by_card'), lastLookUp: seen({ method: 'phone' }) }, /휴대폰 요금/],
    [
      'a wallet in full on the same day',
      { ...notice('same_day_full'), lastLookUp: seen({ method: 'naverpay' }) },
      /카드로 결제했다면 늦어도 11월 27일/,
    ],
    [
      'money of a wallet',
      { ...notice('not_by_card'), lastLookUp: seen({ method: 'kakaopay', funding: 'money' }) },
      /간편결제 잔액/,
    ],
    [
      'a wallet',
      { ...notice('partial'), lastLookUp: seen({ method: 'naverpay' }) },
      /카드로 결제했다면 늦어도 11월 27일/,
    ],
    ['a method that is not known', { customerNotice: null, lastLookUp: null }, /결제수단에 따라/],
  ])('tells where the money of %s goes', (_, changes, where) => {
    expect(answered({ ...paid, ...changes }).rest.ko).toMatch(where);
  });

  test('of an open refund says what it waits for, and warns of asking twice', () => {
    const waiting = { kind: 'look_up', until: now + 40 * minute } as const;
    const unclear = answered({ state: 'unknown' }, { waiting });
    expect(unclear.lead.ko).toContain('다시 요청하지 마세요');
    expect(unclear.rest.ko).toBe('오늘 10:40에 결과를 확인해요.');
    const queued = answered({ state: 'queued' }, { waiting: { kind: 'breaker', until: null } });
    expect(queued.rest.ko).toMatch(/부트페이가 답하지 않아[\s\S]*법정 기한은/);
  });

  test('of a case says why it stopped', () => {
    const refund = caseAfter([refused(codes[2052])], { code: codes[2052] });
    expect(answered({ ...refund }).rest.ko).toMatch(
      /멈춘 이유: 남은 금액보다 많아요\. 할 일: .*\. 법정 기한은/,
    );
    expect(answered({ ...refund }).lead.ko).toBe('아직이에요. 담당자의 결정을 기다리고 있어요.');
  });

  test.each<[string, Partial<DeadLetter>]>([
    ['a fatal error', { code: codes[2086], severity: 'critical' }],
    ['a cancel number used before', { code: codes[2029] }],
    ['a code that nobody knows', { code: 'RC_NEW', severity: 'critical' }],
    ['no answer', { case: 'outcome_unknown', code: null, severity: 'critical' }],
    ['money that fits nothing', { case: 'integrity_mismatch', code: null, severity: 'critical' }],
  ])('of a case after %s is that nobody knows', (_, what) => {
    const { lead, rest } = answered({ ...caseAfter([noAnswer], what) });
    expect(lead.ko).toMatch(/^알 수 없어요\./);
    expect(rest.ko).toMatch(/^고객에게 환불됐다고도, 안 됐다고도 말하지 마세요\./);
    expect(rest.ko).not.toContain('아직이에요');
  });

  test('of a case tells what somebody else cancelled, and that a payment is not known', () => {
    const cancelled = caseAfter([], { case: 'policy_refused', rule: 'nothing_left', code: codes[2027] });
    const outside = { amountWon: 41_000, mayBeOurs: false };
    const { lead } = answered({ ...cancelled }, { outside });
    expect(lead.ko).toBe('부트페이에는 41,000원이 이미 취소되어 있어요. 우리가 완료한 환불은 아니에요.');
    const perhaps = answered({ ...cancelled }, { outside: { ...outside, mayBeOurs: true } });
    expect(perhaps.lead.ko).not.toContain('우리가 완료한 환불은 아니에요');
    const strange = caseAfter([], { code: codes[2000] }, { lastLookUp: null });
    expect(answered({ ...strange }).lead.ko).toBe('부트페이에 우리 상점의 이런 결제가 없어요.');
  });

  test('asks the customer for an account, and tells that nothing was paid', () => {
    const letterOf = (what: Partial<DeadLetter>, status = 1) =>
      answered({
        ...caseAfter([], { case: 'policy_refused', code: null, ...what }),
        lastLookUp: seen({ status }),
      }).customer?.ko;
    expect(letterOf({ rule: 'account_missing' })).toContain('은행, 계좌번호, 예금주를 알려 주시면');
    expect(letterOf({ rule: 'not_paid', code: codes[2028] }, 5)).toContain('입금이 확인되지 않아');
    expect(letterOf({ rule: 'nothing_paid' })).toContain('0원이어서');
    expect(letterOf({ rule: 'window_closed' })).toContain('담당자가 확인하고 있습니다');
  });

  test.each(resolveOutcomes)('of one closed as %s begins with what is verified', (outcome) => {
    const { isYes, lead, customer } = answered({
      state: 'resolved',
      settledWon: 44_500,
      resolution: { ...resolution, outcome },
    });
    expect(isYes).toBe(true);
    expect(lead.ko).toMatch(/^44,500원이 (이미 )?환불(되어|됐어)/);
    expect(customer?.ko ?? '').not.toContain('직접 환불해');
  });

  test('never says yes without a verified amount', () => {
    const byHand = answered({ state: 'resolved', settledWon: null, resolution });
    expect(byHand.lead.ko).toBe('직접 환불하고 종결했어요.');
    expect(byHand.rest.ko).toBe(
      '어제 10:00에 이서준 님이 종결했어요. 요청한 금액은 44,500원이에요. 이유: 기간 지남 (근거: 이체 0017)',
    );
    expect(byHand.customer?.ko).toContain('알려 주신 계좌');
    const already = { ...resolution, outcome: 'already_refunded' } as const;
    expect(answered({ state: 'resolved', settledWon: 44_500, resolution: already }).isYes).toBe(true);
    for (const [state, settledWon] of [...stateSchema.options.map((one) => [one, null] as const)]) {
      const { isYes, lead, customer } = answered({ state, settledWon, resolution: already });
      expect(isYes).toBe(false);
      expect(lead.ko).not.toMatch(/원이 (환불|취소)(되었|됐)어요/);
      expect(customer?.ko ?? '').not.toContain('환불 처리되었습니다');
    }
  });
});

// A newer version may write lines of history that this one has no sentence for.
test('every line of history is told, one that is not known as it stands', () => {
  const refund = caseAfter([refused(codes[2052])]);
  const entry = { at: now, who: 'kim', what: 'frobnicated', from: null, to: null, reason: 'why not' };
  const replay = {
    ...entry,
    what: 'replay',
    reason: '고객 문의',
    from: 'dead_lettered',
    to: 'queued',
  } as const;
  const action = { ...actionOf('kim'), at: now + 5, via: 'cli' };
  const told = happenings({ history: [entry, replay], refund, actions: [action] });
  expect(told.map(({ text }) => text.ko)).toEqual(['frobnicated', 'kim 님이 다시 시도했어요']);
  expect(told[1]?.notes.map(({ ko }) => ko)).toEqual(['이유: 고객 문의', '터미널에서']);
});

test('a stop keeps its reason in words once it was tried again, with what was changed', () => {
  const line = { at: now, who: 'worker', from: 'queued', to: 'dead_lettered', what: 'dead_letter' } as const;
  const stop = { ...line, reason: 'policy_refused: 40000 won asked, 30000 won left' };
  const replay = { ...line, at: now + minute, who: 'kim', what: 'replay', reason: '고객 확인' };
  const wait = {
    ...line,
    at: now + 2 * minute,
    what: 'retry_at',
    reason: 'the look-up failed: no_answer: ECONNRESET',
  };
  const action = { ...actionOf('kim'), at: replay.at, via: 'desk', edits: { amount: 30_000 } };
  const refund = refundIn('queued', { cancel: partial(30_000) });
  const told = happenings({ history: [stop, replay, wait], refund, actions: [action] });
  expect(told.map(({ text }) => text.ko)).toEqual([
    '멈췄어요: 남은 금액보다 많아요',
    'kim 님이 다시 시도했어요',
    '잠시 뒤에 다시 시도하기로 했어요',
  ]);
  expect(told[0]?.notes.map(({ ko }) => ko)).toEqual(['요청한 금액 40,000원, 남은 금액 30,000원']);
  expect(told[1]?.notes[0]?.ko).toBe('금액: 40,000원 → 30,000원');
  expect(told[2]).toMatchObject({ notes: [{ ko: '답이 오지 않았어요' }], code: wait.reason });
});

test('a notice with other content is told in words', () => {
  const entry = { at: now, who: 'orders', what: 'conflicting event refused', from: null, to: null };
  const reason = JSON.stringify(['ORD-1', '673d', 89_000, null, 'c-1']);
  const [told] = happenings({ history: [{ ...entry, reason }], refund: null, actions: [] });
  expect(told?.code).toBeNull();
  expect(told?.notes.map(({ ko }) => ko).join(', ')).toBe(
    '그 알림의 내용: 주문 ORD-1, 영수증 673d, 89,000원, 취소 번호 c-1',
  );
});

function actionOf(who: string) {
  const nothing = {
    orderId: null,
    bulk: null,
    version: null,
    from: null,
    to: null,
    reason: null,
    rule: null,
    approval: null,
    approvedBy: null,
  };
  return { ...nothing, id: '1-1', who, what: 'replay', refundId: null, edits: {}, answer: 'done' };
}
