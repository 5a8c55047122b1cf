// What the log says about a request: fixed fields, and nothing that came with it.
import { expect, test } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { useRedis } from '../support/redis.ts';
import { operator, operatorsEnv, orderService, token } from './people.ts';
import { openServer } from './support.ts';

const redis = useRedis();

test('each request is one line with method, route, status and refund, never a body, a query or a secret', async () => {
  const lines: string[] = [];
  const log = createLogger({
    level: 'debug',
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  const { call } = await openServer(redis, {
    apart: { log },
    env: { INGEST_TOKEN: token, ...(await operatorsEnv()) },
  });
  const account = { bank_account: '110-9876-54321', bank_username: '홍길동', bank_code: '088' };
  const json = { event_id: 'e-1', order_id: 'o-secretive', receipt_id: 'r-1', refund: account };
  const { body } = await call('/v1/order-cancellations', { json, headers: orderService });
  await call(`/v1/refunds/${body.refund_id}`, { headers: orderService });
  await call('/v1/refunds?order_id=o-secretive', { headers: operator });
  await call('/v1/order-cancellations', {
    text: '{"o-secretive',
    headers: { ...orderService, 'content-type': 'application/json' },
  });
  await call('/v1/nothing?x=o-secretive');
  const requests = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'http_request');
  const fixed = { method: expect.any(String), ms: expect.any(Number) };
  expect(requests).toMatchObject([
    { ...fixed, route: '/v1/order-cancellations', status: 202, refund_id: body.refund_id },
    { ...fixed, route: '/v1/refunds/:refund_id', status: 200, refund_id: body.refund_id },
    { ...fixed, route: '/v1/refunds', status: 200, who: '김운영' },
    { ...fixed, route: '/v1/order-cancellations', status: 400 },
    { ...fixed, route: '(none)', status: 404 },
  ]);
  const text = lines.join('');
  for (const kept of [token, 'o-secretive', '9876', '홍길동', 'act: 처리']) expect(text).not.toContain(kept);
});

test('a fault of ours is answered without its message or stack, and logged', async () => {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  const { call, system } = await openServer(redis, { apart: { log } });
  Reflect.set(system.ledger, 'list', async () => {
    throw new TypeError('o-inside is not a function');
  });
  const answer = await call('/v1/refunds');
  expect(answer.status).toBe(500);
  expect(answer.text).not.toMatch(/o-inside|TypeError|\.ts/);
  expect(lines.join('')).toContain('o-inside');
});
