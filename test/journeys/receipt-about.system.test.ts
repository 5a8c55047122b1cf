// What a look-up shows for people is kept with the receipt: the record shows it, no log does, and it goes with the record.
import { expect, it } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { readRecordView } from '../../src/review/read-record.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();

it('the order, the card and the receipt are shown with the record, and the buyer nowhere', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const shop = await openShop(redis, {
    log,
    scenario: { receipts: [{ id: 'r', price: 1_000, orderName: '빨간 구두' }] },
  });
  const refund = await shop.until((await shop.send({ receipt_id: 'r' })).refund_id, 'succeeded');
  const found = await readRecordView(shop.system, refund.refundId);
  expect(found).toMatchObject({
    view: {
      receipt: {
        order_name: '빨간 구두',
        card_company: '비씨',
        card_number: '94352017****6169',
        receipt_url: 'https://door.bootpay.co.kr/receipt/r',
      },
    },
  });
  // Not in the record itself, which a process of 0.4 has to read as well.
  expect(JSON.stringify(refund)).not.toMatch(/구두|비씨|6169|door/);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('')).not.toMatch(/구두|비씨|6169/);
  const row = await redis.connect().hgetall(keysFor(redis.prefix).receipt(refund.receiptId));
  expect(JSON.stringify(row)).not.toMatch(/홍길동|5678/);
});
