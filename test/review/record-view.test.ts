// The record of the outside interface: the fields of docs/design.md section 12, and no account, ever (10, 11.8).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEntry, Refund } from '../../src/domain/refund.ts';
import { stateSchema } from '../../src/domain/states.ts';
import { wordsView } from '../../src/policies/case-words.ts';
import { outcomeEvent } from '../../src/policies/outcome-event.ts';
import { unreadText, unreadWords } from '../../src/review/case-text.ts';
import {
  caseLineView,
  recordView,
  summaryView,
  unreadView,
  type ViewContext,
} from '../../src/review/record-view.ts';
import { noObstacles } from '../policies/obstacles.ts';
import { receiptWith } from '../policies/receipts.ts';
import {
  accepted,
  caseWith,
  codes,
  full,
  hour,
  looked,
  minute,
  noAnswer,
  now,
  partial,
  refundAfter,
  refundIn,
  refundWith,
  refused,
  rowWith,
  second,
  settings,
  totals,
} from '../policies/refunds.ts';
import { unread } from '../policies/unread.ts';
import { nothingBeside } from '../support/nothing-beside.ts';

const history: HistoryEntry[] = [
  { at: now, who: 'worker', what: 'attempt 1', from: 'queued', to: 'sending', reason: null },
  {
    at: now + second,
    who: 'worker',
    what: 'late reply to attempt 1',
    from: null,
    to: null,
    reason: 'accepted',
  },
];

function contextOf(changes: Partial<ViewContext> = {}): ViewContext {
  return {
    row: rowWith(),
    now: now + hour,
    jumpedAt: null,
    settings,
    obstacles: noObstacles,
    beside: nothingBeside,
    ...changes,
  };
}

describe('a record', () => {
  test('has every field of the outside interface', () => {
    const refund = refundIn('waiting_retry', { cancel: partial(1_000, 100), generation: 2 });
    expect(recordView(refund, history, contextOf())).toMatchObject({
      refund_id: 'rf_abcdefghijklmnopqrstuvwxyz',
      cancel_id: 'order-1-g2',
      generation: 2,
      state: 'waiting_retry',
      version: 7,
      source: 'orders',
      event_id: 'event-1',
      order_id: 'order-1',
      receipt_id: '6244f60c1fc19202e42e8c4e',
      cancel_price: 1_000,
      cancel_tax_free: 100,
      occurred_at: '2026-11-20T00:58:00.000Z',
      accepted_at: '2026-11-20T00:58:00.000Z',
      refund_by: '2026-11-25T14:59:59.999Z',
      deadline: '2026-11-21T00:00:00.000Z',
      next_wake_up: '2026-11-20T01:00:00.000Z',
      dead_letter: null,
      customer_notice: null,
    });
  });

  test('of a full cancel has no cancel_price, and of a closed one no next wake-up', () => {
    expect(recordView(refundIn('succeeded'), [], contextOf())).toMatchObject({
      cancel_price: null,
      cancel_tax_free: null,
      next_wake_up: null,
      refunded: 10_000,
    });
  });

  test('shows each attempt with what was known before it and what came back', () => {
    const refund = refundAfter([refused(codes[2032], '9003'), null], {
      cancel: partial(1_000),
      totalsBefore: totals(4_000),
    });
    const [first, second_] = recordView(refund, [], contextOf()).attempts;
    expect(first).toEqual({
      number: 1,
      folded: 0,
      revision: 1,
      generation: 1,
      cancel_id: 'order-1',
      cancel_price: 1_000,
      sent_at: '2026-11-19T23:59:58.000Z',
      answered_at: '2026-11-20T00:00:00.000Z',
      reply: 'refused',
      error_code: codes[2032],
      pg_error_code: '9003',
      http_status: 400,
      cause: null,
      message: null,
      used: true,
      t0: 4_000,
    });
    expect(second_).toMatchObject({
      number: 2,
      reply: null,
      answered_at: null,
      http_status: null,
      used: false,
    });
    expect(recordView(refundIn('succeeded'), [], contextOf()).attempts[0]?.cancel_price).toBeNull();
  });

  test('shows its history in ISO times', () => {
    const at = ['2026-11-20T01:00:00.000Z', '2026-11-20T01:00:01.000Z'];
    expect(recordView(refundWith(), history, contextOf()).history).toEqual(
      history.map((entry, index) => ({
        ...entry,
        at: at[index],
        times: 1,
        first_at: at[index],
        approved_by: null,
      })),
    );
  });

  test('that a person resolved says who, when and why', () => {
    expect(recordView(refundIn('resolved'), [], contextOf()).resolution).toMatchObject({
      who: 'kim',
      reason: 'paid by bank transfer',
      at: '2026-11-20T01:00:00.000Z',
    });
    expect(recordView(refundWith(), [], contextOf()).resolution).toBeNull();
  });
});

describe('the case in a record', () => {
  const refund = looked(
    refundIn('dead_lettered', {
      deadLetter: caseWith({ code: codes[2032], pgCode: '8012', keepsLock: true }),
    }),
    { pg: 'kcp' },
  );

  test('has code, severity, advice in both languages, look-up, actions and who waits behind it', () => {
    const view = recordView(refund, [], contextOf({ row: rowWith({ waiting: ['rf_other-3'] }) })).dead_letter;
    expect(view).toMatchObject({
      case: 'bootpay_refused',
      code: codes[2032],
      pg_error_code: '8012',
      severity: 'warning',
      at: '2026-11-20T01:00:00.000Z',
      suggested: null,
      look_up: {
        at: '2026-11-20T01:00:00.000Z',
        price: 10_000,
        cancelled_price: 0,
        cancelled_tax_free: 0,
        status: 1,
        method: 'card',
        pg: 'kcp',
        purchased_at: '2026-11-01T03:00:00.000Z',
      },
      actions: ['replay', 'replay_new_generation', 'resolve'],
      waiting_behind: ['rf_other-3'],
    });
    expect(view?.advice.en).toContain('223.130.82.131');
    expect(view?.advice.ko).toContain('KCP');
    expect(view).toMatchObject({
      why: { ko: expect.stringContaining('KCP'), en: expect.any(String) },
      to_do: { ko: expect.stringMatching(/다시 시도$/u), en: expect.stringMatching(/try again$/) },
    });
  });

  test('shows null where the look-up did not say it, and makes no amount up', () => {
    const silent = looked(refund, {
      ...{ taxFreeWon: null, cancelledTaxFreeWon: null, currency: null },
      ...{ method: null, pg: null, purchasedAt: null },
    });
    expect(recordView(silent, [], contextOf()).dead_letter?.look_up).toMatchObject({
      price: 10_000,
      cancelled_price: 0,
      cancelled_tax_free: null,
      method: null,
      pg: null,
      purchased_at: null,
    });
  });

  test('that holds no receipt has nobody waiting behind it', () => {
    const released = { ...refund, deadLetter: caseWith({ keepsLock: false }) };
    const context = contextOf({ row: rowWith({ waiting: ['rf_other-3'] }) });
    expect(recordView(released, [], context).dead_letter?.waiting_behind).toEqual([]);
  });

  test('of a 2086 suggests the verdict that a fresh look-up fills in', () => {
    const critical = refundAfter([refused(codes[2086])], {
      state: 'dead_lettered',
      deadLetter: caseWith({ code: codes[2086], severity: 'critical' }),
    });
    const suggested = (cancelledWon: number) =>
      recordView(looked(critical, { cancelledWon }), [], contextOf()).dead_letter?.suggested;
    expect(suggested(10_000)?.en).toMatch(/went through\.$/);
    expect(suggested(10_000)?.ko).toMatch(/요\.$/u);
    expect(suggested(0)).toBeNull();
  });

  test('offers what the time allows', () => {
    const unknown = refundAfter([noAnswer], {
      state: 'dead_lettered',
      deadLetter: caseWith({ case: 'outcome_unknown', severity: 'critical' }),
    });
    const actions = (late: number) =>
      recordView(unknown, [], contextOf({ now: now + late })).dead_letter?.actions;
    expect(actions(minute)).toEqual([]);
    expect(actions(10 * minute)).toEqual(['replay', 'resolve']);
  });

  test('without a look-up, or of a payment with an unknown day, shows as much as is known', () => {
    const unseen = recordView({ ...refund, lastLookUp: null }, [], contextOf());
    expect(unseen.dead_letter?.look_up).toBeNull();
    expect(unseen.look_up).toBeNull();
    const dateless = looked(refund, { purchasedAt: null });
    expect(recordView(dateless, [], contextOf()).look_up?.purchased_at).toBeNull();
  });

  test('is left out where nobody knows the receipt, and of a refund that is no case', () => {
    expect(recordView(refund, [], null).dead_letter).toBeNull();
    expect(recordView(refundWith(), [], contextOf()).dead_letter).toBeNull();
  });

  test('is named in a list', () => {
    expect(summaryView(refund)).toMatchObject({
      case: 'bootpay_refused',
      code: codes[2032],
      pg_error_code: '8012',
      severity: 'warning',
      attempts_made: 1,
    });
    expect(summaryView(refundWith())).toMatchObject({
      case: null,
      code: null,
      severity: null,
      attempts_made: 0,
    });
  });
});

describe('a record that cannot be read', () => {
  const row = rowWith({ holder: unread().refundId, waiting: ['rf_b'] });

  test('is a case that can be closed, with what is known of it and no word of its amount', () => {
    const view = unreadView(unread(), history, row);
    expect(view).toEqual({
      refund_id: unread().refundId,
      state: 'dead_lettered',
      version: 4,
      order_id: 'o-1',
      receipt_id: 'r-1',
      case: 'poison',
      code: null,
      pg_error_code: null,
      severity: 'critical',
      unreadable: true,
      note: unreadText(unread()),
      history: expect.any(Array),
      dead_letter: {
        case: 'poison',
        code: null,
        pg_error_code: null,
        severity: 'critical',
        at: '2026-11-20T01:00:00.000Z',
        ...wordsView(unreadWords(unread())),
        actions: ['resolve'],
        waiting_behind: ['rf_b'],
      },
    });
    expect(view.history[0]?.at).toBe('2026-11-20T01:00:00.000Z');
    expect(caseLineView(unread())).toMatchObject({
      unreadable: true,
      dead_lettered_at: view.dead_letter?.at,
      why: view.dead_letter?.why,
      to_do: view.dead_letter?.to_do,
    });
  });

  test('is shown as a case before it is one, with nothing to do yet', () => {
    const view = unreadView(unread({ state: 'sending', deadLetter: null }), [], null);
    expect(view.dead_letter).toMatchObject({ case: 'poison', severity: 'critical', at: null, actions: [] });
    expect(view.dead_letter?.waiting_behind).toEqual([]);
  });

  test('is no case once it is closed', () => {
    expect(unreadView(unread({ state: 'resolved', deadLetter: null }), [], row).dead_letter).toBeNull();
  });

  test('of a newer version is shown as such, with its own state and nothing to do', () => {
    const newer = unread({ unread: 'newer', state: 'paused', deadLetter: null });
    const view = unreadView(newer, [], row);
    expect(view).toMatchObject({ state: 'paused', newer_version: true, dead_letter: null });
    expect(view).not.toHaveProperty('unreadable');
    expect(view.note.en).toContain('newer version');
    expect(unreadView(unread({ unread: 'newer' }), [], row).dead_letter?.actions).toEqual([]);
  });
});

describe('a refund account', () => {
  const secret = { bank_account: '110-482-915507', bank_username: '홍길동', bank_code: '088' };
  const parts = ['110-482-915507', '110482915507', '홍길동', 'bank_account', 'bank_username', 'bank_code'];

  /** As a stored record would look if somebody had put the account where it does not belong. */
  function leaky(refund: Refund): Refund {
    const leak = { ...secret, refund: secret, sealedAccount: secret.bank_account };
    return {
      ...refund,
      ...leak,
      attempts: refund.attempts.map((attempt) => ({
        ...attempt,
        ...leak,
        outcome: attempt.outcome === null ? null : { ...attempt.outcome, ...leak },
      })),
      deadLetter: refund.deadLetter === null ? null : { ...refund.deadLetter, ...leak },
      lastLookUp:
        refund.lastLookUp === null
          ? null
          : { ...refund.lastLookUp, ...leak, receipt: { ...refund.lastLookUp.receipt, ...leak } },
    };
  }

  test('is in no record, no list and no outcome event, whatever the state', () => {
    const anyAccount = fc.constantFrom('none', 'kept', 'erased');
    const anyCancel = fc.constantFrom(full, partial(1_000, 10));
    fc.assert(
      fc.property(
        fc.constantFrom(...stateSchema.options),
        anyAccount,
        anyCancel,
        (state, account, cancel) => {
          const refund = leaky(looked(refundIn(state, { account, cancel }), { method: 'vbank' }));
          const shown = JSON.stringify([
            recordView(refund, history, contextOf()),
            summaryView(refund),
            outcomeEvent('refund.succeeded', refund, now),
          ]);
          for (const part of parts) expect(shown).not.toContain(part);
          expect(recordView(refund, [], null).refund_account).toBe(account);
        },
      ),
    );
  });
});

describe('the outcome event', () => {
  test('is a CloudEvent with ids, amounts, the case and the customer notice', () => {
    const refund = refundIn('succeeded', {
      cancel: partial(1_000),
      settledWon: 1_000,
      version: 9,
      customerNotice: { required: true, why: 'partial' },
    });
    expect(outcomeEvent('refund.succeeded', refund, now)).toEqual({
      specversion: '1.0',
      id: 'rf_abcdefghijklmnopqrstuvwxyz-9',
      source: 'bootpay-refund-worker',
      type: 'refund.succeeded',
      subject: 'rf_abcdefghijklmnopqrstuvwxyz',
      time: '2026-11-20T01:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        refund_id: 'rf_abcdefghijklmnopqrstuvwxyz',
        version: 9,
        source: 'orders',
        event_id: 'event-1',
        order_id: 'order-1',
        receipt_id: receiptWith().receiptId,
        cancel_id: 'order-1',
        cancel_price: 1_000,
        refunded: 1_000,
        case: null,
        code: null,
        rule: null,
        customer_notice: {
          required: true,
          why: 'partial',
          expected: { from: '2026-11-25', to: '2026-11-27' },
          text: { ko: expect.stringContaining('1,000원'), en: expect.stringContaining('1,000 won') },
        },
      },
    });
  });

  test('names the cancel_id that was sent last, and the case', () => {
    const first = { reply: refused(codes[2032]) };
    const past = [first, first, { reply: accepted(), generation: 2 }];
    const refund = refundAfter(past, { state: 'dead_lettered', deadLetter: caseWith() });
    expect(outcomeEvent('refund.dead_lettered', refund, now)).toMatchObject({
      data: { cancel_id: 'order-1-g2', cancel_price: null, case: 'bootpay_refused', code: codes[2028] },
    });
    expect(outcomeEvent('refund.dead_lettered', refundWith(), now)).toMatchObject({
      data: { cancel_id: 'order-1' },
    });
  });
});
