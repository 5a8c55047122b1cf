// Redis answers, and does not take the write that follows a call: the reply is known to one process only, and is written
// as soon as Redis takes it.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CommitResult } from '../../src/domain/transition.ts';
import type { Logger } from '../../src/logging/logger.ts';
import { type CrashableRedis, freshPrefix, startRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

function collectingLog() {
  const lines: [event: string, fields: object][] = [];
  const write = (fields: object, event: string) => void lines.push([event, fields]);
  const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };
  return { log, lines };
}

describe('a worker whose Redis takes no writes', () => {
  let redis: CrashableRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const refusals = {
    'too few replicas': { name: 'min-replicas-to-write', on: '1', off: '0', says: /NOREPLICAS/ },
    'no memory': { name: 'maxmemory', on: '1', off: '0', says: /OOM/ },
  } as const;
  type Why = keyof typeof refusals;

  /** From the reply to the first call on Redis refuses writes, until it has refused this one twice. */
  async function refusesAfterTheCall({ system: { gateway, ledger } }: Shop, why: Why): Promise<() => number> {
    const { name, on, off, says } = refusals[why];
    const admin = new Redis(redis.url);
    onTestFinished(async () => {
      await admin.config('SET', name, off);
      admin.disconnect();
    });
    if (gateway === null) throw new Error('no credentials');
    const { cancel } = gateway;
    const { commit } = ledger;
    let calls = 0;
    let refused = 0;
    Object.assign(gateway, {
      cancel: async (...args: Parameters<typeof cancel>) => {
        const reply = await cancel(...args);
        calls += 1;
        if (calls === 1) await admin.config('SET', name, on);
        return reply;
      },
    });
    Object.assign(ledger, {
      commit: async (...args: Parameters<typeof commit>): Promise<CommitResult> => {
        try {
          return await commit(...args);
        } catch (error) {
          expect(String(error)).toMatch(says);
          refused += 1;
          if (refused === 2) await admin.config('SET', name, off);
          throw error;
        }
      },
    });
    return () => refused;
  }

  async function refundAfterARefusal(why: Why, code: string | null) {
    const ends: (() => Promise<void>)[] = [];
    onTestFinished(async () => {
      for (const end of ends.reverse()) await end();
    });
    const first =
      code === null
        ? ({ reply: 'normal' } as const)
        : ({ reply: 'code', code, commitAfterMs: 0, visible: false } as const);
    const receipts = [
      { id: 'r1', price: 10_000, script: { cancel: [first] }, switches: { refusesUsedCancelId: false } },
    ];
    const place = {
      url: redis.url,
      prefix: freshPrefix(),
      onEnd: (end: () => Promise<void>) => void ends.push(end),
    };
    const { log, lines } = collectingLog();
    const shop = await openShop(place, { scenario: { receipts }, worker: false, log });
    const refused = await refusesAfterTheCall(shop, why);
    const { refund_id } = await shop.send({
      ...{ receipt_id: 'r1', cancel_price: 1_000 },
      cancel_message: 'a word of the customer',
    });
    await shop.startWorker();
    return { shop, refund_id, refused, lines };
  }
  const cancels = ({ simulator }: Shop) => simulator.calls.filter(({ kind }) => kind === 'cancel');

  it.each(['RC_CANCEL_CRITICAL_ERROR', 'RC_SOMETHING_NEW'])(
    '%s is a case all the same, and nothing is sent again',
    async (code) => {
      const { shop, refund_id, refused, lines } = await refundAfterARefusal('too few replicas', code);
      const dead = await shop.until(refund_id, 'dead_lettered');
      expect(dead.deadLetter).toMatchObject({ case: 'bootpay_refused', code, severity: 'critical' });
      expect(refused()).toBe(2);
      expect(cancels(shop)).toHaveLength(1);
      const told = lines.filter(([event]) => event.startsWith('reply_'));
      expect(told).toMatchObject([
        ['reply_not_written', { refund_id, fault: 'unusable', error: expect.stringMatching(/^NOREPLICAS /) }],
        ['reply_written', { refund_id, tries: 3 }],
      ]);
      expect(JSON.stringify(lines)).not.toContain('a word of the customer');
    },
  );

  it('what was accepted counts by its own answer', async () => {
    const { shop, refund_id, refused } = await refundAfterARefusal('too few replicas', null);
    const paid = await shop.until(refund_id, 'succeeded');
    expect(paid).toMatchObject({
      settledWon: 1_000,
      attempts: [{ outcome: { reply: 'accepted', used: true } }],
    });
    expect(refused()).toBe(2);
    expect(cancels(shop)).toHaveLength(1);
  });

  it('a refusal uses up its attempt, and is no lost answer', async () => {
    const { shop, refund_id, refused } = await refundAfterARefusal('no memory', 'RC_CANCEL_SERVER_ERROR');
    const paid = await shop.until(refund_id, 'succeeded');
    expect(paid.attempts[0]).toMatchObject({ outcome: { reply: 'refused', used: true } });
    expect(refused()).toBe(2);
  });
});
