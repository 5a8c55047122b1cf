// Two clients, one Bootpay: the official one and ours hear the same facts from the simulator, with either credentials.
import { Bootpay } from '@bootpay/backend-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CANCEL_CODES, type ReceiptInput, type Simulator, startSimulator } from '../../simulator/index.ts';
import type { BootpayClient } from '../../src/bootpay/client.ts';
import type { Credentials } from '../../src/bootpay/secrets.ts';
import { cancelIdSchema, receiptIdSchema } from '../../src/domain/ids.ts';
import type { Cancel } from '../../src/domain/refund.ts';
import type { CancelReply, LookUpReply } from '../../src/domain/reply.ts';
import { clientFor } from './support.ts';

/** The same payment twice: each client cancels its own. */
const theirs = receiptIdSchema.parse('theirs');
const ours = receiptIdSchema.parse('ours');

const basicKeys = { client_key: 'sim_client_key', secret_key: 'sim_secret_key' };
const bearerKeys = { application_id: 'sim_application_id', private_key: 'sim_private_key' };
const basic: Credentials = { kind: 'basic', clientKey: 'sim_client_key', secretKey: 'sim_secret_key' };
const bearer: Credentials = {
  kind: 'bearer',
  applicationId: 'sim_application_id',
  privateKey: 'sim_private_key',
};
const waysIn: readonly [string, object, Credentials][] = [
  ['Basic', basicKeys, basic],
  ['Bearer', bearerKeys, bearer],
];

type Official = typeof Bootpay;

interface Both {
  readonly simulator: Simulator;
  readonly official: Official;
  readonly client: BootpayClient;
}

async function startBoth(
  keys: object,
  credentials: Credentials,
  receipt: Partial<ReceiptInput> = {},
): Promise<Both> {
  const receipts = [theirs, ours].map((id) => ({ price: 3_000, taxFree: 500, ...receipt, id }));
  const simulator = await startSimulator({ scenario: { receipts } });
  onTestFinished(() => simulator.close());
  const official: Official = Reflect.construct(Bootpay.constructor, []);
  official.API_ENTRYPOINTS = { ...official.API_ENTRYPOINTS, production: simulator.url };
  official.setConfiguration({ mode: 'production', ...keys });
  await official.getAccessToken();
  return {
    simulator,
    official,
    client: clientFor({ baseUrl: simulator.url, credentials, timeoutMs: 2_000 }),
  };
}

/** What both can say about one call, in one form. */
interface Facts {
  readonly refused: unknown;
  readonly price: unknown;
  readonly cancelled: unknown;
  readonly cancelledTaxFree: unknown;
}

async function factsOf(call: Promise<object>): Promise<Facts> {
  const body = await call.catch((error: unknown) => Object(error));
  const field = (name: string): unknown => Reflect.get(body, name) ?? null;
  const refused = field('error_code') && [field('error_code'), field('pg_error_code'), field('message')];
  return {
    refused,
    price: field('price'),
    cancelled: field('cancelled_price'),
    cancelledTaxFree: field('cancelled_tax_free'),
  };
}

function factsIn(reply: CancelReply | LookUpReply): Facts {
  const nothing = { refused: null, price: null, cancelled: null, cancelledTaxFree: null };
  if (reply.kind === 'refused') return { ...nothing, refused: [reply.code, reply.pgCode, reply.message] };
  if (reply.kind !== 'accepted') return { ...nothing, refused: reply };
  const { priceWon, cancelledWon, cancelledTaxFreeWon } = reply.body;
  return { refused: null, price: priceWon, cancelled: cancelledWon, cancelledTaxFree: cancelledTaxFreeWon };
}

async function cancelBoth({ official, client }: Both, cancel: Cancel): Promise<[Facts, Facts]> {
  const amounts = {
    ...(cancel.kind === 'partial' && { cancel_price: cancel.amountWon }),
    ...(cancel.taxFreeWon !== null && { cancel_tax_free: cancel.taxFreeWon }),
  };
  const words = { cancel_username: '홍길동', cancel_message: '고객 요청' };
  const theirFacts = await factsOf(
    official.cancelPayment({ receipt_id: theirs, ...amounts, cancel_id: 'c-1', ...words }),
  );
  const reply = await client.cancel({
    receiptId: ours,
    cancelId: cancelIdSchema.parse('c-1'),
    cancel,
    username: words.cancel_username,
    message: words.cancel_message,
    account: null,
  });
  return [theirFacts, factsIn(reply)];
}

const partial: Cancel = { kind: 'partial', amountWon: 1_000, taxFreeWon: 200 };
const full: Cancel = { kind: 'full', taxFreeWon: null };

describe.each(waysIn)('with %s', (_name, keys, credentials) => {
  test('both read the same look-up', async () => {
    const both = await startBoth(keys, credentials);
    both.simulator.cancelOutside(theirs, 700);
    both.simulator.cancelOutside(ours, 700);
    const reply = await both.client.lookUp(ours);
    expect(factsIn(reply)).toEqual(await factsOf(both.official.receiptPayment(theirs)));
    expect(reply).toMatchObject({ body: { method: 'card', status: 1, cancelledWon: 700 } });
  });

  test.each([
    ['full', full],
    ['partial', partial],
  ])('both send the same %s cancel and hear the same amounts', async (_kind, cancel) => {
    const both = await startBoth(keys, credentials);
    const [theirFacts, ourFacts] = await cancelBoth(both, cancel);
    expect(ourFacts).toEqual(theirFacts);
    expect(ourFacts.refused).toBeNull();
    const bodies = both.simulator.calls.filter((call) => call.kind === 'cancel').map((call) => call.body);
    expect(bodies[1]).toEqual({ ...Object(bodies[0]), receipt_id: ours });
    expect(both.simulator.book.of(ours)?.entries).toHaveLength(1);
  });

  test.each(Object.keys(CANCEL_CODES))('both hear %s', async (code) => {
    const both = await startBoth(keys, credentials);
    const step = { reply: 'code', code, pgErrorCode: '8104', message: '다른 말' } as const;
    for (const id of [theirs, ours]) both.simulator.script(id, { cancel: [step] });
    const [theirFacts, ourFacts] = await cancelBoth(both, partial);
    expect(ourFacts).toEqual(theirFacts);
    expect(ourFacts.refused).toEqual([code, '8104', '다른 말']);
  });

  test('what the official client takes for a success is a refusal with us', async () => {
    const both = await startBoth(keys, credentials);
    const step = { reply: 'ok_with_error_code', code: 'RC_CANCEL_SERVER_ERROR' } as const;
    for (const id of [theirs, ours]) both.simulator.script(id, { cancel: [step] });
    const [theirFacts, ourFacts] = await cancelBoth(both, full);
    expect(ourFacts).toEqual(theirFacts);
  });

  test('credentials of somebody else are unauthorized', async () => {
    const { simulator } = await startBoth(keys, credentials);
    const wrong: Credentials =
      credentials.kind === 'basic'
        ? { ...credentials, secretKey: 'wrong' }
        : { ...credentials, privateKey: 'wrong' };
    const reply = await clientFor({ baseUrl: simulator.url, credentials: wrong }).lookUp(ours);
    expect(reply).toMatchObject({ kind: 'unauthorized', httpStatus: 401 });
  });
});

test('tokens revoked at Bootpay are replaced under a running cancel, which pays once', async () => {
  const both = await startBoth(bearerKeys, bearer);
  await both.client.lookUp(ours);
  both.simulator.revokeTokens();
  const reply = await both.client.cancel({
    receiptId: ours,
    cancelId: cancelIdSchema.parse('c-1'),
    cancel: full,
    username: null,
    message: null,
    account: null,
  });
  expect(reply).toMatchObject({ kind: 'accepted', body: { cancelledWon: 3_000 } });
  expect(both.simulator.book.of(ours)?.entries).toHaveLength(1);
});

test.each([
  ['card', 'card', 'card', null],
  ['bank', 'balance', 'bank', null],
  ['vbank', 'balance', 'vbank', null],
  ['phone', 'balance', 'phone', null],
  ['naverpay', 'card', 'naverpay', null],
  ['naverpay', 'balance', 'naverpay', null],
  ['kakaopay', 'card', 'kakaopay', 'card'],
  ['kakaopay', 'balance', 'kakaopay', 'money'],
  ['payco', 'card', 'payco', 'card'],
  ['payco', 'balance', 'payco', null],
  ['toss', 'card', null, null],
  ['toss', 'balance', null, null],
] as const)('a payment by %s (%s) is read as %s, %s', async (method, paidWith, read, funding) => {
  const both = await startBoth(basicKeys, basic, { method, paidWith });
  expect(await both.client.lookUp(ours)).toMatchObject({ kind: 'accepted', body: { method: read, funding } });
});

test('the official client is never pointed at the real Bootpay', async () => {
  const { official } = await startBoth(basicKeys, basic);
  expect(official.API_ENTRYPOINTS.production).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
});
