// A person looks again: what is kept of what Bootpay shows, what is not, and how often Bootpay is asked.
import { describe, expect, it } from 'vitest';
import { openSystem } from '../../src/compose.ts';
import { receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';

const redis = useRedis();
const actor = { who: '보기', via: 'desk' } as const;
const receiptId = receiptIdSchema.parse('r1');
const impossible = { reply: 'code', code: 'RC_PM_CANCEL_NOT_SUPPORT' } as const;

const openedShop = (options: ShopOptions = {}) =>
  openShop(redis, {
    scenario: { receipts: [{ id: 'r1', price: 10_000, script: { cancel: [impossible] } }] },
    ...options,
  });

async function refundOf(shop: Shop) {
  const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 1_000 });
  return refundIdSchema.parse(refund_id);
}

async function caseOf(shop: Shop) {
  const id = await refundOf(shop);
  await shop.until(id, 'dead_lettered');
  return id;
}

/** The 5 s are over. */
const later = ({ system }: Shop) => system.redis.del(keysFor(redis.prefix).claim('look:r1'));

const lookUps = ({ simulator }: Shop) => simulator.calls.filter(({ kind }) => kind === 'look_up').length;

describe('looking again', () => {
  it('at a case is shown, and kept as the highest total and for people; the case stays as another person saw it', async () => {
    const shop = await openedShop();
    const { system, simulator } = shop;
    const id = await caseOf(shop);
    const before = await shop.read(id);
    const told = (await system.ledger.readReceipt(receiptId)).about;
    expect(told?.orderName).not.toBeNull();
    simulator.cancelOutside('r1', 2_500);
    expect(await system.lookAgain(id, actor)).toMatchObject({
      kind: 'looked',
      look: { receipt: { cancelledWon: 2_500 } },
    });
    expect(await shop.read(id)).toEqual(before);
    expect((await system.ledger.lastLook(receiptId))?.receipt.cancelledWon).toBe(2_500);
    const row = await system.ledger.readReceipt(receiptId);
    expect(row).toMatchObject({ highestWon: 2_500, settledWon: 0, holder: null, about: told });
    const { items } = await system.ledger.actions({ refundId: id, limit: 5 });
    expect(items[0]).toMatchObject({ what: 'look_again', answer: 'done', ...actor });
  });

  it('while another refund has the receipt says what Bootpay shows, and leaves the case alone', async () => {
    const shop = await openedShop();
    const id = await caseOf(shop);
    const before = await shop.read(id);
    await shop.system.redis.hset(keysFor(redis.prefix).receipt(receiptId), 'lock', 'rf_another');
    shop.simulator.cancelOutside('r1', 1_000);
    expect(await shop.system.lookAgain(id, actor)).toMatchObject({ kind: 'looked' });
    expect(await shop.read(id)).toEqual(before);
    expect((await shop.system.ledger.lastLook(receiptId))?.receipt.cancelledWon).toBe(1_000);
  });

  it('at a refund under way changes nothing of its record; a later look-up that shows less is stale', async () => {
    const shop = await openedShop({ worker: false });
    const { ledger } = shop.system;
    const id = await refundOf(shop);
    const before = await shop.read(id);
    shop.simulator.cancelOutside('r1', 3_000);
    await shop.system.lookAgain(id, actor);
    expect(await shop.read(id)).toEqual(before);
    expect((await ledger.readReceipt(receiptId)).highestWon).toBe(3_000);
    shop.simulator.takeBack('r1', 3_000);
    await later(shop);
    await shop.system.lookAgain(id, actor);
    const row = await ledger.readReceipt(receiptId);
    // As reconciliation notes it, which alone may believe it.
    expect(row).toMatchObject({ highestWon: 3_000, below: { totalWon: 0, version: row.version } });
  });

  it('asks Bootpay once in 5 s, whichever server is asked', async () => {
    const shop = await openedShop();
    const { system } = shop;
    const id = await caseOf(shop);
    const other = await openSystem(system.config, { log: silentLogger(), whenDown: 'fail' });
    redis.onEnd(() => other.close());
    const before = lookUps(shop);
    const answers = await Promise.all([system.lookAgain(id, actor), other.lookAgain(id, actor)]);
    expect(answers.map((one) => ('why' in one ? one.why : one.kind)).sort()).toEqual(['looked', 'too_soon']);
    expect(lookUps(shop)).toBe(before + 1);
    expect((await system.ledger.actions({ refundId: id, limit: 5 })).items).toHaveLength(1);
  });

  it('says why it did not look', async () => {
    const shop = await openedShop();
    const { system, simulator } = shop;
    const id = await caseOf(shop);
    const why = async () => {
      await later(shop);
      const looked = await system.lookAgain(id, actor);
      return 'why' in looked ? looked.why : looked.kind;
    };
    const before = lookUps(shop);
    await system.laneActs.hold({ who: 'kim', via: 'desk' }, 'quiet');
    expect(await why()).toBe('lane_held');
    const { gateway, clock } = system;
    const hold = { at: clock.now(), who: 'worker', reason: '401', fingerprint: gateway?.fingerprint ?? '' };
    await system.lane.hold('credentials', hold);
    expect(await why()).toBe('credentials_refused');
    expect(lookUps(shop)).toBe(before);
    await system.laneActs.resume({ who: 'kim', via: 'desk' }, 'go on');
    simulator.script('r1', { look_up: [{ reply: 'code', code: 'RC_NOT_FOUND' }] });
    expect(await why()).toBe('not_there');
    simulator.script('r1', { look_up: [{ reply: 'page', status: 403, text: 'blocked' }] });
    expect(await why()).toBe('unusable_answer');
    const { items } = await system.ledger.actions({ refundId: id, limit: 1 });
    expect(items).toMatchObject([{ answer: 'refused', rule: 'unusable_answer' }]);
    expect(await system.lookAgain(refundIdSchema.parse(`rf_${'a'.repeat(26)}`), actor)).toEqual({
      kind: 'not_found',
    });
  });
});
