// Which proxy leads to which address, in the words that other programs take.
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/domain/errors.ts';

const HTTPS_PROXY = 'http://proxy.corp:3128';

test('HTTPS_PROXY leads to Bootpay and to the webhook, in both spellings, also without a scheme', () => {
  const EVENTS_WEBHOOK_URL = 'https://orders.shop.kr/hook';
  for (const env of [{ HTTPS_PROXY }, { https_proxy: 'proxy.corp:3128' }]) {
    const { bootpay, events } = loadConfig({ ...env, EVENTS_WEBHOOK_URL });
    expect([bootpay.proxy, events.proxy]).toEqual([HTTPS_PROXY, HTTPS_PROXY]);
  }
});

test('lower case wins, unless it is empty', () => {
  const other = { HTTPS_PROXY: 'http://other:1' };
  expect(loadConfig({ ...other, https_proxy: HTTPS_PROXY }).bootpay.proxy).toBe(HTTPS_PROXY);
  expect(loadConfig({ HTTPS_PROXY, https_proxy: '' }).bootpay.proxy).toBe(HTTPS_PROXY);
  expect(loadConfig({ HTTPS_PROXY, no_proxy: '*', NO_PROXY: 'elsewhere' }).bootpay.proxy).toBeNull();
});

test('plain http goes straight', () => {
  const { bootpay, events } = loadConfig({
    HTTPS_PROXY,
    BOOTPAY_BASE_URL: 'http://127.0.0.1:9090/v2',
    EVENTS_WEBHOOK_URL: 'http://orders.internal/hook',
  });
  expect([bootpay.proxy, events.proxy]).toEqual([null, null]);
});

test.each([
  ['*', 'https://api.bootpay.co.kr', true],
  ['api.bootpay.co.kr', 'https://api.bootpay.co.kr', true],
  ['bootpay.co.kr', 'https://api.bootpay.co.kr', true],
  ['.bootpay.co.kr', 'https://api.bootpay.co.kr', true],
  ['*.Bootpay.co.kr', 'https://api.bootpay.co.kr', true],
  ['pay.co.kr', 'https://api.bootpay.co.kr', false],
  ['localhost 127.0.0.1,,.svc , api.bootpay.co.kr', 'https://api.bootpay.co.kr', true],
  ['api.bootpay.co.kr:443', 'https://api.bootpay.co.kr', true],
  ['api.bootpay.co.kr:8443', 'https://api.bootpay.co.kr', false],
  ['localhost', 'https://localhost:8443', true],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/33,x/8,[', 'https://10.1.2.3', false],
  ['2.3', 'https://10.1.2.3', false],
  ['::1', 'https://[::1]:8443', true],
  ['[::1]:8443', 'https://[::1]:8443', true],
  ['fd00::/8', 'https://[fd12::1]', true],
  ['10.0.0.0/8', 'https://[fd12::1]', false],
])('NO_PROXY=%s: %s goes straight: %s', (NO_PROXY, EVENTS_WEBHOOK_URL, isStraight) => {
  const { proxy } = loadConfig({ HTTPS_PROXY, NO_PROXY, EVENTS_WEBHOOK_URL }).events;
  expect(proxy).toBe(isStraight ? null : HTTPS_PROXY);
});

test.each([
  'socks5://proxy.corp:1080',
  'http://proxy.corp:99999',
  'http://proxy.corp/path',
  'http://user:%zz@proxy.corp',
  'http://',
])('HTTPS_PROXY=%s ends the start, and is not shown: it may hold a password', (wrong) => {
  const start = () => loadConfig({ https_proxy: wrong });
  expect(start).toThrow(ConfigError);
  expect(start).toThrow(
    /^HTTPS_PROXY: expected http:\/\/\[user:password@\]host.*got another value \(hidden\)$/,
  );
});
