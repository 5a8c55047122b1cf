// What `doctor` says of alerts, and the test alert that it sends.
import { expect, it } from 'vitest';
import { merchant } from '../outcome-events/support.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';
import { cliHere } from './support.ts';

const redis = useRedis();

it('doctor sends a test alert when asked to, and says what came back', async () => {
  const { simulator } = await openShop(redis, { worker: false });
  const room = await merchant(redis, () => 200);
  const env = {
    ...{ REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, ALERT_WEBHOOK_URL: room.url },
    ...{ BOOTPAY_BASE_URL: simulator.url, BOOTPAY_CLIENT_KEY: 'sim_client_key' },
    ...{ BOOTPAY_SECRET_KEY: 'sim_secret_key', ALERT_WEBHOOK_KIND: 'slack', DESK_URL: 'http://desk.test' },
  };
  const ask = async (...words: string[]) => {
    const { code, stdout } = await cliHere(['doctor', '--json', ...words], { env });
    const { checks }: { checks: { about: string; verdict: string; en: string }[] } = JSON.parse(stdout);
    return { code, checks: checks.filter(({ about }) => about.endsWith('alert') || about === 'alerts') };
  };
  expect(await ask()).toMatchObject({
    code: 0,
    checks: [{ verdict: 'good', en: 'To slack; none was sent yet.' }],
  });
  expect(room.delivered).toEqual([]);
  const { code, checks } = await ask('--alert');
  expect({ code, en: checks[1]?.en }).toEqual({ code: 0, en: 'Sent as slack, answered with 200.' });
  expect(JSON.parse(room.delivered[0]?.body ?? '')).toEqual({
    text: '[환불 데스크] 시험 알림이에요. 이 방으로 알림이 와요. · http://desk.test/review',
  });
  room.behave(() => 404);
  expect(await ask('--alert')).toMatchObject({
    code: 1,
    checks: [{}, { verdict: 'bad', en: expect.stringContaining('http_404') }],
  });
});
