// Money in a receipt's totals that nothing accounts for: no other refund of the receipt may succeed with it, none may be
// sent twice because of it, and a total that fell for good does not stop the receipt for ever.
import { afterEach, describe, expect, it } from 'vitest';
import type { DefaultScriptInput } from '../../simulator/index.ts';
import { receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import { keysFor } from '../../src/redis/keys.ts';
import { createDeadLetters } from '../../src/review/index.ts';
import type { ReplayRequest, ResolveRequest, ReviewDeps, ReviewResult } from '../../src/review/ports.ts';
import { verdictOf } from '../reconcile/support.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, type Shop } from '../support/shop.ts';

const serverError = { reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' } as const;
const landedUnheard = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 0 } as const;
const terminal = { reply: 'code', code: 'RC_CANCEL_METHOD_NOT_FOUND' } as const;
const lost = { reply: 'reset_before_commit' } as const;
/** An unanswered attempt that moved nothing, and a refusal that may pass: from then on the refund waits for its retry. */
const lostThenRefused = [lost, serverError];
/** A refund that waits for a retry does so until the test makes it due. */
const longWaits = { RETRY_BASE_MS: '60000', RETRY_MAX_MS: '60000', RETRY_DEADLINE_MS: '600000' };

const replayed: ReplayRequest = {
  who: 'kim',
  via: 'cli',
  reason: 'checked with Bootpay',
  version: null,
  newGeneration: false,
  acknowledge: true,
  edits: {},
};
const closed: ResolveRequest = {
  who: 'kim',
  via: 'cli',
  reason: 'checked with Bootpay',
  version: null,
  outcome: 'already_refunded',
  evidence: null,
  acknowledge: false,
};

describe.each([true, false])('where Bootpay refuses a used cancel_id: %s', (refusesUsedCancelId) => {
  const redis = useRedis();
  afterEach(() => expect.hasAssertions());

  function openReceipt(script: DefaultScriptInput, env: Record<string, string> = {}): Promise<Shop> {
    const receipts = [{ id: 'r1', price: 10_000, script }];
    return openShop(redis, { scenario: { switches: { refusesUsedCancelId }, receipts }, env });
  }
  const send = async (shop: Shop, cancel_price?: number) => {
    const amount = cancel_price === undefined ? {} : { cancel_price };
    const { refund_id } = await shop.send({ receipt_id: 'r1', ...amount });
    return refundIdSchema.parse(refund_id);
  };
  const resolve = ({ system }: Shop, id: string, request: Partial<ResolveRequest>) =>
    system.deadLetters.resolve(refundIdSchema.parse(id), { ...closed, ...request });
  const replay = ({ system }: Shop, id: string, request: Partial<ReplayRequest> = {}) =>
    system.deadLetters.replay(refundIdSchema.parse(id), { ...replayed, ...request });
  /** Its next retry is due now. */
  const wake = async ({ system, read }: Shop, id: string) => {
    await redis.connect().hset(keysFor(redis.prefix).anyRefund(id), 'wake', 0);
    expect(await system.refundQueue.wake((await read(id)).jobId ?? '')).toBe(true);
  };
  /** Lost, found not there, refused: it waits for its next retry, and has let go of the receipt. */
  const untilTriedTwice = (shop: Shop, id: string) =>
    expect
      .poll(
        async () => {
          const { refund } = await shop.read(id);
          return `${refund?.attempts.length} ${refund?.state}`;
        },
        { timeout: 20_000 },
      )
      .toBe('2 waiting_retry');
  /** The case shows that its money went back; a person may act on it by now. */
  const untilShown = async (shop: Shop, id: string, amount: number) => {
    await shop.until(id, 'dead_lettered');
    const shown = async () => (await shop.read(id)).refund?.lastLookUp?.receipt.cancelledWon;
    await expect.poll(shown, { timeout: 5_000 }).toBe(amount);
    expect(bookOf(shop)).toBe(amount);
  };
  const endOf = (reviewed: ReviewResult) => (reviewed.kind === 'refused' ? reviewed.rule : reviewed.kind);
  const bookOf = ({ simulator }: Shop) => simulator.book.of('r1').refundedAmount;
  const lookUps = ({ simulator }: Shop) => simulator.calls.filter(({ kind }) => kind === 'look_up').length;

  /** Repeats what a settle window refuses, until it does not. */
  async function onceAllowed(act: () => Promise<ReviewResult>): Promise<ReviewResult> {
    let last = await act();
    await expect
      .poll(async () => {
        if (last.kind === 'refused' && last.rule === 'settle_window') last = await act();
        return endOf(last);
      })
      .not.toBe('settle_window');
    return last;
  }

  async function untilDrift(shop: Shop, id: string): Promise<void> {
    await expect.poll(async () => (await verdictOf(shop)).verdict).toBe('drift');
    expect((await shop.until(id, 'dead_lettered')).deadLetter?.case).toBe('drift');
  }

  describe('a case that may have paid, closed without a usable look-up', () => {
    it.each([
      ['a look-up from the past', { reply: 'stale', times: 'always' }, 1_000],
      ['no answer', { reply: 'html_502', times: 6 }, 1_000],
      ['a look-up from the past, in full', { reply: 'stale', times: 'always' }, undefined],
    ] as const)('(%s) leaves no money for another refund to succeed with', async (_, lookUp, amount) => {
      const shop = await openReceipt({ cancel: [...lostThenRefused, landedUnheard] }, longWaits);
      const c = await send(shop, amount);
      await untilTriedTwice(shop, c);
      const a = await send(shop, amount);
      await untilShown(shop, a, amount ?? 10_000);

      shop.simulator.script('r1', { look_up: [lookUp] });
      const refused = lookUp.reply === 'stale' ? 'stale_look_up' : 'no_look_up';
      expect(endOf(await resolve(shop, a, {}))).toBe(refused);
      expect(endOf(await resolve(shop, a, { acknowledge: true }))).toBe('done');

      shop.simulator.script('r1', { look_up: [] });
      await wake(shop, c);
      const refund = await shop.until(c, 'dead_lettered');
      expect(refund.deadLetter?.case).toBe('integrity_mismatch');
      expect(refund.attempts).toHaveLength(2);
      if (amount === undefined) return;
      expect((await onceAllowed(() => replay(shop, c))).kind).toBe('done');
      await shop.until(c, 'succeeded');
      expect(bookOf(shop)).toBe(2_000);
    });

    it('claimed as refunded against what the look-up shows, leaves no money either when it shows after all', async () => {
      const late = { ...landedUnheard, commitAfterMs: 1_000 };
      const shop = await openReceipt({ cancel: [...lostThenRefused, late] }, longWaits);
      const c = await send(shop, 1_000);
      await untilTriedTwice(shop, c);
      const a = await send(shop, 1_000);
      await shop.until(a, 'dead_lettered');
      expect((await onceAllowed(() => resolve(shop, a, {}))).kind).toBe('done');
      await expect.poll(() => bookOf(shop), { timeout: 5_000 }).toBe(1_000);
      await wake(shop, c);
      expect((await shop.until(c, 'dead_lettered')).deadLetter?.case).toBe('integrity_mismatch');
    });

    it('is closed as refunded by hand only with an acknowledgement when the look-up lags behind what the case shows', async () => {
      const shop = await openReceipt({ cancel: [landedUnheard] });
      const a = await send(shop, 1_000);
      await untilShown(shop, a, 1_000);
      shop.simulator.script('r1', { look_up: [{ reply: 'stale', times: 'always' }] });
      const byHand = { outcome: 'refunded_by_hand' } as const;
      expect(endOf(await resolve(shop, a, byHand))).toBe('stale_look_up');
      expect((await resolve(shop, a, { ...byHand, acknowledge: true })).kind).toBe('done');
    });
  });

  it.each(['RC_CANCEL_ID_ALREADY_EXIST', 'RC_ALREADY_CANCELLED', 'RC_CANCEL_PRICE_OVER'])(
    'a first attempt that was doubled on its way, and of which %s is heard, keeps its money from another refund',
    async (code) => {
      const doubled = { reply: 'code', code, commitAfterMs: 0 } as const;
      const shop = await openReceipt({ cancel: [...lostThenRefused, doubled] }, longWaits);
      const c = await send(shop, 1_000);
      await untilTriedTwice(shop, c);
      const a = await send(shop, 1_000);
      expect((await shop.until(a, 'dead_lettered')).deadLetter).toMatchObject({ code, keepsLock: true });
      expect(bookOf(shop)).toBe(1_000);

      await wake(shop, c);
      const waiting = async () => (await shop.system.ledger.readReceipt(receiptIdSchema.parse('r1'))).waiting;
      await expect.poll(waiting).toEqual([c]);
      expect((await onceAllowed(() => resolve(shop, a, {}))).kind).toBe('done');
      await shop.until(c, 'succeeded');
      expect(bookOf(shop)).toBe(2_000);
    },
  );

  it('a case that was never sent, refunded by hand in the admin, leaves no money for another refund', async () => {
    const shop = await openReceipt({ cancel: lostThenRefused }, longWaits);
    const c = await send(shop, 1_000);
    await untilTriedTwice(shop, c);
    const a = await send(shop, 20_000);
    const refused = await shop.until(a, 'dead_lettered');
    expect(refused).toMatchObject({ attempts: [], deadLetter: { case: 'policy_refused' } });
    shop.simulator.cancelOutside('r1', 1_000);
    expect((await resolve(shop, a, { outcome: 'refunded_by_hand' })).kind).toBe('done');
    await wake(shop, c);
    const refund = await shop.until(c, 'dead_lettered');
    expect(refund.deadLetter?.case).toBe('integrity_mismatch');
  });

  describe('after a drift', () => {
    const hidden = { lookUpWith: { cancelled_price: 0 } };

    it.each(['before', 'after'] as const)(
      'whose money shows again, a refund tried %s the drifted one does not succeed with it',
      async (order) => {
        const tried = async (shop: Shop) => {
          shop.simulator.script('r1', { cancel: lostThenRefused });
          const id = await send(shop, 1_000);
          await untilTriedTwice(shop, id);
          return id;
        };
        const paid = async (shop: Shop) => {
          const id = await send(shop, 1_000);
          await shop.until(id, 'succeeded');
          return id;
        };
        const shop = await openReceipt({}, longWaits);
        const first = order === 'before' ? await tried(shop) : await paid(shop);
        const second = order === 'before' ? await paid(shop) : await tried(shop);
        const [a, c] = order === 'before' ? [second, first] : [first, second];
        shop.simulator.configure(hidden);
        await untilDrift(shop, a);
        shop.simulator.configure({ lookUpWith: {} });
        await wake(shop, c);
        const refund = await shop.until(c, 'dead_lettered');
        expect(refund.deadLetter?.case).toBe('integrity_mismatch');
        expect(refund.attempts).toHaveLength(2);
        expect(bookOf(shop)).toBe(1_000);
      },
    );

    it('a refund that came in between and got no answer does not succeed with the money that shows again', async () => {
      const shop = await openReceipt({ cancel: [{ reply: 'normal' }, lost] }, longWaits);
      const a = await send(shop, 1_000);
      await shop.until(a, 'succeeded');
      shop.simulator.configure(hidden);
      await untilDrift(shop, a);
      const d = await send(shop, 1_000);
      await expect.poll(async () => (await shop.read(d)).refund?.attempts.length).toBe(1);
      shop.simulator.configure({ lookUpWith: {} });
      expect((await shop.until(d, 'dead_lettered')).deadLetter?.case).toBe('integrity_mismatch');
    });

    it('that was real, a replay pays again, and so do new refunds', async () => {
      const shop = await openReceipt({});
      const a = await send(shop, 1_000);
      await shop.until(a, 'succeeded');
      shop.simulator.takeBack('r1', 1_000);
      const waiting = await send(shop, 2_000);
      await untilDrift(shop, a);
      await shop.until(waiting, 'succeeded');
      expect((await replay(shop, a)).kind).toBe('done');
      // Where its cancel_id is refused as used, another settle window shows that it pays nothing any more.
      expect((await shop.until(a, 'succeeded')).generation).toBe(refusesUsedCancelId ? 2 : 1);
      await shop.until(await send(shop, 3_000), 'succeeded');
      expect(bookOf(shop)).toBe(6_000);
      expect((await verdictOf(shop)).verdict).toBe('agrees');
    });
  });

  it('money that is taken back under the hold of a case is noticed, and the case can be paid in the end', async () => {
    const critical = { reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' } as const;
    const shop = await openReceipt({ cancel: [{ reply: 'normal' }, critical] });
    const a = await send(shop, 1_000);
    await shop.until(a, 'succeeded');
    const c = await send(shop, 2_000);
    await shop.until(c, 'dead_lettered');
    shop.simulator.takeBack('r1', 1_000);
    await untilDrift(shop, a);
    expect((await resolve(shop, a, { outcome: 'refunded_by_hand', acknowledge: true })).kind).toBe('done');
    // The first replay shows the person what the receipt looks like now, the second one starts from there.
    expect((await onceAllowed(() => replay(shop, c, { newGeneration: false }))).kind).toBe('done');
    expect((await shop.until(c, 'dead_lettered')).deadLetter?.case).toBe('integrity_mismatch');
    expect((await onceAllowed(() => replay(shop, c))).kind).toBe('done');
    await shop.until(c, 'succeeded');
    expect(bookOf(shop)).toBe(2_000);
  });

  it('a full cancel of what another refund has left keeps no tax-free share above it', async () => {
    const receipts = [{ id: 'r1', price: 3_000, taxFree: 1_000 }];
    const shop = await openShop(redis, { scenario: { receipts } });
    await shop.until(await send(shop, 2_500), 'succeeded');
    const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_tax_free: 800 });
    const refund = await shop.until(refund_id, 'dead_lettered');
    expect(refund.deadLetter).toMatchObject({ case: 'policy_refused', code: 'RC_CANCEL_TAX_FREE_OVER' });
    expect(bookOf(shop)).toBe(2_500);
  });

  it('an outside cancel that is taken back does not stop the receipt', async () => {
    const shop = await openReceipt({});
    shop.simulator.cancelOutside('r1', 500);
    await shop.until(await send(shop, 1_000), 'succeeded');
    shop.simulator.takeBack('r1', 500);
    const waiting = await send(shop, 2_000);
    await expect.poll(async () => (await verdictOf(shop)).verdict).toBe('reversed');
    await shop.until(waiting, 'succeeded');
    expect((await verdictOf(shop)).verdict).toBe('agrees');
  });

  it('says at the deadline that look-ups stayed below what was shown before', async () => {
    const shop = await openReceipt({}, { RETRY_DEADLINE_MS: '500' });
    await shop.until(await send(shop, 1_000), 'succeeded');
    shop.simulator.takeBack('r1', 1_000);
    const waiting = await send(shop, 2_000);
    await shop.until(waiting, 'dead_lettered');
    const { history } = await shop.read(waiting);
    expect(history.at(-1)?.reason).toMatch(/deadline_passed: .*less than was seen before/);
  });

  describe('an edited amount', () => {
    async function caseOf3000(script: DefaultScriptInput): Promise<{ shop: Shop; id: string }> {
      const shop = await openReceipt(script);
      const id = await send(shop, 3_000);
      expect((await shop.until(id, 'dead_lettered')).attempts).toHaveLength(2);
      return { shop, id };
    }

    it('is no measure of the attempt before it: money from elsewhere is not taken for it', async () => {
      const { shop, id } = await caseOf3000({ cancel: [lost, terminal] });
      shop.simulator.cancelOutside('r1', 500);
      await replay(shop, id, { acknowledge: false, edits: { amountWon: 500 } });
      const refund = await shop.until(id, 'dead_lettered');
      expect(refund.deadLetter?.case).toBe('integrity_mismatch');
      expect(refund).toMatchObject({ cancel: { amountWon: 500 }, settledWon: null });
      expect(refund.attempts).toHaveLength(2);
    });

    it('does not go out when the attempt before it went through after all', async () => {
      const late = { reply: 'late_commit', delayMs: 1_200, how: 'reset' } as const;
      const { shop, id } = await caseOf3000({ cancel: [late, terminal] });
      await expect.poll(() => bookOf(shop)).toBe(3_000);
      await replay(shop, id, { acknowledge: false, edits: { amountWon: 500 } });
      const refund = await shop.until(id, 'dead_lettered');
      expect(refund.deadLetter?.case).toBe('integrity_mismatch');
      expect(bookOf(shop)).toBe(3_000);
      expect((await resolve(shop, id, {})).kind).toBe('done');
      expect((await shop.read(id)).refund).toMatchObject({ state: 'succeeded', settledWon: 3_000 });
    });

    it.each([
      ['the amount alone', { amountWon: 500 }],
      ['the tax-free share alone', { taxFreeWon: 3_001 }],
      ['both', { amountWon: 500, taxFreeWon: 501 }],
      ['the whole rest', { full: true, taxFreeWon: 10_001 }],
    ])('keeps no tax-free share above it (%s)', async (_, edits) => {
      const script = { cancel: [terminal] };
      const receipts = [{ id: 'r1', price: 10_000, taxFree: 10_000, script }];
      const shop = await openShop(redis, { scenario: { receipts } });
      const { refund_id } = await shop.send({ receipt_id: 'r1', cancel_price: 3_000, cancel_tax_free: 800 });
      await shop.until(refund_id, 'dead_lettered');
      const refused = await replay(shop, refund_id ?? '', { acknowledge: false, edits });
      expect(refused).toMatchObject({ kind: 'refused', rule: 'tax_free_over', field: 'cancel_tax_free' });
      const fits = { amountWon: 500, taxFreeWon: 500 };
      expect(await replay(shop, refund_id ?? '', { acknowledge: false, edits: fits })).toMatchObject({
        kind: 'done',
      });
    });
  });

  describe('a resolve beside another refund of the receipt', () => {
    /** B was lost, found not there, refused, and went through after all: its money waits to be counted. */
    async function lateCase(): Promise<{ shop: Shop; b: string }> {
      const late = { reply: 'late_commit', delayMs: 1_200, how: 'reset' } as const;
      const shop = await openReceipt({ cancel: [late, terminal] });
      const b = await send(shop, 1_000);
      await shop.until(b, 'dead_lettered');
      await expect.poll(() => bookOf(shop)).toBe(1_000);
      return { shop, b };
    }
    /** The real review, with something that happens right before its write. */
    function withBefore({ system }: Shop, happens: () => Promise<unknown>) {
      let happened = false;
      const ledger: ReviewDeps['ledger'] = {
        ...system.ledger,
        commit: async (change, options) => {
          if (!happened) {
            happened = true;
            await happens();
          }
          return system.ledger.commit(change, options);
        },
      };
      const { gateway, rateLimiter, clock, config, refundQueue } = system;
      return createDeadLetters({
        ...{ ledger, gateway, rateLimiter, now: clock.now, jumpedAt: clock.jumpedAt, sleep: clock.sleep },
        settings: config.policy,
        twoPeople: { thresholdWon: null, people: [] },
        ...{
          enqueueJob: refundQueue.enqueueJob,
          wakeWaiter: refundQueue.wake,
          closeCase: refundQueue.closeCase,
        },
      });
    }

    it.each(['already_refunded', 'refunded_by_hand'] as const)(
      'that was sent between its look-up and its write counts nothing (%s)',
      async (outcome) => {
        const { shop, b } = await lateCase();
        shop.simulator.script('r1', { cancel: [{ reply: 'hang_before_commit' }] });
        let c = '';
        const review = withBefore(shop, async () => {
          c = await send(shop, 1_000);
          await shop.until(c, 'sending');
        });
        const request = { ...closed, outcome, acknowledge: outcome === 'refunded_by_hand' };
        const reviewed = await review.resolve(refundIdSchema.parse(b), request);
        const refused = { kind: 'refused', rule: 'no_look_up' };
        expect(reviewed).toMatchObject(request.acknowledge ? { kind: 'done' } : refused);
        await shop.until(c, 'succeeded');
        expect(bookOf(shop)).toBe(2_000);
      },
    );

    it('that looks the receipt up meanwhile keeps it: what it sees is counted on one side or not at all', async () => {
      const { shop, b } = await lateCase();
      let c = '';
      const review = withBefore(shop, async () => {
        shop.simulator.configure({ latencyMs: 300 });
        const before = lookUps(shop);
        c = await send(shop, 1_000);
        await expect.poll(() => lookUps(shop)).toBe(before + 1);
      });
      const reviewed = await review.resolve(refundIdSchema.parse(b), closed);
      expect(reviewed).toMatchObject({ kind: 'refused', rule: 'no_look_up' });
      shop.simulator.configure({ latencyMs: 0 });
      const refund = await shop.until(c, 'succeeded');
      expect(refund.attempts.map(({ totalsBefore }) => totalsBefore)).toMatchObject([
        { totalWon: 1_000, settledWon: 0 },
      ]);
      expect((await resolve(shop, b, {})).kind).toBe('done');
      await shop.until(b, 'succeeded');
      expect(await shop.system.ledger.readReceipt(refund.receiptId)).toMatchObject({ settledWon: 2_000 });
      expect(bookOf(shop)).toBe(2_000);
    });
  });
});
