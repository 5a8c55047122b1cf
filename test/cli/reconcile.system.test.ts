// `reconcile` as the person who runs it at night sees it: what is printed where, and how it ends.
import { describe, expect, it, vi } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { environmentOf, openShop, type Shop } from '../support/shop.ts';
import { cli, cliHere, folderForTest, type JobResult, jsonLines, startCli } from './support.ts';

const redis = useRedis();

async function openedShop(ids: readonly string[] = ['fine']) {
  const shop = await openShop(redis, { scenario: { receipts: ids.map((id) => ({ id, price: 10_000 })) } });
  const env = environmentOf(shop);
  const run = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<JobResult> =>
    cliHere(['reconcile', ...words], { env: { ...env, ...more } });
  return { shop, env, run };
}

/** One after the other, so that the last one is met first. */
async function paid(shop: Shop, ids: readonly string[]): Promise<string[]> {
  const refunds: string[] = [];
  for (const receipt_id of ids) {
    const { refund_id } = await shop.send({ receipt_id, cancel_price: 1_000 });
    refunds.push((await shop.until(refund_id, 'succeeded')).refundId);
  }
  return refunds;
}

const lookUps = ({ simulator }: Shop) => simulator.calls.filter(({ kind }) => kind === 'look_up').length;

describe('reconcile ends with', () => {
  it('0 when all agree, and says so', async () => {
    const { shop, run } = await openedShop(['a', 'b']);
    await paid(shop, ['a', 'b']);
    const { code, stdout, stderr } = await run(['--since', '1d']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ 2 +agrees/);
    expect(stderr).toBe('');
  });

  it('0 when there is nothing to compare', async () => {
    const { run } = await openedShop();
    for (const words of [[], ['--json'], ['--since', '2099-01-01']]) {
      const ended = await run(words);
      expect(ended).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/./) });
    }
  });

  it('1 when money went back outside of us: what it means, and where', async () => {
    const { shop, run } = await openedShop(['a', 'b']);
    await paid(shop, ['a', 'b']);
    shop.simulator.cancelOutside('b', 1_500, { visible: true });
    const { code, stdout } = await run([]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ +b +1,000 +2,500\n/);
    expect(stdout).not.toMatch(/ +a +1,000/);
  });

  it('1 when less is shown, with the time from which another run counts, and then with the case', async () => {
    const { shop, run } = await openedShop();
    const [id] = await paid(shop, ['fine']);
    shop.simulator.script('fine', { look_up: [{ reply: 'stale', times: 'always' }] });
    const first = await run([]);
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d KST on/);
    const now = { SETTLE_WINDOW_MS: '10' };
    const again = await vi.waitFor(async () => {
      const result = await run(['--json'], now);
      expect(jsonLines(result.stdout)).toMatchObject([{ verdict: 'drift' }]);
      return result;
    });
    expect(again.code).toBe(1);
    expect(jsonLines(again.stdout)).toEqual([
      {
        receipt_id: 'fine',
        verdict: 'drift',
        settled: 1_000,
        cancelled_price: 0,
        refund_ids: [id],
        look_again_at: null,
        reason: null,
      },
    ]);
    expect((await shop.read(id ?? '')).refund).toMatchObject({
      state: 'dead_lettered',
      deadLetter: { case: 'drift' },
    });
  });

  it('1 when a record cannot be read, which is named', async () => {
    const { shop, run } = await openedShop(['a', 'b']);
    const [broken] = await paid(shop, ['a', 'b']);
    await redis.connect().hset(`${redis.prefix}:refund:${broken}`, 'body', '{');
    const { code, stdout } = await run([]);
    expect(code).toBe(1);
    expect(stdout).toContain('unreadable');
    expect(stdout).toContain(broken);
    const lines = jsonLines((await run(['--json'])).stdout);
    expect(lines).toMatchObject([
      { receipt_id: null, verdict: 'unreadable', refund_ids: [broken] },
      { receipt_id: 'b', verdict: 'agrees' },
    ]);
    // One shape for all lines.
    expect(new Set(lines.map((line) => Object.keys(line).join())).size).toBe(1);
  });

  it('1 when Bootpay does not know a receipt, and compares the others', async () => {
    const { shop, run } = await openedShop(['a', 'b']);
    // `a` is the last one that was answered: it tells that the credentials are good.
    await paid(shop, ['b']);
    await paid(shop, ['a']);
    shop.simulator.script('b', { look_up: [{ reply: 'unauthorized', times: 'always' }] });
    const { code, stdout } = await run(['--json']);
    expect(code).toBe(1);
    expect(jsonLines(stdout)).toMatchObject([
      { receipt_id: 'a', verdict: 'agrees' },
      { receipt_id: 'b', verdict: 'no_look_up', cancelled_price: null, reason: 'unauthorized' },
    ]);
  });

  it('1, early, when the credentials are refused', async () => {
    const { shop, run } = await openedShop(['a', 'b', 'c']);
    await paid(shop, ['a', 'b', 'c']);
    const before = lookUps(shop);
    const { code, stdout, stderr } = await run(['--json'], { BOOTPAY_SECRET_KEY: 'wrong' });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('refuses our credentials: gave up at 1 of 3 refunds');
    // The receipt, and the last answered one: not every receipt of the ledger.
    expect(lookUps(shop) - before).toBe(2);
  });

  it('1, early, when the rate limiter stays shut, with what was found by then', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];
    const { shop, run } = await openedShop(ids);
    await paid(shop, ids);
    await redis
      .connect()
      .hset(`${redis.prefix}:rate-limiter`, 'shut', String((Date.now() + 299_000) * 1_000));
    const { code, stdout, stderr } = await run([]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ +10 +no_look_up /);
    expect(stdout).toMatch(/ +k +1,000 +- +gate_shut\n/);
    expect(stderr).toContain('10 receipts in a row): gave up at 10 of 11 refunds');
    await redis.connect().hdel(`${redis.prefix}:rate-limiter`, 'shut');
  });

  it('2 and every problem when it is used wrongly', async () => {
    const { code, stdout, stderr } = await cliHere(['reconcile', '--since', 'monday', '--sample', '2']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n').map((line) => line.split(':')[0])).toEqual(['--since', '--sample', '']);
    for (const share of ['0', '0.0', '-1', '1.5', 'all', '10%']) {
      const wrong = await cliHere(['reconcile', `--sample=${share}`]);
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--sample: expected a share/) });
    }
  });

  it('2 without credentials', async () => {
    const { env } = await openedShop();
    const { BOOTPAY_CLIENT_KEY: _, BOOTPAY_SECRET_KEY: __, ...without } = env;
    expect(await cliHere(['reconcile'], { env: without })).toMatchObject({ code: 2, stdout: '' });
  });

  it('130 on Ctrl-C, with what was found by then', async () => {
    const { shop, env } = await openedShop(['slow', 'quick']);
    await paid(shop, ['slow', 'quick']);
    shop.simulator.script('slow', { look_up: [{ reply: 'hang', times: 'always' }] });
    const running = startCli(['reconcile', '--json'], { env, folder: folderForTest() });
    await running.until('quick');
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(jsonLines(stdout)).toMatchObject([{ receipt_id: 'quick', verdict: 'agrees' }]);
    expect(stderr).toMatch(/^Stopped.*\nagrees 1\n$/);
  });
});

describe('reconcile as a process', () => {
  it('writes nothing but JSON lines to standard output, and the counts to standard error', async () => {
    const { shop, env } = await openedShop(['a', 'b']);
    await paid(shop, ['a', 'b']);
    shop.simulator.cancelOutside('b', 500, { visible: true });
    const { code, stdout, stderr } = await cli(['reconcile', '--json'], { env, folder: folderForTest() });
    expect(code).toBe(1);
    expect(jsonLines(stdout).map(({ receipt_id, verdict }) => [receipt_id, verdict])).toEqual([
      ['b', 'outside'],
      ['a', 'agrees'],
    ]);
    expect(stderr).toBe('outside 1, agrees 1\n');
  });

  it('looks at a share of the receipts', async () => {
    const { shop, run } = await openedShop(['a', 'b', 'c']);
    await paid(shop, ['a', 'b', 'c']);
    expect(jsonLines((await run(['--json', '--sample', '1'])).stdout)).toHaveLength(3);
    expect(jsonLines((await run(['--json', '--sample', '.000000001'])).stdout)).toEqual([]);
  });
});
