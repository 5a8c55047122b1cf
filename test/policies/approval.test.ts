// When an act takes two people: the border to the won, amounts that are not known, edits, and who may be the second one.
import { describe, expect, it, test } from 'vitest';
import type { Person } from '../../src/domain/people.ts';
import {
  canBeApproved,
  caseTakesTwo,
  closingWon,
  confirms,
  isSamePerson,
  sentWon,
  takesTwo,
} from '../../src/policies/approval.ts';
import { receiptWith } from './receipts.ts';

describe('an act takes two people', () => {
  it.each<[number | null, number | null, boolean]>([
    [1_000_000, null, false],
    [null, null, false],
    [1_000_000, 1_000_000, false],
    [1_000_001, 1_000_000, true],
    [999_999, 1_000_000, false],
    [1, 0, true],
    [0, 0, false],
    [null, 1_000_000, true],
  ])('%s won, threshold %s: %s', (amountWon, thresholdWon, expected) => {
    expect(takesTwo(amountWon, thresholdWon)).toBe(expected);
  });
});

describe('the money of an act', () => {
  const lastLookUp = {
    at: 0,
    receipt: receiptWith({ priceWon: 150_000, cancelledWon: 30_000 }),
    settledWon: 0,
    marks: 0,
  };
  const partial = { kind: 'partial', amountWon: 90_000, taxFreeWon: null } as const;
  const full = { kind: 'full', taxFreeWon: null } as const;

  it.each([
    ['as it was asked for', { cancel: partial, lastLookUp }, undefined, 90_000],
    ['as it is edited', { cancel: partial, lastLookUp }, { ...partial, amountWon: 10_000 }, 10_000],
    ['of a full cancel what is left', { cancel: full, lastLookUp }, undefined, 120_000],
    ['edited to a full cancel', { cancel: partial, lastLookUp }, full, 120_000],
    ['of a full cancel without a look-up', { cancel: full, lastLookUp: null }, undefined, null],
  ])('%s', (_name, refund, cancel, expected) => {
    expect(sentWon(refund, cancel)).toBe(expected);
  });

  it.each([
    ['as it is', [partial], null, 90_000],
    ['by hand, of more', [partial], 120_000, 120_000],
    ['by hand, of less', [partial], 1, 90_000],
    ['by what the look-up made of it', [partial, { ...partial, amountWon: 95_000 }], null, 95_000],
    ['of an unknown amount', [full], 1_000, null],
  ] as const)('closed %s', (_name, cancels, byHandWon, expected) => {
    const cases = cancels.map((cancel) => ({ cancel, lastLookUp: null }));
    expect(closingWon(cases, byHandWon)).toBe(expected);
  });

  test('of a case of unknown amount takes two', () => {
    expect(caseTakesTwo({ cancel: full, lastLookUp: null }, 1_000_000)).toBe(true);
    expect(caseTakesTwo({ cancel: full, lastLookUp }, 120_000)).toBe(false);
    expect(caseTakesTwo({ cancel: full, lastLookUp }, 119_999)).toBe(true);
  });
});

test('an acknowledgement passes over what was confirmed, and over nothing else', () => {
  const shown = { acknowledge: true, acknowledged: ['no_look_up'] } as const;
  expect([confirms(shown, 'no_look_up'), confirms(shown, 'landed')]).toEqual([true, false]);
  expect(confirms({ ...shown, acknowledge: false }, 'no_look_up')).toBe(false);
  // Over HTTP and by command it is for whatever applies.
  expect(confirms({ acknowledge: true }, 'landed')).toBe(true);
});

describe('the second person', () => {
  const kim: Person = { name: '김민지', role: 'reviewer' };
  const lee: Person = { name: '이서준', role: 'approver' };

  it.each<[string, string, readonly Person[], boolean]>([
    ['a reviewer asks, an approver is there', '김민지', [kim, lee], true],
    ['an approver asks, nobody else may approve', '이서준', [kim, lee], false],
    ['an approver asks, another one is there', '이서준', [lee, { ...kim, role: 'approver' }], true],
    ['nobody is configured', 'local', [], false],
    ['the name is nobody of these', '박하나', [kim, lee], false],
    ['a viewer asks', '김민지', [{ ...kim, role: 'viewer' }, lee], false],
    ['the name was typed on another keyboard', '김민지'.normalize('NFD'), [kim, lee], true],
    [
      'the other one is the same name again',
      'lee',
      [
        { name: 'lee', role: 'approver' },
        { name: 'Lee ', role: 'approver' },
      ],
      false,
    ],
  ])('%s', (_name, asker, people, expected) => {
    expect(canBeApproved(asker, people)).toBe(expected);
  });

  it.each([
    ['김민지', '김민지'.normalize('NFD'), true],
    ['Kim', 'kim', true],
    ['Kim Min', 'kimmin', true],
    ['ｋｉｍ', 'kim', true],
    ['김민지', '이서준', false],
  ])('%s and %s are one person: %s', (one, other, expected) => {
    expect(isSamePerson(one, other)).toBe(expected);
  });
});
