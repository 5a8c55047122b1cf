import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScenarioError, startSimulator } from '../../simulator/index.ts';
import { runSimulator } from '../../simulator/main.ts';
import { brief, cancel, handClock, json, lookUp, RECEIPT, simulator } from './support.ts';

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'scenario.json');
  await writeFile(file, text);
  return file;
}

async function problemsOf(starting: Promise<unknown>): Promise<ScenarioError['problems']> {
  const error: unknown = await starting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ScenarioError) return error.problems;
  throw new Error(`no ScenarioError, but ${String(error)}`);
}

describe('a scenario file', () => {
  it('that is wrong is refused with every problem and its place', async () => {
    const file = await fileWith(
      JSON.stringify({
        receipts: [
          { id: 'a', price: -1, method: 'cash' },
          { id: 'b', price: 10, purchasedAt: 'yesterday', colour: 'red', taxFree: 11 },
          {
            id: 'b',
            price: 10,
            script: { cancel: [{ reply: 'explode' }, { reply: 'code' }, { reply: 'late_commit' }] },
          },
        ],
        switches: { jitter: 2, statusAfterPartial: { lookUp: 3 }, latencyMS: 4 },
        default: { look_up: [{ reply: 'reset_after_commit' }] },
      }),
    );
    const problems = await problemsOf(runSimulator({ scenarioFile: file, print: () => undefined }));
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'default.look_up[0].reply',
      'receipts',
      'receipts[0].method',
      'receipts[0].price',
      'receipts[1].colour',
      'receipts[1].purchasedAt',
      'receipts[1].taxFree',
      'receipts[2].script.cancel[0].reply',
      'receipts[2].script.cancel[1].code',
      'receipts[2].script.cancel[2].delayMs',
      'switches.jitter',
      'switches.latencyMS',
      'switches.statusAfterPartial.lookUp',
    ]);
  });

  it.each([
    [
      'a receipt twice',
      [
        { id: 'a', price: 1 },
        { id: 'a', price: 1 },
      ],
      'receipts: ids that are there twice: a',
    ],
    [
      'more tax-free than paid',
      [{ id: 'a', price: 1, taxFree: 2 }],
      'receipts[0].taxFree: is more than price',
    ],
    ['more cancelled than paid', [{ id: 'a', price: 1, cancelledPrice: 2 }], 'receipts[0].cancelledPrice'],
  ])('with %s is refused', async (_, receipts, message) => {
    await expect(startSimulator({ scenario: { receipts } })).rejects.toThrow(message);
  });

  it.each(['{', '[1', '"text"'])('that reads %s is refused by name', async (text) => {
    const file = await fileWith(text);
    expect(await problemsOf(runSimulator({ scenarioFile: file }))).toMatchObject([{ path: file }]);
  });

  it('that is not there is refused by name', async () => {
    expect(await problemsOf(runSimulator({ scenarioFile: '/nowhere.json' }))).toMatchObject([
      { path: '/nowhere.json', message: expect.stringContaining('ENOENT') },
    ]);
  });

  it('that is right starts a simulator and prints one line with its address', async () => {
    const file = await fileWith(JSON.stringify({ receipts: [{ id: 'a', price: 5 }] }));
    const lines: string[] = [];
    const sim = await runSimulator({ scenarioFile: file, port: 0, print: (line) => lines.push(line) });
    onTestFinished(() => sim.close());
    expect(lines).toEqual([
      `Bootpay simulator: http://127.0.0.1:${sim.port}/v2 (control: http://127.0.0.1:${sim.port}/_simulator/)`,
    ]);
    expect(brief(await cancel(sim, { receipt_id: 'a' }))).toBe('200 5');
  });
});

describe('without receipts in the scenario', () => {
  it('there is the example of the page', async () => {
    const sim = await runSimulator({ print: () => undefined });
    onTestFinished(() => sim.close());
    expect(json(await lookUp(sim, RECEIPT))).toMatchObject({
      price: 1000,
      order_id: '1648686604470',
      status: 1,
    });
  });
});

describe('times', () => {
  it.each([
    ['now', '2026-03-31T12:00:00+09:00'],
    ['now-90s', '2026-03-31T11:58:30+09:00'],
    ['now-5m', '2026-03-31T11:55:00+09:00'],
    ['now-2h', '2026-03-31T10:00:00+09:00'],
    ['now-3d', '2026-03-28T12:00:00+09:00'],
    ['last-month', '2026-02-15T12:00:00+09:00'],
    ['2026-01-01T00:00:00Z', '2026-01-01T09:00:00+09:00'],
  ])('%s is %s', async (purchasedAt, shown) => {
    const clock = handClock(Date.parse('2026-03-31T12:00:00+09:00'));
    const sim = await simulator({
      now: clock.now,
      scenario: { receipts: [{ id: RECEIPT, price: 1, purchasedAt }] },
    });
    expect(json(await lookUp(sim))['purchased_at']).toBe(shown);
  });

  it.each(['2026-01-01', '2026-01-01T00:00:00', '2026-13-01T00:00:00Z', 'now+3d', ''])(
    '%j is refused',
    async (at) => {
      const receipts = [{ id: RECEIPT, price: 1, purchasedAt: at }];
      await expect(startSimulator({ scenario: { receipts } })).rejects.toThrow('receipts[0].purchasedAt');
    },
  );
});
