// What became of outcome events, as `doctor` and `events` show it, and the way back into delivery.
import { describe, expect, it } from 'vitest';
import { merchant, until, world } from '../outcome-events/support.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';
import { cliHere, jsonLines } from './support.ts';

const redis = useRedis();
const verdict = ['--as', '김민지', '--reason', '수신 서버 수정'];

/** A shop without a worker whose webhook has refused these events until they were set aside. */
async function refusedEvents(...ids: readonly string[]) {
  const { simulator } = await openShop(redis, { worker: false });
  const stream = world(redis);
  const webhook = await merchant(redis, () => 410);
  await stream.add(...ids);
  if (ids.length > 0) stream.start(webhook.url);
  await until(async () => (await stream.setAside()).length, ids.length);
  const env = {
    ...{ REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, EVENTS_WEBHOOK_URL: webhook.url },
    ...{ BOOTPAY_BASE_URL: simulator.url, BOOTPAY_CLIENT_KEY: 'sim_client_key' },
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
  };
  const run = (...words: string[]) => cliHere(words, { env });
  const eventsCheck = async () => {
    const { code, stdout } = await run('doctor', '--json');
    const { checks }: { checks: { about: string; verdict: string; en: string; ko: string }[] } =
      JSON.parse(stdout);
    return { code, checks: checks.filter(({ about }) => about === 'events') };
  };
  return { stream, webhook, run, eventsCheck };
}

describe('events that were set aside', () => {
  it('are shown with the answer and the tries', async () => {
    const { run } = await refusedEvents('a-1', 'b-1');
    const { code, stdout } = await run('events', 'list', '--json');
    expect(code).toBe(0);
    const time = expect.stringMatching(/^20\d\d-.*Z$/);
    expect(jsonLines(stdout).map((line) => ({ ...line, event_id: undefined }))).toEqual(
      ['a-1', 'b-1'].map(() => ({
        ...{ type: 'refund.succeeded', subject: null, http_status: 410, reason: 'http_410', tries: 5 },
        ...{ first_tried_at: time, set_aside_at: time },
      })),
    );
    const page = await run('events', 'list');
    for (const part of ['a-1', 'b-1', 'http_410', 'KST']) expect(page.stdout).toContain(part);
  });

  it('make doctor end with 1 until they are sent again', async () => {
    const { run, eventsCheck, webhook } = await refusedEvents('a-1', 'b-1');
    const { code, checks } = await eventsCheck();
    expect(code).toBe(1);
    expect(checks).toMatchObject([{ verdict: 'bad', en: expect.stringMatching(/^2 outcome events/) }]);
    expect(checks[0]?.ko).toContain('2건');
    webhook.behave(() => 204);
    expect((await run('events', 'resend', '--all', ...verdict)).code).toBe(0);
    await until(() => webhook.taken.length, 2);
    expect(await eventsCheck()).toMatchObject({ code: 0, checks: [{ verdict: 'good' }] });
  });

  it('are sent again one at a time, as the events they were', async () => {
    const { run, stream, webhook } = await refusedEvents('a-1', 'b-1');
    const before = webhook.delivered.find(({ id }) => id === 'b-1')?.body;
    webhook.behave(() => 204);
    const { code, stdout } = await run('events', 'resend', 'b-1', '--json', ...verdict);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual([{ result: 'resent', event_id: 'b-1' }]);
    await until(() => webhook.taken, ['b-1']);
    expect(webhook.delivered.at(-1)?.body).toBe(before);
    expect(await stream.setAside()).toEqual(['a-1']);
    expect((await run('events', 'resend', 'b-1', ...verdict)).code).toBe(1);
  });

  it('carry in the stream who sent them again and why', async () => {
    const { run, stream } = await refusedEvents('a-1');
    await run('events', 'resend', 'a-1', ...verdict);
    const [[, fields] = ['', []]] = await stream.redis.xrevrange(stream.keys.events, '+', '-', 'COUNT', 1);
    expect(fields[2]).toBe('resent');
    expect(JSON.parse(fields[3] ?? '')).toMatchObject({ who: '김민지', reason: '수신 서버 수정' });
  });

  it('are set aside again when they are refused again', async () => {
    const { run, stream, webhook } = await refusedEvents('a-1');
    await run('events', 'resend', '--all', ...verdict);
    await until(() => webhook.postsOf('a-1'), 10);
    await until(stream.setAside, ['a-1']);
  });

  it('are said to be none when there are none', async () => {
    const { run } = await refusedEvents();
    expect(await run('events', 'list', '--json')).toMatchObject({ code: 0, stdout: '' });
    expect((await run('events', 'list')).stderr).toContain('Nothing is set aside');
    expect((await run('events', 'resend', '--all', ...verdict)).code).toBe(0);
  });

  it('are named or all meant, not both and not neither', async () => {
    const { run } = await refusedEvents();
    for (const words of [['a-1', '--all'], []]) {
      const { code, stderr } = await run('events', 'resend', ...words, ...verdict);
      expect(code).toBe(2);
      expect(stderr).toContain('--all: expected one of them');
    }
  });
});

describe('doctor', () => {
  it('tells of events that never reached the webhook, and of those that wait for long', async () => {
    const { stream, eventsCheck } = await refusedEvents();
    const { redis: connection, keys } = stream;
    await connection.hset(keys.counters, { events_gone: 7, events_gone_at: 1_795_000_000_000 });
    const hourAgo = Date.now() - 3_600_000;
    const tries = {
      tries: 9,
      since: hourAgo,
      at: hourAgo,
      dueAt: hourAgo,
      kind: 'not_now',
      reason: 'http_503',
    };
    await connection.hset(keys.eventTries, '1-1', JSON.stringify(tries));
    const { code, checks } = await eventsCheck();
    expect(code).toBe(0);
    expect(checks.map(({ verdict: how, en }) => [how, en.split(' outcome')[0]])).toEqual([
      ['told', '1'],
      ['told', '7'],
    ]);
  });
});
