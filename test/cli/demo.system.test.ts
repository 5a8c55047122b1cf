import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codes } from '../policies/refunds.ts';
import { cliHere, folderForTest, isRunning, type JobResult, jsonLines, startCli } from './support.ts';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));
const withinMs = 60_000;

function linesOf(file: string): Record<string, unknown>[] {
  return jsonLines(readFileSync(join(samples, file), 'utf8'));
}

/** The first so many events, with what they must become: the rate makes a demo as long as its events are many. */
function firstSamples(folder: string, count: number): string {
  const copy = join(folder, 'first');
  cpSync(samples, copy, { recursive: true });
  for (const file of ['order-cancellations.jsonl', 'expectations.jsonl'])
    writeRows(join(copy, file), linesOf(file).slice(0, count));
  return copy;
}

function writeRows(file: string, rows: readonly object[]): void {
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
}

/** Runs it to its end. */
async function demo(folder: string, ...words: string[]): Promise<JobResult> {
  const startedAt = performance.now();
  const ended = await startCli(['demo', ...words], { folder }).ended;
  expect(performance.now() - startedAt).toBeLessThan(withinMs);
  return ended;
}

describe('the samples', () => {
  it('are at least thirty events, each with what it must become', () => {
    const events = linesOf('order-cancellations.jsonl');
    expect(events.length).toBeGreaterThanOrEqual(30);
    expect(linesOf('expectations.jsonl').map(({ line }) => line)).toEqual(
      events.map((_, index) => index + 1),
    );
  });

  it('show every official code', () => {
    const text = readFileSync(join(samples, 'expectations.jsonl'), 'utf8');
    for (const code of [...Object.values(codes), 'RC_CANCEL_FAILED']) expect(text).toContain(`"${code}"`);
  });
});

describe('the demo', { timeout: 3 * withinMs }, () => {
  it('ends with 0 and a table of every event, and again in the same folder', async () => {
    const folder = folderForTest();
    const { code, stdout, stderr } = await demo(folder);
    expect(code, stdout + stderr).toBe(0);
    for (const { title } of linesOf('expectations.jsonl'))
      expect(stdout).toContain(Reflect.get(Object(title), 'ko'));
    expect(stdout).toMatch(/\d+\.\d s {2}\d+\/\d+ .*calls \d+\/\d+ per s/);
    expect(stdout).toContain('nobody was paid twice');
    expect(stdout).toContain('replayed by 김민지');
    expect(stdout).not.toContain('\u001b[');
    firstSamples(folder, 8);
    expect(await demo(folder, '--samples', 'first')).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, '.refund-worker', 'demo'))).toEqual([]);
  });

  it('with an altered expectation ends with 1 and says which line, beside a start that it leaves alone', async () => {
    const folder = folderForTest();
    const env = { BOOTPAY_CLIENT_KEY: 'k', BOOTPAY_SECRET_KEY: 's', HTTP_PORT: '0', LOG_LEVEL: 'silent' };
    const service = startCli(['start', '--json'], { folder, env });
    await service.until('}\n');
    const copy = firstSamples(folder, 8);
    const file = join(copy, 'expectations.jsonl');
    const altered = jsonLines(readFileSync(file, 'utf8')).map((row) =>
      row['line'] === 3 ? { ...row, expect: { result: 'accepted', state: 'dead_lettered' } } : row,
    );
    writeRows(file, altered);
    const { code, stdout } = await demo(folder, '--samples', 'first', '--json');
    expect(code).toBe(1);
    const said: { ok: boolean; events: { line: number; differences: string[] }[] } = JSON.parse(stdout);
    expect(said.ok).toBe(false);
    expect(said.events.filter(({ differences }) => differences.length > 0)).toMatchObject([
      { line: 3, differences: ['expected state dead_lettered, was succeeded'] },
    ]);
    const { code: found, stdout: listed } = await cliHere(['list', '--json'], { folder });
    expect({ found, listed }).toEqual({ found: 0, listed: '' });
    service.child.kill('SIGTERM');
    expect((await service.ended).code).toBe(0);
  });

  it('on a busy machine prints no more calls in a second than were allowed', async () => {
    const folder = folderForTest();
    firstSamples(folder, 12);
    // The process stands still again and again, so that what comes to it arrives in bunches.
    const code = `const stand = () => { for (const end = Date.now() + 150; Date.now() < end; ); wait(); };
      const wait = () => setTimeout(stand, 30).unref(); wait();`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
    const { stdout } = await startCli(['demo', '--samples', 'first'], { folder, env }).ended;
    expect(stdout).toMatch(/let at most \d+ go in any second \(limit 6\)/);
    const perSecond = [...stdout.matchAll(/calls (\d+)\/6 per s|at most (\d+)/g)];
    expect(perSecond.length).toBeGreaterThan(2);
    for (const [, shown, most] of perSecond) expect(Number(shown ?? most)).toBeLessThanOrEqual(6);
    expect(stdout).not.toContain('calls reached Bootpay');
  });

  it('that is kept is found by the other commands, and ends with Ctrl-C', async () => {
    const folder = folderForTest();
    firstSamples(folder, 29);
    const running = startCli(['demo', '--keep', '--samples', 'first'], { folder });
    const printed = await running.until('Ctrl-C');
    const board = /Bull Board\s+(\S+)/.exec(printed)?.[1] ?? '';
    const desk = /Desk\s+(\S+)/.exec(printed)?.[1] ?? '';
    for (const address of [board, desk]) expect((await fetch(address)).status).toBe(200);
    const { code, stdout } = await cliHere(['dead-letters', 'list', '--json'], { folder });
    expect(code).toBe(0);
    expect(jsonLines(stdout).length).toBeGreaterThan(10);
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  });

  it('interrupted in the middle cleans up and ends with 130', async () => {
    const folder = folderForTest();
    const running = startCli(['demo'], { folder });
    await running.until(/succeeded \d/);
    const [run] = readdirSync(join(folder, '.refund-worker', 'demo')).filter((name) =>
      name.startsWith('run-'),
    );
    const address = join(folder, '.refund-worker', 'demo', run ?? '', 'redis.json');
    const { pid }: { pid: number } = JSON.parse(readFileSync(address, 'utf8'));
    expect(isRunning(pid)).toBe(true);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stderr: 'Stopped. 중단했어요.\n' });
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(readdirSync(join(folder, '.refund-worker', 'demo'))).toEqual([]);
  });
});
