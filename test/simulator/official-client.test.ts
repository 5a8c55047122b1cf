import { Bootpay } from '@bootpay/backend-js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CancelStepInput, Simulator } from '../../simulator/index.ts';
import { RECEIPT, simulator } from './support.ts';

type Client = typeof Bootpay;

const BASIC_KEYS = { client_key: 'sim_client_key', secret_key: 'sim_secret_key' };
const BEARER_KEYS = { application_id: 'sim_application_id', private_key: 'sim_private_key' };

/** A client of its own: the singleton keeps its keys and the production host. */
function clientOf(sim: Simulator, keys: typeof BASIC_KEYS | typeof BEARER_KEYS = BASIC_KEYS): Client {
  const client = new (Bootpay.constructor as new () => Client)();
  client.API_ENTRYPOINTS = { production: sim.url, stage: sim.url, development: sim.url };
  client.$http.defaults.proxy = false;
  client.setConfiguration({ ...keys });
  // The guard: nothing here may ever reach the real Bootpay.
  expect(new URL(client.entrypoints('cancel')).hostname).toBe('127.0.0.1');
  return client;
}

/** What the client rejects with: plain objects, strings, "" ... */
async function rejection(call: Promise<unknown>): Promise<unknown> {
  const resolved = Symbol('resolved');
  const reason: unknown = await call.then(
    () => resolved,
    (error: unknown) => error,
  );
  if (reason === resolved) throw new Error('the client resolved');
  return reason;
}

describe('the official client', () => {
  let sim: Simulator;
  let client: Client;
  beforeEach(async () => {
    sim = await simulator();
    client = clientOf(sim);
  });
  const cancelUnder = (step: CancelStepInput) => {
    sim.script(RECEIPT, { cancel: [step] });
    return client.cancelPayment({ receipt_id: RECEIPT, cancel_price: 300, cancel_id: 'rf_01' });
  };

  it('looks a receipt up with Basic', async () => {
    expect(await client.receiptPayment(RECEIPT, true)).toMatchObject({
      receipt_id: RECEIPT,
      order_id: '1648686604470',
      price: 1000,
      cancelled_price: 0,
      status: 1,
      pg: '나이스페이먼츠',
      method_symbol: 'card',
    });
    expect(sim.calls).toMatchObject([{ kind: 'look_up', receiptId: RECEIPT, authorization: 'basic' }]);
  });

  it('gets a token, and looks up and cancels with Bearer', async () => {
    const bearer = clientOf(sim, BEARER_KEYS);
    expect(await bearer.getAccessToken()).toMatchObject({ expire_in: 1800 });
    expect(await bearer.receiptPayment(RECEIPT)).toMatchObject({ status: 1 });
    expect(await bearer.cancelPayment({ receipt_id: RECEIPT })).toMatchObject({ status: 20 });
    expect(sim.calls.map((call) => [call.kind, call.authorization])).toEqual([
      ['token', 'none'],
      ['look_up', 'bearer'],
      ['cancel', 'bearer'],
    ]);
  });

  it('is refused with a token that was revoked', async () => {
    const bearer = clientOf(sim, BEARER_KEYS);
    await bearer.getAccessToken();
    sim.revokeTokens();
    expect(await rejection(bearer.receiptPayment(RECEIPT))).toMatchObject({
      error_code: 'TOKEN_KEY_INVALID',
    });
  });

  it.each([
    [{ ...BEARER_KEYS, application_id: 'wrong' }, 'APP_KEY_NOT_FOUND'],
    [{ ...BEARER_KEYS, application_id: 'sim_web_application_id' }, 'APP_KEY_NOT_REST'],
    [{ ...BEARER_KEYS, private_key: 'wrong' }, 'APP_SK_NOT_MATCHED'],
  ])('gets no token with %j', async (keys, code) => {
    expect(await rejection(clientOf(sim, keys).getAccessToken())).toMatchObject({ error_code: code });
  });

  it.each([
    [{ ...BASIC_KEYS, client_key: 'wrong' }, 'APP_CLIENT_KEY_NOT_FOUND'],
    [{ ...BASIC_KEYS, secret_key: 'wrong' }, 'APP_SK_NOT_MATCHED'],
  ])('cancels nothing with %j', async (keys, code) => {
    const call = clientOf(sim, keys).cancelPayment({ receipt_id: RECEIPT });
    expect(await rejection(call)).toMatchObject({ error_code: code });
    expect(sim.book.of(RECEIPT).refunds).toBe(0);
  });

  it('cancels in full', async () => {
    const answer = await client.cancelPayment({ receipt_id: RECEIPT });
    expect(answer).toMatchObject({ cancelled_price: 1000, status: 20, status_locale: '결제취소완료' });
    expect(sim.calls[0]?.body).toEqual({ receipt_id: RECEIPT });
  });

  it('cancels in part, twice, with totals that grow', async () => {
    const asked = { receipt_id: RECEIPT, cancel_price: 300, cancel_tax_free: 0, cancel_username: '홍길동' };
    const first = await client.cancelPayment({
      ...asked,
      cancel_id: 'rf_01',
      cancel_message: '고객 요청에 의한 취소',
    });
    const second = await client.cancelPayment({ ...asked, cancel_id: 'rf_02' });
    expect([first.cancelled_price, second.cancelled_price]).toEqual([300, 600]);
    expect((await client.receiptPayment(RECEIPT)).cancelled_price).toBe(600);
    expect(sim.book.of(RECEIPT).refundedByCancelId).toEqual({ rf_01: 300, rf_02: 300 });
  });

  it('pays back a virtual account', async () => {
    sim.addReceipt({ id: 'v', price: 500, method: 'vbank' });
    const refund = { bank_account: '1234567890', bank_username: '홍길동', bank_code: '004' };
    expect(await client.cancelPayment({ receipt_id: 'v', refund })).toMatchObject({ status: 20 });
  });

  it('rejects with the bare body of a refusal, without its HTTP status', async () => {
    const reason = await rejection(
      cancelUnder({ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '2026' }),
    );
    expect(reason).toEqual({
      error_code: 'RC_CANCEL_SERVER_ERROR',
      pg_error_code: '2026',
      message: '결제 취소 오류',
      payload: { receipt_id: RECEIPT, order_id: '1648686604470' },
    });
    expect(reason).not.toBeInstanceOf(Error);
  });

  it('rejects with the code of a refusal the simulator came to by itself', async () => {
    const call = (fields: object) => rejection(client.cancelPayment({ receipt_id: RECEIPT, ...fields }));
    expect(await call({ receipt_id: 'unknown' })).toMatchObject({ error_code: 'RC_NOT_FOUND' });
    expect(await call({ cancel_price: 0 })).toMatchObject({ error_code: 'RC_CANCEL_PRICE_NOT_ZERO' });
    expect(await call({ cancel_price: 1001 })).toMatchObject({ error_code: 'RC_CANCEL_PRICE_OVER' });
    expect(await call({ cancel_tax_free: 1 })).toMatchObject({ error_code: 'RC_CANCEL_TAX_FREE_OVER' });
  });

  it('takes 200 with an error_code for a success', async () => {
    const answer = await cancelUnder({ reply: 'ok_with_error_code', code: 'RC_CANCEL_FAILED' });
    expect(answer).toMatchObject({ error_code: 'RC_CANCEL_FAILED' });
    expect(sim.book.of(RECEIPT).refunds).toBe(0);
  });

  it.each<[string, CancelStepInput, unknown, number]>([
    ['502 HTML as a string', { reply: 'html_502_before_commit' }, '<html>bad gateway</html>', 0],
    ['502 HTML after the money moved', { reply: 'html_502_after_commit' }, '<html>bad gateway</html>', 1],
    ['503 without a body as ""', { reply: 'empty_503' }, '', 0],
    ['429 as "", Retry-After lost', { reply: 'throttled_429', retryAfter: 9 }, '', 0],
    ['a plain 401 as ""', { reply: 'unauthorized', form: 'empty' }, '', 0],
  ])('rejects with %s', async (_, step, reason, refunds) => {
    expect(await rejection(cancelUnder(step))).toBe(reason);
    expect(sim.book.of(RECEIPT).refunds).toBe(refunds);
  });

  it.each<[CancelStepInput['reply'] & ('reset_before_commit' | 'reset_after_commit'), number]>([
    ['reset_before_commit', 0],
    ['reset_after_commit', 1],
  ])('cannot tell %s from any other -100', async (reply, refunds) => {
    const reason = await rejection(cancelUnder({ reply }));
    expect(reason).toMatchObject({ error_code: -100, message: expect.stringContaining('Bootpay Server') });
    expect(sim.book.of(RECEIPT).refunds).toBe(refunds);
  });

  it('gives up after its timeout with -100, also when the money has moved', async () => {
    client.$http.defaults.timeout = 100;
    const reason = await rejection(cancelUnder({ reply: 'hang_after_commit' }));
    expect(reason).toMatchObject({ error_code: -100, message: expect.stringContaining('timeout of 100ms') });
    expect(await sim.waitForCall('cancel', 1)).toMatchObject({ ended: 'hung' });
    expect(sim.book.of(RECEIPT).refundedAmount).toBe(300);
  });

  it('rejects with nothing at all, undefined, when the body breaks off', async () => {
    expect(await rejection(cancelUnder({ reply: 'truncated' }))).toBe(undefined);
    expect(sim.book.of(RECEIPT).refundedAmount).toBe(300);
  });

  it('resolves with "" for 204', async () => {
    expect(await cancelUnder({ reply: 'empty_204' })).toBe('');
  });

  it('follows 302 with a GET, and takes the receipt for the answer of its cancel', async () => {
    expect(await cancelUnder({ reply: 'redirect_302' })).toMatchObject({ status: 1, cancelled_price: 0 });
    expect(sim.calls.map((call) => call.kind)).toEqual(['cancel', 'look_up']);
    expect(sim.book.of(RECEIPT).refunds).toBe(0);
  });

  it('sends the cancel again after 307', async () => {
    expect(await cancelUnder({ reply: 'redirect_307' })).toMatchObject({ cancelled_price: 300 });
    expect(sim.calls.map((call) => [call.kind, call.outcome])).toEqual([
      ['cancel', 'redirect_307'],
      ['cancel', 'accepted'],
    ]);
  });
});
