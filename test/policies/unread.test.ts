import { describe, expect, test } from 'vitest';
import { unreadableEvent } from '../../src/policies/outcome-event.ts';
import {
  marksReceipt,
  releasesReceipt,
  replayRefusalOf,
  resolveRefusalOf,
  type UnreadCaseFacts,
  unreadActions,
  verdictReason,
  verdictSaid,
} from '../../src/policies/unread.ts';
import { minute, now } from './refunds.ts';
import { unread } from './unread.ts';

describe('the receipt of a record that turns out to be unreadable', () => {
  test.each([
    ['queued', false, true],
    ['waiting_retry', false, true],
    ['waiting_retry', true, true],
    // Replayed with an open question.
    ['queued', true, false],
    ['sending', true, false],
    ['unknown', true, false],
    // An attempt is written with the move to these: a missing note proves nothing.
    ['sending', false, false],
    ['unknown', false, false],
    ['dead_lettered', false, false],
  ])('in %s, sent before: %s, is released: %s', (state, sent, released) => {
    expect(releasesReceipt(unread({ state, sent }))).toBe(released);
  });

  test.each([
    [false, 'not_to_be_refunded', false],
    [false, 'already_refunded', true],
    [false, 'refunded_by_hand', true],
    [true, 'not_to_be_refunded', true],
    [true, 'already_refunded', true],
  ] as const)('sent before: %s, closed as %s, is marked: %s', (sent, outcome, marked) => {
    expect(marksReceipt(unread({ sent }), outcome)).toBe(marked);
  });
});

describe('closing a case that cannot be read', () => {
  const facts = (changes: Partial<UnreadCaseFacts> = {}): UnreadCaseFacts => ({
    refund: unread(),
    keepsLock: false,
    acknowledge: true,
    now,
    jumpedAt: null,
    settleWindowMs: 10 * minute,
    ...changes,
  });

  test('asks for an acknowledgement', () => {
    const refusal = resolveRefusalOf(facts({ acknowledge: false }));
    expect(refusal).toEqual({ rule: 'unreadable', resolves: unread() });
  });

  test('is allowed with one, at once where its receipt is free', () => {
    expect(resolveRefusalOf(facts())).toBeNull();
  });

  test('waits for the settle window where a call of it may still go through', () => {
    const kept = (at: number) => facts({ keepsLock: true, refund: unread({ sent: true }), now: at });
    const early = resolveRefusalOf(kept(now + 10 * minute - 1));
    expect(early).toMatchObject({ rule: 'settle_window', notBefore: now + 10 * minute });
    expect(resolveRefusalOf(kept(now + 10 * minute))).toBeNull();
    const undated = unread({ deadLetter: null });
    expect(resolveRefusalOf(facts({ keepsLock: true, refund: undated }))).toBeNull();
  });

  test('does not believe that the settle window is over because the clock was set forward', () => {
    const stepped = facts({ keepsLock: true, refund: unread({ sent: true }), now: now + 20 * minute });
    expect(resolveRefusalOf(stepped)).toBeNull();
    const jumpedAt = now + 19 * minute;
    expect(resolveRefusalOf({ ...stepped, jumpedAt })).toMatchObject({
      rule: 'settle_window',
      notBefore: jumpedAt + 10 * minute,
    });
    expect(resolveRefusalOf({ ...stepped, jumpedAt, now: jumpedAt + 10 * minute })).toBeNull();
  });

  test('is left to the newer version that wrote it, acknowledged or not', () => {
    const refund = unread({ unread: 'newer' });
    for (const acknowledge of [false, true]) {
      expect(resolveRefusalOf(facts({ refund, acknowledge }))).toMatchObject({
        rule: 'newer_version',
      });
    }
  });
});

describe('a case that cannot be read', () => {
  test('cannot be replayed', () => {
    expect(replayRefusalOf(unread())).toMatchObject({ rule: 'unreadable' });
    expect(replayRefusalOf(unread({ unread: 'newer' }))).toMatchObject({ rule: 'newer_version' });
  });

  test('can only be closed', () => {
    expect(unreadActions(unread())).toEqual(['resolve']);
    expect(unreadActions(unread({ state: 'resolved' }))).toEqual([]);
    expect(unreadActions(unread({ unread: 'newer' }))).toEqual([]);
  });

  test.each([
    [{ reason: 'checked', amountWon: null, evidence: null }, 'checked'],
    [{ reason: 'checked', amountWon: null, evidence: '7 (x)' }, 'checked (evidence: 7 (x))'],
    [{ reason: 'a (b)', amountWon: 18_000, evidence: null }, 'a (b) (sent by hand: 18,000 won)'],
    [{ reason: 'a', amountWon: 1, evidence: '7' }, 'a (sent by hand: 1 won; evidence: 7)'],
  ])('keeps in its line what a person says who closes it: %j', (said, line) => {
    expect(verdictReason(said)).toBe(line);
    expect(verdictSaid(line)).toEqual(said);
  });

  test('is told as what is known, and without a word about money', () => {
    const event = unreadableEvent('refund.dead_lettered', unread(), { at: now });
    expect(event).toEqual({
      specversion: '1.0',
      id: `${unread().refundId}-4`,
      source: 'bootpay-refund-worker',
      type: 'refund.dead_lettered',
      subject: unread().refundId,
      time: new Date(now).toISOString(),
      datacontenttype: 'application/json',
      data: {
        refund_id: unread().refundId,
        order_id: 'o-1',
        receipt_id: 'r-1',
        version: 4,
        case: 'poison',
        code: null,
        unreadable: true,
      },
    });
  });
});
