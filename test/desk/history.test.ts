// What happened to a refund, in sentences.
import { describe, expect, test } from 'vitest';
import { happenings } from '../../src/desk/words/history.ts';
import { sheetSource } from '../../src/policies/sheet-rows.ts';

describe('how a cancellation came', () => {
  test.each([
    ['from the order service', 'orders', '주문 서비스가 취소를 알렸어요'],
    ['from another program', 'shop', 'shop에서 취소를 알렸어요'],
    ['from a spreadsheet', sheetSource, '데스크에 올린 표로 취소를 접수했어요'],
  ])('%s', (_, who, told) => {
    const accepted = { at: 1, who, what: 'accepted', from: null, to: 'queued', reason: null } as const;
    const [first] = happenings({ history: [accepted], refund: null, actions: [] });
    expect(first?.text.ko).toBe(told);
    expect(first?.text.en).not.toMatch(/urn:|[가-힣]/);
  });
});
