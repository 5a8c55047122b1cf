import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SwitchesInput } from '../../simulator/index.ts';
import { brief, cancel, handClock, json, lookUp, RECEIPT, simulator } from './support.ts';

interface Shop {
  url: string;
  received: Record<string, unknown>[];
  /** What it answers, in turn; the last for ever. */
  answers: { status: number; body: string; location?: string }[];
}

const THANKS: Shop['answers'][number] = { status: 200, body: '{"success": true}' };

async function shop(...answers: Shop['answers']): Promise<Shop> {
  const known: Shop = { url: '', received: [], answers: answers.length === 0 ? [THANKS] : answers };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    known.received.push(JSON.parse(text));
    const { status, body, location } =
      known.answers[known.received.length - 1] ?? known.answers.at(-1) ?? THANKS;
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  known.url = `http://127.0.0.1:${port}/webhook`;
  return known;
}

async function simulatorFor(to: Shop, webhooks: SwitchesInput['webhooks'] = {}) {
  return simulator({ scenario: { switches: { webhooks: { url: to.url, retryDelayMs: 5, ...webhooks } } } });
}

describe('a webhook', () => {
  it('tells of a full cancel with the receipt and status 20', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant);
    await cancel(sim);
    await sim.waitFor(({ webhooks }) => webhooks.length === 1);
    const { webhook_type: type, ...receipt } = merchant.received[0] ?? {};
    expect(type).toBe('PAYMENT_CANCELLED');
    expect(receipt).toEqual(json(await lookUp(sim)));
    expect(sim.webhooks).toMatchObject([{ attempt: 1, httpStatus: 200, delivered: true }]);
  });

  it.each([1, 20] as const)('tells of a partial cancel with status %s, by the switch', async (status) => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant);
    sim.configure({ statusAfterPartial: { webhook: status } });
    await cancel(sim, { cancel_price: 300 });
    await sim.waitFor(({ webhooks }) => webhooks.length === 1);
    expect(merchant.received).toMatchObject([
      { webhook_type: 'PAYMENT_PARTIAL_CANCELLED', status, cancelled_price: 300 },
    ]);
  });

  it('goes out before the answer when the switch says so', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant, { beforeAnswer: true });
    await cancel(sim);
    expect(merchant.received).toHaveLength(1);
  });

  it('goes out although the answer is lost, and when money moves late', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant);
    sim.script(RECEIPT, {
      cancel: [{ reply: 'reset_after_commit' }, { reply: 'late_commit', delayMs: 10, how: 'reset' }],
    });
    await cancel(sim, { cancel_price: 300 });
    await cancel(sim, { cancel_price: 200 });
    await sim.waitFor(({ webhooks }) => webhooks.length === 2);
    expect(merchant.received.map((body) => body['cancelled_price'])).toEqual([300, 500]);
  });

  it('comes as late as the switch says', async () => {
    const merchant = await shop();
    const clock = handClock();
    const webhooks = { url: merchant.url, delayMs: 60_000 };
    const sim = await simulator({ now: clock.now, scenario: { switches: { webhooks } } });
    await cancel(sim);
    clock.ms += 59_999;
    expect(brief(await lookUp(sim))).toBe('200 1000');
    expect(merchant.received).toEqual([]);
    clock.ms += 1;
    sim.clockMoved();
    await sim.waitFor(({ webhooks: tried }) => tried.length === 1);
  });

  it('comes more than once', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant, { duplicates: 2 });
    await cancel(sim);
    await sim.waitFor(({ webhooks }) => webhooks.length === 3);
    expect(new Set(merchant.received.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('overtakes the one before it; the last one held back goes out when the switch is turned off', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant, { outOfOrder: true });
    for (const price of [100, 200, 300]) await cancel(sim, { cancel_price: price });
    await sim.waitFor(({ webhooks }) => webhooks.length === 2);
    sim.configure({ webhooks: { outOfOrder: false } });
    await sim.waitFor(({ webhooks }) => webhooks.length === 3);
    expect(merchant.received.map((body) => body['cancelled_price'])).toEqual([300, 100, 600]);
  });

  it('may be missing', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant, { missing: true, beforeAnswer: true });
    await cancel(sim, { cancel_price: 1 });
    sim.configure({ webhooks: { missing: false } });
    await cancel(sim, { cancel_price: 1 });
    expect(merchant.received.map((body) => body['cancelled_price'])).toEqual([2]);
  });

  it('tells of a cancel in the admin of Bootpay, not of one in the admin of the PG', async () => {
    const merchant = await shop();
    const sim = await simulatorFor(merchant, { beforeAnswer: true });
    sim.cancelOutside(RECEIPT, 100, { visible: false });
    sim.cancelOutside(RECEIPT, 200, { visible: true });
    await cancel(sim, { cancel_price: 50 });
    await sim.waitFor(({ webhooks }) => webhooks.length === 2);
    expect(merchant.received.map((body) => body['cancelled_price']).sort()).toEqual([200, 250]);
  });
});

describe('delivery', () => {
  it.each([
    ['HTTP 200 with another body', { status: 200, body: '{"status":200}' }],
    ['HTTP 200 with plain OK', { status: 200, body: 'OK' }],
    ['HTTP 201 with success', { status: 201, body: '{"success": true}' }],
    ['a redirect', { status: 302, body: '', location: '/elsewhere' }],
    ['HTTP 500', { status: 500, body: '' }],
  ])('%s does not count and is tried again', async (_, refusal) => {
    const merchant = await shop(refusal, THANKS);
    const sim = await simulatorFor(merchant);
    await cancel(sim);
    await sim.waitFor(({ webhooks }) => webhooks.length === 2);
    expect(sim.webhooks).toMatchObject([
      { attempt: 1, delivered: false, httpStatus: refusal.status },
      { attempt: 2, delivered: true },
    ]);
  });

  it('ends after the retries of the switch, each twice as late as the one before', async () => {
    const clock = handClock();
    const webhooks = { url: 'http://127.0.0.1:1/', retries: 2, retryDelayMs: 1_000 };
    const sim = await simulator({ now: clock.now, scenario: { switches: { webhooks } } });
    const deliveries = (n: number) => sim.waitFor((asked) => asked.webhooks.length === n);
    await cancel(sim, { cancel_price: 1 });
    await deliveries(1);
    for (const [delayMs, count] of [
      [1_000, 2],
      [2_000, 3],
      [4_000, 3],
    ] as const) {
      clock.ms += delayMs;
      sim.clockMoved();
      await deliveries(count);
    }
    await cancel(sim, { cancel_price: 1 });
    await deliveries(4);
    expect(sim.webhooks.map(({ attempt, httpStatus }) => [attempt, httpStatus])).toEqual([
      [1, null],
      [2, null],
      [3, null],
      [1, null],
    ]);
  });
});
