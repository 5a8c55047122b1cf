import { Agent, get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../simulator/index.ts';
import {
  BASIC,
  brief,
  cancel,
  control,
  handClock,
  json,
  lookUp,
  post,
  RECEIPT,
  simulator,
} from './support.ts';

describe('another process', () => {
  it('finds the simulator healthy', async () => {
    expect(await control(await simulator(), 'healthz')).toMatchObject({
      status: 200,
      json: { status: 'ok' },
    });
  });

  it('adds receipts, one or many, and reads their pages', async () => {
    const sim = await simulator();
    await control(sim, 'receipts', { id: 'a', price: 10 });
    await control(sim, 'receipts', [
      { id: 'b', price: 20 },
      { id: 'c', price: 30, cancelledPrice: 5 },
    ]);
    expect(json(await control(sim, 'book'))['pages']).toMatchObject([
      { receiptId: RECEIPT },
      { receiptId: 'a' },
      { receiptId: 'b' },
      { receiptId: 'c', refundedAmount: 5 },
    ]);
    expect(json(await control(sim, 'book?receipt_id=b'))['pages']).toMatchObject([{ price: 20 }]);
  });

  it('scripts a receipt, and all of them', async () => {
    const sim = await simulator();
    await control(sim, `receipts/${RECEIPT}/script`, { cancel: [{ reply: 'empty_503' }] });
    await control(sim, 'receipts/*/script', { look_up: [{ reply: 'html_502' }] });
    expect([brief(await cancel(sim)), brief(await lookUp(sim))]).toEqual(['503 -', '502 -']);
  });

  it('turns switches and reads them, without the keys', async () => {
    const sim = await simulator();
    await control(sim, 'switches', { lookUpLagMs: 50 });
    const shown = await control(sim, 'switches');
    expect(json(shown)).toMatchObject({ lookUpLagMs: 50, cancelIdScope: 'receipt' });
    expect(JSON.stringify(shown)).not.toContain('sim_secret_key');
  });

  it('cancels outside, revokes tokens and sees the webhooks', async () => {
    const sim = await simulator();
    const outside = await control(sim, `receipts/${RECEIPT}/outside-cancel`, { amount: 300, visible: false });
    expect(json(outside)['page']).toMatchObject({ refundedAmount: 300 });
    expect(brief(await lookUp(sim))).toBe('200 0');
    const keys = { application_id: 'sim_application_id', private_key: 'sim_private_key' };
    const authorization = `Bearer ${String(json(await post(sim, 'request/token', keys))['access_token'])}`;
    expect(brief(await lookUp(sim, RECEIPT, { authorization }))).toBe('200 0');
    await control(sim, 'tokens/revoke', {});
    expect(brief(await lookUp(sim, RECEIPT, { authorization }))).toBe('TOKEN_KEY_INVALID');
    expect(json(await control(sim, 'webhooks'))).toEqual({ deliveries: [] });
  });

  it('reads the calls, or those after the first n', async () => {
    const sim = await simulator();
    await lookUp(sim);
    await cancel(sim, { cancel_id: 'c1', cancel_price: 5 });
    const entry = {
      number: 2,
      kind: 'cancel',
      receiptId: RECEIPT,
      cancelId: 'c1',
      body: { receipt_id: RECEIPT, cancel_id: 'c1', cancel_price: 5 },
      authorization: 'basic',
      outcome: 'accepted',
      httpStatus: 200,
      ended: 'answered',
    };
    expect(json(await control(sim, 'calls'))['calls']).toMatchObject([{ kind: 'look_up' }, entry]);
    expect(json(await control(sim, 'calls?after=1'))['calls']).toMatchObject([entry]);
    expect(sim.calls).toHaveLength(2);
  });

  it.each([
    ['receipts', { id: 'x', price: 'much' }, 'price'],
    ['switches', { jitter: 5 }, 'jitter'],
    [`receipts/${RECEIPT}/script`, { cancel: [{ reply: '?' }] }, 'cancel[0].reply'],
    ['receipts/unknown/script', {}, 'receiptId'],
    ['receipts/unknown/outside-cancel', { amount: 1 }, 'receiptId'],
    [`receipts/${RECEIPT}/outside-cancel`, { amount: 0 }, 'amount'],
  ])('is refused at %s with the place of the problem', async (path, body, place) => {
    const answer = await control(await simulator(), path, body);
    expect(answer).toMatchObject({ status: 422, json: { problems: [{ path: place }] } });
  });

  it('finds no other pages', async () => {
    const sim = await simulator();
    expect(await control(sim, 'nothing')).toMatchObject({ status: 404 });
    expect(await post(sim, 'confirm', {})).toMatchObject({ status: 404 });
    expect(sim.calls).toEqual([]);
  });
});

describe('connections', () => {
  it('are kept alive and counted', async () => {
    const sim = await simulator();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 3; n += 1) await drained(`${sim.url}/receipt/${RECEIPT}`, agent);
    expect(sim.connections).toEqual({ opened: 1, open: 1 });
    expect(sim.calls).toHaveLength(3);
    agent.destroy();
    await sim.waitFor(({ connections }) => connections.open === 0);
  });

  it('and waits end when the simulator is closed, hung calls and late commits included', async () => {
    const clock = handClock();
    const sim = await startSimulator({ now: clock.now });
    sim.script(RECEIPT, { cancel: [{ reply: 'late_commit', delayMs: 20_000 }] });
    const hanging = fetch(`${sim.url}/cancel`, {
      method: 'POST',
      body: JSON.stringify({ receipt_id: RECEIPT }),
      headers: { authorization: BASIC },
    });
    await sim.waitForCall('cancel', 1);
    const never = sim.waitFor(() => false);
    await Promise.all([
      expect(hanging).rejects.toThrow(),
      expect(never).rejects.toThrow('the simulator was closed'),
      sim.close(),
    ]);
    clock.ms += 20_000;
    sim.clockMoved();
    expect(sim.book.of(RECEIPT).refunds).toBe(0);
    await expect(fetch(sim.url)).rejects.toThrow();
  });

  it('a wait whose question fails is the problem of who asked', async () => {
    const sim = await simulator();
    const asked = sim.waitFor(({ calls, book }) => calls.length > 0 && book.of('unknown').refunds > 0);
    const answer = lookUp(sim);
    await expect(asked).rejects.toThrow('unknown');
    expect(brief(await answer)).toBe('200 0');
  });

  it('a wait that is not met says what it waited for', async () => {
    const sim = await simulator();
    await expect(sim.waitForCall('cancel', 3, { timeoutMs: 5 })).rejects.toThrow('the end of cancel call 3');
  });
});

function drained(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: BASIC } }, (response) => {
      response.resume().once('end', () => setImmediate(resolve));
    }).once('error', reject);
  });
}
