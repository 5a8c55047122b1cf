// What the tests of the gateway client share: a client against a scripted Bootpay, a gate that keeps a log, samples.
import { onTestFinished } from 'vitest';
import type { CallLimiter } from '../../src/bootpay/calls.ts';
import {
  type BootpayClient,
  type BootpayClientOptions,
  createBootpayClient,
} from '../../src/bootpay/client.ts';
import type { CancelRequest } from '../../src/domain/gateway.ts';
import { cancelIdSchema, receiptIdSchema } from '../../src/domain/ids.ts';
import { type Answer, type Received, type ScriptedBootpay, startBootpay } from './scripted-bootpay.ts';

export const receiptId = receiptIdSchema.parse('6244f60c1fc19202e42e8c4e');
export const basic = { kind: 'basic', clientKey: 'fake_client_key', secretKey: 'fake_secret_key' } as const;
export const bearer = {
  kind: 'bearer',
  applicationId: 'fake_app_id',
  privateKey: 'fake_private_key',
} as const;

export const partial: CancelRequest = {
  receiptId,
  cancelId: cancelIdSchema.parse('rf_01'),
  cancel: { kind: 'partial', amountWon: 1_000, taxFreeWon: 0 },
  username: '홍길동',
  message: '고객 요청에 의한 취소',
  account: null,
};

/** A real look-up (docs/design.md, A16), shortened. */
export const receipt = {
  receipt_id: receiptId,
  order_id: 'TEST_ORDER_ID',
  price: 1_200,
  tax_free: 0,
  cancelled_price: 0,
  cancelled_tax_free: 0,
  metadata: { id: 1 },
  sandbox: true,
  pg: '나이스페이먼츠',
  method: '카드',
  method_symbol: 'card',
  method_origin_symbol: 'card',
  purchased_at: '2023-05-11T11:54:22+09:00',
  currency: 'KRW',
  status: 1,
  card_data: { tid: 'nicepay00m0101', card_type: '신용' },
};

export const cancelled = { receipt_id: receiptId, price: 1_200, cancelled_price: 1_000, status: 1 };

export interface LoggedLimiter extends CallLimiter {
  readonly log: string[];
}

export function openLimiter(): LoggedLimiter {
  const log: string[] = [];
  return {
    log,
    acquire: async (kind) => {
      log.push(`pass ${kind}`);
      return { at: 0 };
    },
    report: (ended) =>
      void log.push('failed' in ended ? `failed ${ended.failed}` : `throttled ${ended.throttledMs}`),
  };
}

/** Lets nobody through; ends a wait with its signal. */
export function shutLimiter(): LoggedLimiter & { readonly asked: Promise<void> } {
  let tell = (): void => {};
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const acquire: LoggedLimiter['acquire'] = (_kind, options) => {
    tell();
    return new Promise((resolve) => options?.signal?.addEventListener('abort', () => resolve(null)));
  };
  return { ...openLimiter(), acquire, asked };
}

export interface Setup {
  readonly client: BootpayClient;
  readonly bootpay: ScriptedBootpay;
  readonly rateLimiter: LoggedLimiter;
}

/** Everything made here is gone after the test. */
export async function setUp(
  script: readonly Answer[] | ((request: Received, n: number) => Answer),
  options: Partial<BootpayClientOptions> & { rateLimiter?: LoggedLimiter } = {},
): Promise<Setup> {
  const bootpay = await startBootpay(script);
  const rateLimiter = options.rateLimiter ?? openLimiter();
  const client = clientFor({ baseUrl: bootpay.baseUrl, ...options, rateLimiter });
  onTestFinished(() => bootpay.stop());
  return { client, bootpay, rateLimiter };
}

export function clientFor(options: Partial<BootpayClientOptions> & { baseUrl: string }): BootpayClient {
  const client = createBootpayClient({
    credentials: basic,
    timeoutMs: 5_000,
    connectTimeoutMs: 1_000,
    lookUpRepeats: 0,
    lookUpRepeatDelayMs: 1,
    rateLimiter: openLimiter(),
    now: () => 0,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}
