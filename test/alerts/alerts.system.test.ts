// Alerts as a running service sends them: over real HTTP, from a real ledger, with a clock that the test moves.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { alertHealth, startAlerting } from '../../src/standstills/alerting.ts';
import { makeCase } from '../support/made-case.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';
import { type TestRedis, useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const redis = useRedis();
const t0 = Date.parse('2026-11-30T10:00:00+09:00');
const minute = 60_000;
const hour = 60 * minute;
const everyMs = 10_000;
const by = { who: 'kim', via: 'cli', reason: 'r', version: null } as const;
const verdict = { ...by, outcome: 'not_to_be_refunded', evidence: null, acknowledge: true } as const;

interface Room {
  readonly url: string;
  /** The lines of each message that was taken. */
  readonly messages: readonly (readonly string[])[];
  readonly bodies: readonly string[];
  status: number;
}

async function openRoom(): Promise<Room> {
  const messages: string[][] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.writeHead(room.status).end();
    if (room.status !== 200) return;
    bodies.push(body);
    messages.push(JSON.parse(body).text.split('\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const room: Room = { url: `http://127.0.0.1:${port}/hook`, messages, bodies, status: 200 };
  return room;
}

interface Alerts {
  readonly clock: ManualClock;
  /** Time passes, look by look, and each look is waited for. */
  pass(ms: number): Promise<void>;
  /** Time passes with one look at its end. */
  jump(ms: number): Promise<void>;
  stop(): Promise<void>;
}

let processes = 0;

function alert(shop: Shop, room: Room, more: { clock?: ManualClock; quiet?: string } = {}): Alerts {
  const clock = more.clock ?? manualClock(t0);
  const { alerts } = loadConfig({
    ALERT_WEBHOOK_URL: room.url,
    DESK_URL: 'https://refunds.shop.kr/',
    ...(more.quiet !== undefined && { ALERT_QUIET_HOURS: more.quiet }),
  });
  const config = { ...shop.system.config, alerts };
  processes += 1;
  const stop = startAlerting(
    { ...shop.system, config, clock: { ...shop.system.clock, ...clock } },
    `p${processes}`,
  );
  redis.onEnd(stop);
  const looked = () => vi.waitUntil(() => clock.sleeping() > 0, { timeout: 20_000, interval: 2 });
  return {
    clock,
    stop,
    async pass(ms) {
      await looked();
      for (let left = ms; left > 0; left -= everyMs) {
        await clock.advance(Math.min(everyMs, left));
        await looked();
      }
    },
    async jump(ms) {
      await looked();
      await clock.advance(ms);
      await looked();
    },
  };
}

const openIdle = (from: TestRedis) => openShop(from, { worker: false });

test('a critical case is one message with the link, without a word of the customer; closed, it is resolved', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  const { refund_id } = await shop.send({
    ...{
      order_id: 'ORD-0038',
      cancel_price: 150_000,
      cancel_username: '홍길동',
      cancel_message: '010-1234-5678',
    },
    refund: { bank_account: '110-234-567890', bank_username: '홍길동', bank_code: '004' },
  });
  const id = await makeCase(shop, { name: '1', acceptedAt: t0, won: 150_000, severity: 'critical' });
  const alerts = alert(shop, room);
  await alerts.pass(3 * minute);
  expect(refund_id).not.toBeNull();
  const [first = [], second = [], ...more] = room.messages;
  expect(first).toEqual([
    `[환불 데스크] 중요: 프로그램이 처리하지 못했어요 · ORD-1 · 150,000원 · 법정 기한 12월 3일(목) · https://refunds.shop.kr/review/cases/${id}`,
  ]);
  expect(second).toEqual([expect.stringContaining('실행 중인 작업자 없음')]);
  expect(more).toEqual([]);
  expect(room.bodies.join()).not.toMatch(/홍길동|1234|110-?234/);
  await shop.system.deadLetters.resolve(id, verdict);
  await alerts.pass(minute);
  expect(room.messages[2]).toEqual([
    `[환불 데스크] 해결됨: ORD-1 · 150,000원 · https://refunds.shop.kr/review/cases/${id}`,
  ]);
  await alerts.pass(10 * minute);
  expect(room.messages).toHaveLength(3);
});

test('500 cases at once are one message, and those after it wait for the next minute', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  const make = (name: string) => makeCase(shop, { name, acceptedAt: t0, won: 1_000 });
  for (let at = 0; at < 500; at += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, place) => make(`${at + place}`)));
  }
  const alerts = alert(shop, room);
  await alerts.pass(everyMs);
  expect(room.messages).toEqual([
    [expect.stringMatching(/ · 같은 사유 499건 더, 499,000원 · .*\?reason=poison$/)],
  ]);
  await make('later');
  await alerts.pass(minute - 2 * everyMs);
  expect(room.messages).toHaveLength(1);
  await alerts.pass(everyMs);
  expect(room.messages[1]).toEqual([expect.stringContaining('ORD-later')]);
});

test('half of the way to the legal deadline, 80 % of it and past it are told once each', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  await makeCase(shop, { name: '1', acceptedAt: t0 });
  const closed = await makeCase(shop, { name: '2', acceptedAt: t0 });
  const alerts = alert(shop, room);
  await alerts.pass(everyMs);
  await shop.system.deadLetters.resolve(closed, verdict);
  const { refund } = await shop.read(closed);
  const way = (refund?.refundBy ?? 0) - t0;
  for (const share of [0.5, 0.8, 1.001]) {
    await alerts.jump(t0 + way * share - alerts.clock.now());
    await alerts.pass(2 * minute);
  }
  const told = room.messages.flat().filter((line) => line.includes('법정 기한') && line.includes('ORD-1 '));
  expect(told.map((line) => /법정 기한[^·]*지났어요/.exec(line)?.[0] ?? 'new')).toEqual([
    'new',
    '법정 기한의 절반이 지났어요',
    '법정 기한의 80%가 지났어요',
    '법정 기한이 지났어요',
  ]);
});

test('at night only a critical case is told; the morning sums up the rest', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  const clock = manualClock(Date.parse('2026-11-30T23:00:00+09:00'));
  await makeCase(shop, { name: 'calm', acceptedAt: clock.now(), severity: 'notice' });
  await makeCase(shop, { name: 'urgent', acceptedAt: clock.now(), severity: 'critical' });
  const alerts = alert(shop, room, { clock, quiet: '22-08' });
  await alerts.pass(minute);
  expect(room.messages).toEqual([[expect.stringContaining('ORD-urgent')]]);
  await alerts.jump(9 * hour - 3 * minute);
  await alerts.pass(minute);
  expect(room.messages).toHaveLength(1);
  await alerts.pass(minute);
  expect(room.messages.slice(1)).toEqual([[expect.stringContaining('ORD-calm')]]);
});

test('a receiver that is down gets everything in one message when it is back, and it is known meanwhile', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  room.status = 503;
  const alerts = alert(shop, room);
  const health = () => alertHealth({ ...shop.system, config: configWith(shop, room) });
  await makeCase(shop, { name: '1', acceptedAt: t0 });
  await alerts.pass(2 * minute);
  await makeCase(shop, { name: '2', acceptedAt: t0 });
  await alerts.pass(2 * minute);
  expect(await health()).toMatchObject({ failing: { reason: 'http_503', tries: expect.any(Number) } });
  // Another process goes on with what this one could not send.
  await alerts.stop();
  room.status = 200;
  await alert(shop, room, { clock: alerts.clock }).pass(5 * minute);
  expect(room.messages).toEqual([[expect.stringMatching(/같은 사유 1건 더/)]]);
  expect((await health())?.failing).toBeNull();
});

function configWith(shop: Shop, { url }: Room) {
  const { alerts } = loadConfig({ ALERT_WEBHOOK_URL: url });
  return { ...shop.system.config, alerts };
}

test('of two processes one tells; the other follows it, repeats nothing and forgets nothing', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  await makeCase(shop, { name: '1', acceptedAt: t0 });
  const [one, other] = [alert(shop, room), alert(shop, room)];
  await Promise.all([one.pass(everyMs), other.pass(everyMs)]);
  expect(room.messages).toEqual([[expect.stringContaining('ORD-1')]]);
  await one.stop();
  await makeCase(shop, { name: '2', acceptedAt: t0 });
  await other.pass(2 * minute);
  expect(room.messages.slice(1)).toEqual([[expect.stringContaining('ORD-2')]]);
});

test('a held lane and a Redis that takes no writes are told, and that they are over', async () => {
  const [shop, room] = [await openIdle(redis), await openRoom()];
  const alerts = alert(shop, room);
  await alerts.pass(everyMs);
  const reason = '홍길동 고객 문의';
  await shop.system.lane.hold('person', { at: t0, who: 'kim', reason, fingerprint: null });
  await alerts.pass(everyMs);
  const { redis: client } = shop.system;
  const set = client.set.bind(client);
  const full = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
  Reflect.set(client, 'set', async () => Promise.reject(full));
  await alerts.pass(minute);
  Reflect.set(client, 'set', set);
  await shop.system.lane.resume('kim', 'r', t0);
  await alerts.pass(minute);
  expect(room.messages.flat().map((line) => line.replace(/ \(.*/, ''))).toEqual([
    '[환불 데스크] 환불이 멈췄어요: 전송을 사람이 멈춤',
    '[환불 데스크] 환불이 멈췄어요: Redis에 쓸 수 없음',
    expect.stringMatching(/해결됨: /),
    expect.stringMatching(/해결됨: /),
  ]);
  expect(room.bodies.join()).not.toContain('홍길동');
});
