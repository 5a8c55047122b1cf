import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ScenarioInput } from '../../simulator/index.ts';
import { useRedis } from '../support/redis.ts';
import { openShop, shortDurations } from '../support/shop.ts';
import { cli, cliHere, folderForTest, jsonLines, type RunOptions } from './support.ts';

const redis = useRedis();
const verdict = ['--as', '김민지', '--reason', '고객과 합의'];
const account = { bank_account: '123-456-789012', bank_username: '이서연', bank_code: '004' };

const noPartial: ScenarioInput = {
  receipts: [
    { id: 'whole', price: 36_000, cancellable: 'no_partial' },
    { id: 'fine', price: 10_000 },
  ],
};

/** A shop with its worker, and the command line pointed at it. */
async function openedShop(scenario: ScenarioInput = noPartial, worker = true) {
  const shop = await openShop(redis, { scenario, worker });
  const env = {
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    BOOTPAY_BASE_URL: shop.simulator.url,
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    DATA_KEYS: `t:${Buffer.alloc(32, 7).toString('base64')}`,
    ...shortDurations,
  };
  const run = (words: readonly string[], options: RunOptions = {}) => cliHere(words, { env, ...options });
  return { shop, env, run };
}

async function deadLetterOf({ shop }: Awaited<ReturnType<typeof openedShop>>): Promise<string> {
  const { refund_id: id } = await shop.send({ receipt_id: 'whole', order_id: 'ORD-1', cancel_price: 12_000 });
  await shop.until(id, 'dead_lettered');
  return id ?? '';
}

const event = (n: number, more: object = {}) => ({
  event_id: `cli-${n}`,
  order_id: `ORD-${n}`,
  receipt_id: 'fine',
  ...more,
});

describe('a refund whose details were erased', () => {
  it('is said to have ended, by each command that names it', async () => {
    const { shop, run } = await openedShop();
    const { refund_id: id } = await shop.send({ receipt_id: 'fine', cancel_price: 1_000 });
    await shop.until(id, 'succeeded');
    const query = { state: 'succeeded', endedBy: Date.now() + 60_000, passOver: 0, limit: 10 } as const;
    expect(await shop.system.ledger.purge(query)).toMatchObject({ purged: 1 });
    const named = id ?? '';
    const commands = [
      ['status', named],
      ['dead-letters', 'show', named],
      ['dead-letters', 'replay', named, ...verdict],
      ['dead-letters', 'resolve', named, ...verdict, '--outcome', 'already_refunded'],
    ];
    for (const words of commands) {
      const { code, stdout, stderr } = await run(words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/"환불 완료" 상태로.*삭제[\s\S]*ended as "refunded"; its details were erased/);
    }
    const { code, stdout } = await run(['status', named, '--json']);
    expect({ code, said: jsonLines(stdout) }).toEqual({
      code: 1,
      said: [{ result: 'forgotten', refund_id: id, state: 'succeeded' }],
    });
  });
});

describe('enqueue', () => {
  it('answers each line of a file: accepted, again, other content, wrong, broken', async () => {
    const { env } = await openedShop(noPartial, false);
    const folder = folderForTest();
    const lines = [
      JSON.stringify(event(1, { cancel_price: 1_000, refund: account })),
      '',
      JSON.stringify(event(1, { cancel_price: 1_000, refund: account })),
      JSON.stringify(event(1, { cancel_price: 2_000, refund: account })),
      JSON.stringify(event(2, { cancel_price: 0 })),
      '{"event_id": "cli-3", "refund": {"bank_account": "999-888-777"',
    ];
    writeFileSync(join(folder, 'events.jsonl'), lines.join('\n'));
    const { code, stdout, stderr } = await cli(['enqueue', 'events.jsonl'], { env, folder });
    expect(code).toBe(1);
    const results = jsonLines(stdout);
    expect(results.map(({ line, result }) => [line, result])).toEqual([
      [1, 'accepted'],
      [3, 'duplicate'],
      [4, 'conflict'],
      [5, 'refused'],
      [6, 'refused'],
    ]);
    for (const result of results)
      expect(Object.keys(result)).toEqual(['line', 'result', 'refund_id', 'problems']);
    expect(results[0]).toMatchObject({ refund_id: expect.stringMatching(/^rf_[a-z2-7]{26}$/), problems: [] });
    expect(results[1]).toMatchObject({ refund_id: results[0]?.['refund_id'] });
    expect(results[3]).toMatchObject({ problems: [{ field: 'cancel_price', received: '0' }] });
    expect(stdout).not.toContain('999-888-777');
    expect(stderr).toContain('accepted 1, duplicate 1, conflict 1, refused 2');
  });

  it('reads standard input, and ends with 0 when nothing was refused', async () => {
    const { shop, env } = await openedShop();
    const input = [event(1), event(1)].map((one) => JSON.stringify(one)).join('\n');
    const { code, stdout } = await cli(['enqueue', '-', '--json'], { env, input, folder: folderForTest() });
    expect(code).toBe(0);
    const [first, second] = jsonLines(stdout);
    expect([first?.['result'], second?.['result']]).toEqual(['accepted', 'duplicate']);
    await shop.until(String(first?.['refund_id']), 'succeeded');
    expect(shop.simulator.book.of('fine')).toMatchObject({ refunds: 1, refundedAmount: 10_000 });
  });

  it('calls a file that is not there wrong usage', async () => {
    const { run } = await openedShop(noPartial, false);
    expect(await run(['enqueue', 'nowhere.jsonl'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('status and list', () => {
  it('show the record as a page for people and as one JSON value', async () => {
    const opened = await openedShop();
    const id = await deadLetterOf(opened);
    const page = await opened.run(['status', id]);
    expect(page.code).toBe(0);
    for (const part of [
      id,
      'dead_lettered',
      'RC_PM_P_CANCEL_NOT_SUPPORT',
      '전액 취소로',
      '12,000원',
      'replay_full',
    ])
      expect(page.stdout).toContain(part);
    expect(page.stdout).not.toContain('\u001b[');
    const { stdout } = await opened.run(['status', id, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      refund_id: id,
      state: 'dead_lettered',
      attempts: [{ number: 1, reply: 'refused', error_code: 'RC_PM_P_CANCEL_NOT_SUPPORT' }],
      dead_letter: { case: 'bootpay_refused', actions: expect.arrayContaining(['replay_full', 'resolve']) },
    });
  });

  it('know when there is no such refund', async () => {
    const { run } = await openedShop(noPartial, false);
    expect(await run(['status', `rf_${'a'.repeat(26)}`])).toMatchObject({ code: 1, stdout: '' });
  });

  it('filter by state, receipt, order and age, newest first, at most so many', async () => {
    const { shop, run } = await openedShop(noPartial, false);
    for (const n of [1, 2, 3]) await shop.send(event(n));
    await shop.send(event(4, { receipt_id: 'whole' }));
    const events = async (...words: string[]) => {
      const { code, stdout } = await run(['list', '--json', ...words]);
      expect(code).toBe(0);
      return jsonLines(stdout).map(({ event_id }) => event_id);
    };
    expect(await events()).toHaveLength(4);
    expect(await events('--limit', '2')).toHaveLength(2);
    expect(await events('--receipt-id', 'whole')).toEqual(['cli-4']);
    expect(await events('--order-id', 'ORD-2')).toEqual(['cli-2']);
    expect(await events('--state', 'succeeded')).toEqual([]);
    expect(await events('--since', '1h')).toHaveLength(4);
    expect(await events('--since', '2099-01-01')).toEqual([]);
    expect((await run(['list'])).stdout).toContain('ORD-3');
  });
});

describe('dead letters', () => {
  it('are listed with what to do, shown, and replayed as a full cancel to success', async () => {
    const opened = await openedShop();
    const { shop, run } = opened;
    const id = await deadLetterOf(opened);
    const listed = await run(['dead-letters', 'list', '--code', 'rc_pm_p_cancel_not_support', '--json']);
    expect(jsonLines(listed.stdout)).toMatchObject([
      {
        refund_id: id,
        why: { ko: '부분 취소가 안 되는 결제예요' },
        to_do: { en: 'Refund by hand and close, or in full if all may go back' },
        advice: { ko: expect.any(String) },
      },
    ]);
    expect((await run(['dead-letters', 'list', '--order-id', 'other', '--json'])).stdout).toBe('');
    expect((await run(['dead-letters', 'list'])).stdout).toContain('try again as a full cancel');
    expect((await run(['dead-letters', 'show', id])).stdout).toMatch(/why +부분 취소가 안 되는 결제예요/);

    const stale = await run(['dead-letters', 'replay', id, ...verdict, '--full', '--version', '1']);
    expect(stale).toMatchObject({ code: 1, stdout: '' });
    const replayed = await run(['dead-letters', 'replay', id, ...verdict, '--full', '--json']);
    expect(replayed.code).toBe(0);
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      result: 'done',
      state: 'queued',
      cancel_price: null,
    });
    const refund = await shop.until(id, 'succeeded');
    expect(refund.settledWon).toBe(36_000);
    const { history } = await shop.read(id);
    expect(history).toContainEqual(expect.objectContaining({ who: '김민지', reason: '고객과 합의' }));

    const late = await run(['dead-letters', 'replay', id, ...verdict, '--full', '--json']);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.stdout)).toMatchObject({ result: 'moved', state: 'succeeded' });
  });

  it('are counted by what they have in common', async () => {
    const opened = await openedShop();
    await deadLetterOf(opened);
    const { stdout } = await opened.run(['dead-letters', 'list', '--group-by', 'order_id', '--json']);
    expect(jsonLines(stdout)).toMatchObject([{ key: 'ORD-1', count: 1, critical: 0 }]);
    expect((await opened.run(['dead-letters', 'list', '--group-by', 'amount'])).code).toBe(2);
  });

  it('are replayed with a refund account, a tax-free share and a message of their own', async () => {
    const opened = await openedShop();
    const id = await deadLetterOf(opened);
    const wrong = ['--bank-code', '88', '--bank-account', '110-123-456789'];
    const refused = await opened.run(['dead-letters', 'replay', id, ...verdict, ...wrong]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--bank-username');
    expect(refused.stderr).not.toContain('110-123-456789');
    const given = ['--bank-code', '088', '--bank-account', '110-123-456789', '--bank-username', '홍길동'];
    const edits = [...given, '--message', '계좌로 환불', '--full', '--tax-free', '0'];
    expect((await opened.run(['dead-letters', 'replay', id, ...verdict, ...edits])).code).toBe(0);
    const { message, account, cancel } = await opened.shop.until(id, 'succeeded');
    expect({ message, account, cancel }).toEqual({
      message: '계좌로 환불',
      account: 'erased',
      cancel: { kind: 'full', taxFreeWon: 0 },
    });
  });

  it('are resolved with outcome and evidence, after a look-up', async () => {
    const opened = await openedShop();
    const id = await deadLetterOf(opened);
    const outcome = ['--outcome', 'refunded_by_hand', '--amount', '900', '--evidence', 'KB-1029'];
    const other = ['--outcome', 'not_to_be_refunded', '--amount', '900'];
    expect((await opened.run(['dead-letters', 'resolve', id, ...verdict, ...other])).code).toBe(2);
    expect((await opened.run(['dead-letters', 'resolve', id, ...verdict, ...outcome])).code).toBe(0);
    const { resolution } = await opened.shop.until(id, 'resolved');
    expect(resolution).toMatchObject({
      who: '김민지',
      outcome: 'refunded_by_hand',
      evidence: 'KB-1029',
      amountWon: 900,
    });
  });

  it('are replayed many at once, first as a dry run', async () => {
    const opened = await openedShop();
    const id = await deadLetterOf(opened);
    const many = ['dead-letters', 'replay-many', '--case', 'bootpay_refused', '--json'];
    const dry = await opened.run([...many, '--dry-run']);
    expect(jsonLines(dry.stdout)).toEqual([
      { refund_id: id, result: 'would_send', rule: null, amount: 12_000 },
    ]);
    const previewed = /rp_[a-f0-9]{24}/.exec(dry.stderr)?.[0] ?? '';
    const start = ['dead-letters', 'replay-many', '--preview', previewed, ...verdict, '--json'];
    const { code, stdout } = await opened.run([...start, '--per-minute', '60000']);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual([{ refund_id: id, result: 'replayed', rule: null, amount: 12_000 }]);
    const again = await opened.run(start);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('done')]);
    const shown = await opened.run(['dead-letters', 'bulk', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      ...{ id: previewed, state: 'done', who: '김민지', via: 'cli', total: 1 },
      ...{ counts: { replayed: 1 }, won: { replayed: 12_000 } },
    });
    const followed = await opened.run(['dead-letters', 'bulk', previewed, '--follow', '--json']);
    expect(followed.stdout).toBe(stdout);
    // It is refused again: nothing was edited.
    await vi.waitFor(async () => {
      const { refund } = await opened.shop.read(id);
      expect(refund).toMatchObject({ state: 'dead_lettered', attempts: [{ number: 1 }, { number: 2 }] });
    });
  });
});

describe('the lane', () => {
  it('is held by a person and resumed, and a held lane sends nothing', async () => {
    const { shop, run } = await openedShop();
    const held = await run(['lane', 'hold', ...verdict, '--json']);
    expect(JSON.parse(held.stdout)).toMatchObject({ changed: true, held: true, person: { who: '김민지' } });
    expect(JSON.parse((await run(['lane', 'hold', ...verdict, '--json'])).stdout)).toMatchObject({
      changed: false,
    });
    expect((await run(['lane', 'status'])).stdout).toContain('고객과 합의');
    const { refund_id: id } = await shop.send(event(1));
    // Put back to a later time: the worker has seen the hold.
    await vi.waitFor(async () => expect(await shop.system.refundQueue.queues[0]?.getDelayedCount()).toBe(1));
    expect(shop.simulator.calls).toEqual([]);
    const resumed = await run(['lane', 'resume', ...verdict, '--json']);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ changed: true, held: false });
    await shop.until(id, 'succeeded');
  });
});

describe('doctor', () => {
  const checksOf = async (run: Awaited<ReturnType<typeof openedShop>>['run'], ...words: string[]) => {
    const { code, stdout } = await run(['doctor', '--json', ...words]);
    const said: { ok: boolean; checks: { about: string; verdict: string; en: string }[] } =
      JSON.parse(stdout);
    return { code, ok: said.ok, bootpay: said.checks.find(({ about }) => about === 'bootpay') };
  };

  it('says that Bootpay could not be asked while no receipt is known, and asks when one is', async () => {
    const { shop, run } = await openedShop();
    expect((await checksOf(run)).bootpay).toMatchObject({ verdict: 'told' });
    expect((await checksOf(run, '--receipt-id', 'fine')).bootpay).toMatchObject({ verdict: 'good' });
    const { refund_id: id } = await shop.send(event(1));
    await shop.until(id, 'succeeded');
    expect((await checksOf(run)).bootpay).toMatchObject({ verdict: 'good' });
  });

  it('ends with 1 when the credentials are refused', async () => {
    const { env, run } = await openedShop();
    const wrong = { ...env, BOOTPAY_SECRET_KEY: 'other' };
    const asked = await checksOf((words) => run(words, { env: wrong }), '--receipt-id', 'fine');
    expect(asked).toMatchObject({ code: 1, ok: false, bootpay: { verdict: 'bad' } });
  });

  it('with Bearer credentials fetches a token, whatever receipts are known', async () => {
    const { env, run } = await openedShop();
    const { BOOTPAY_CLIENT_KEY: _, BOOTPAY_SECRET_KEY: __, ...rest } = env;
    const bearer = { ...rest, BOOTPAY_APPLICATION_ID: 'sim_application_id' };
    const right = { ...bearer, BOOTPAY_PRIVATE_KEY: 'sim_private_key' };
    const wrong = { ...bearer, BOOTPAY_PRIVATE_KEY: 'other' };
    expect((await checksOf((words) => run(words, { env: right }))).bootpay).toMatchObject({
      verdict: 'good',
    });
    expect((await checksOf((words) => run(words, { env: wrong }))).bootpay).toMatchObject({ verdict: 'bad' });
  });
});
