// A person types the refund account again as the reason: no history, answer, page or stream shows it, however it is written.
import { expect, it } from 'vitest';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { openServer } from '../server/support.ts';
import { useRedis } from '../support/redis.ts';

const redis = useRedis();
const kept = { bank_account: '110-123-456789', bank_username: '홍길동', bank_code: '088' };
const given = { bank_account: '220987654321', bank_username: '임꺽정', bank_code: '004' };
const spellings = ['110123456789', '110–123—456789', '１１０.１２３.４５６７８９', '110 123・456789'];
const inWords = `${spellings.join(', ')}, 2 2 0.987–654−321, 홍길동`;
const plain = { who: 'kim', via: 'desk', version: null, acknowledge: true } as const;

it.each(['replay', 'resolve'] as const)('of a %s', async (act) => {
  const shop = await openServer(redis, {
    scenario: { receipts: [{ id: 'v', price: 1_000, method: 'vbank' }] },
  });
  const { refund_id } = await shop.send({ receipt_id: 'v', cancel_price: 2_000, refund: kept });
  const worker = await shop.startWorker();
  await shop.until(refund_id, 'dead_lettered');
  await worker.stop(5_000);
  const id = refundIdSchema.parse(refund_id);
  const { deadLetters, ledger } = shop.system;
  const replay = { ...plain, reason: `transfer 77 to ${inWords}`, newGeneration: false };
  const edits = { account: given, message: inWords };
  // One of them is refused, one is done.
  await deadLetters.replay(id, { ...replay, newGeneration: true, acknowledge: false, edits });
  if (act === 'replay') {
    expect(await deadLetters.replay(id, { ...replay, edits: { ...edits, amountWon: 900 } })).toMatchObject({
      kind: 'done',
    });
  } else {
    const verdict = { ...plain, outcome: 'refunded_by_hand', evidence: `88 ${spellings}` } as const;
    const done = await deadLetters.resolve(id, { ...verdict, reason: `transfer 77 to ${spellings}, 홍길동` });
    expect(done.kind).toBe('done');
  }
  const stored = await shop.read(id);
  const keys = keysFor(redis.prefix);
  const texts = [
    JSON.stringify([stored.refund, stored.history]),
    (await shop.call(`/v1/refunds/${id}`)).text,
    (await shop.call(`/review/cases/${id}`)).text,
    JSON.stringify(await ledger.actions({ limit: 10 })),
    JSON.stringify(await redis.connect().xrange(keys.events, '-', '+')),
  ];
  const account = /110\D{0,3}123|１１０|220\D{0,3}987|2 2 0|홍길동|임꺽정/;
  expect(texts.filter((text) => account.test(text))).toEqual([]);
  expect(texts[0]).toContain('transfer 77 to (hidden)');
  expect(texts[2]).toContain('transfer 77 to (hidden)');
});
