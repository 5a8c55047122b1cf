import { describe, expect, test } from 'vitest';
import { refusalText, unreadText } from '../../src/review/case-text.ts';
import type { ReviewRefusal } from '../../src/review/ports.ts';
import { receiptWith } from '../policies/receipts.ts';
import { unread } from '../policies/unread.ts';

const shown = receiptWith({ cancelledWon: 4_000, priceWon: 10_000 });
const languages = ['en', 'ko'] as const;

describe('a refusal', () => {
  test.each<[ReviewRefusal, string[]]>([
    [{ rule: 'settle_window', notBefore: Date.UTC(2026, 10, 20, 1, 10) }, ['2026-11-20 10:10']],
    [{ rule: 'landed' }, []],
    [{ rule: 'growth' }, []],
    [{ rule: 'over_remaining', field: 'cancel_price', remainingWon: 6_000 }, ['6,000']],
    [{ rule: 'tax_free_over', field: 'cancel_tax_free', amountWon: 100, taxFreeWon: 250 }, ['100', '250']],
    [{ rule: 'new_generation', shown }, ['4,000 / 10,000']],
    [{ rule: 'acknowledge', shown }, ['4,000 / 10,000']],
    [{ rule: 'acknowledge', shown: null }, []],
    [{ rule: 'newer_version' }, []],
    [{ rule: 'unreadable', resolves: null }, []],
    [{ rule: 'unreadable', resolves: unread() }, ['o-1', 'r-1']],
    [{ rule: 'no_data_key' }, []],
    [{ rule: 'no_look_up' }, []],
    [{ rule: 'stale_look_up', highestWon: 7_000 }, ['7,000']],
  ])('%j is told in both languages, with its facts', (refusal, facts) => {
    const text = refusalText(refusal);
    expect(text.ko).toMatch(/[가-힣]/);
    expect(text.en).not.toMatch(/[가-힣]|undefined/);
    for (const language of languages) for (const fact of facts) expect(text[language]).toContain(fact);
  });

  test('tells an amount that is not known in words', () => {
    const { ko, en } = refusalText({ rule: 'acknowledge', shown: null });
    expect(ko).toContain('지금까지 환불액: 알 수 없음');
    expect(en).toContain('refunded so far: not known');
  });
});

// Whether a call of it may have paid is the one thing a person has to know.
test('a record that cannot be read says whether a cancel may have been sent', () => {
  for (const language of languages) {
    expect(unreadText(unread({ sent: true }))[language]).not.toBe(unreadText(unread())[language]);
    expect(unreadText(unread({ unread: 'newer' }))[language]).not.toBe(unreadText(unread())[language]);
  }
});
