// One message as each kind of chat takes it, and by which host a kind is known.
import { describe, expect, test } from 'vitest';
import { postOf } from '../../src/alerts/payloads.ts';
import type { AlertReceiver } from '../../src/alerts/ports.ts';
import { type AlertKind, alertKindOf } from '../../src/domain/alert.ts';
import type { AlertLine } from '../../src/policies/alert-words.ts';

const line = (text: string, critical = false): AlertLine => ({
  ...{ kind: 'new_cases', critical, path: '/review/cases/rf_1', data: { refund_id: 'rf_1' } },
  text: { ko: text, en: `${text} (en)` },
});

function written(kind: AlertKind, lines: readonly AlertLine[], more: Partial<AlertReceiver> = {}) {
  const receiver = { url: 'https://chat.example', kind, language: 'ko', proxy: null } as const;
  const message = { critical: lines.some(({ critical }) => critical), lines };
  const { headers, body } = postOf(message, { ...receiver, deskUrl: 'https://refunds.shop.kr', ...more });
  return { accept: headers['accept'], body: JSON.parse(body) };
}

test.each<[string, AlertKind]>([
  ['https://hooks.slack.com/services/T/B/x', 'slack'],
  ['https://kakaowork.com/bots/hook/x', 'kakaowork'],
  ['https://wh.jandi.com/connect-api/webhook/1/x', 'jandi'],
  ['https://hook.dooray.com/services/1/2/x', 'dooray'],
  ['https://alerts.shop.kr/hook', 'json'],
  ['https://notslack.com/x', 'json'],
])('%s is %s', (url, kind) => {
  expect(alertKindOf(url)).toBe(kind);
});

const link = 'https://refunds.shop.kr/review/cases/rf_1';

test.each<[AlertKind, object]>([
  ['slack', { text: `[환불 데스크] 하나 · ${link}` }],
  ['kakaowork', { text: `[환불 데스크] 하나 · ${link}` }],
  ['dooray', { botName: '환불 데스크', text: `[환불 데스크] 하나 · ${link}` }],
  ['jandi', { body: `환불 데스크: 하나 · ${link}`, connectColor: '#FAC11B' }],
])('%s gets one line with its link', (kind, body) => {
  expect(written(kind, [line('하나')]).body).toEqual(body);
});

test('JANDI wants its own media type, and gets further lines as fields, red when one is critical', () => {
  const { accept, body } = written('jandi', [line('하나', true), line('[둘]')]);
  expect(accept).toBe('application/vnd.tosslab.jandi-v2+json');
  expect(body).toEqual({
    body: `환불 데스크: 하나 · ${link}`,
    connectColor: '#D64545',
    connectInfo: [{ title: '(둘)', description: link }],
  });
});

test('programs get each line with its data, in both languages', () => {
  const { body } = written('json', [line('하나', true)], { language: 'en' });
  expect(body).toEqual({
    source: 'bootpay-refund-worker',
    critical: true,
    text: `[Refund desk] 하나 (en) · ${link}`,
    alerts: [
      {
        ...{ kind: 'new_cases', critical: true, url: link, refund_id: 'rf_1' },
        text: { ko: '하나', en: '하나 (en)' },
      },
    ],
  });
});

describe('a text', () => {
  test('has no link where the address of the desk is not known', () => {
    expect(written('kakaowork', [line('하나')], { deskUrl: null }).body.text).toBe('[환불 데스크] 하나');
  });

  test("calls nobody, whatever an order's id holds", () => {
    expect(written('slack', [line('<!channel> & <@U1>')]).body.text).toContain(
      '&lt;!channel&gt; &amp; &lt;@U1&gt;',
    );
  });
});
