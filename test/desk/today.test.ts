// The words of the day that depend on a number or on now.
import { expect, test } from 'vitest';
import { dayLinkText, waitingText } from '../../src/desk/words/today.ts';
import { day } from '../support/made-case.ts';

const now = Date.parse('2026-11-29T12:00:00+09:00');

test('one refund waits, two wait', () => {
  const said = (refunds: number) => waitingText({ refunds, won: 4_000, uncounted: 0 }).en;
  expect([said(1), said(2)]).toEqual([
    expect.stringMatching(/^1 refund waits, /),
    expect.stringMatching(/^2 refunds wait, /),
  ]);
});

test('a link to a day says which', () => {
  expect(dayLinkText(now - day, now)).toEqual({ ko: '어제 보기', en: 'Yesterday' });
  expect(dayLinkText(now - 2 * day, now)).toEqual({ ko: '11월 27일(금) 보기', en: 'Fri 27 Nov' });
});
