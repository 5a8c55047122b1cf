// A log that cannot be written costs lines, never refunds: the worker goes on, ends in time, and says what was lost.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folderForTest, jsonLines, type RunOptions, startCli, startProgram } from '../cli/support.ts';
import { useRedis } from '../support/redis.ts';
import { environmentOf, openShop } from '../support/shop.ts';

const redis = useRedis();
const chatty = join(import.meta.dirname, 'chatty-child.ts');
/** More than a pipe and what is kept hold together. */
const chattyLines = 6_000;
const refunds = 120;
const within = { timeout: 20_000 };

/** A pipe whose reader stands still until `read`, goes away and comes again as the test says. */
function pipe() {
  const path = join(folderForTest(), 'log');
  execFileSync('mkfifo', [path]);
  const come = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let reader = come();
  const writer = openSync(path, constants.O_WRONLY);
  let text = '';
  return {
    writer,
    leave: () => closeSync(reader),
    comeAgain: () => {
      reader = come();
    },
    read: () => {
      const socket = new Socket({ fd: reader, writable: false });
      socket.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      onTestFinished(() => void socket.destroy());
    },
    lines: () => jsonLines(text.slice(0, text.lastIndexOf('\n') + 1)),
  };
}

async function startedWorker(options: RunOptions) {
  const receipts = Array.from({ length: refunds }, (_, number) => ({ id: `r-${number}`, price: 1_000 }));
  const shop = await openShop(redis, { worker: false, scenario: { receipts } });
  const env = { ...environmentOf(shop), LOG_LEVEL: 'debug' };
  const running = startCli(['worker', '--json'], { env, ...options });
  return {
    ...running,
    shop,
    async refundAll() {
      const sent = receipts.map(({ id }) => shop.send({ receipt_id: id }));
      for (const { refund_id } of await Promise.all(sent)) await shop.until(refund_id, 'succeeded', 60_000);
    },
    async endedWith(): Promise<number | null> {
      running.child.kill('SIGTERM');
      return (await running.ended).code;
    },
  };
}

test.each(['a full disk', 'a reader that is gone', 'a reader that stands still'])(
  'refunds go on with %s, and the worker ends as it is told',
  async (log) => {
    const { writer, leave } = pipe();
    if (log === 'a reader that is gone') leave();
    const full = log === 'a full disk' ? openSync('/dev/full', 'w') : null;
    const folder = folderForTest();
    // Remarked on at the start, which cannot be written either.
    writeFileSync(join(folder, '.env'), 'OTHER=1\n');
    const worker = await startedWorker({ folder, outputs: { stderr: full ?? writer } });
    await worker.refundAll();
    const toldAt = performance.now();
    expect(await worker.endedWith()).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(10_000);
  },
);

test('neither does standard output that is full end a worker', async () => {
  const stdout = openSync('/dev/full', 'w');
  const { writer, read, lines } = pipe();
  read();
  const worker = await startedWorker({ outputs: { stderr: writer, stdout } });
  await expect.poll(() => lines().some(({ event }) => event === 'worker_started'), within).toBe(true);
  const quit = await Promise.race([worker.ended, new Promise((resolve) => setTimeout(resolve, 6_000, 'no'))]);
  expect(quit).toBe('no');
  await worker.refundAll();
  expect(await worker.endedWith()).toBe(0);
});

test('a terminal that stands still stops nothing either', async () => {
  const said = join(folderForTest(), 'said');
  const program = [process.execPath, '--import', import.meta.resolve('tsx'), chatty, chattyLines].join(' ');
  // Shows on a pipe that nobody reads what the program writes to its terminal.
  const terminal = spawn('script', ['-qec', `${program} >${said}`, '/dev/null'], {
    stdio: ['pipe', pipe().writer, 'ignore'],
  });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  await expect.poll(() => readFileSync(said, 'utf8'), within).toBe('said\n');
});

describe('one line says how many lines were lost', () => {
  test.each(['reads again', 'comes again'])('once the reader %s', async (how) => {
    const { writer, leave, comeAgain, read, lines } = pipe();
    if (how === 'comes again') leave();
    const before = Date.now();
    const { child, until, ended } = startProgram([chatty, String(chattyLines)], {
      keepsInputOpen: true,
      outputs: { stderr: writer },
    });
    await until('said');
    if (how === 'comes again') comeAgain();
    read();
    const told = () => lines().filter(({ event }) => event === 'log_lines_lost');
    await expect.poll(told, within).toMatchObject([{ level: 'warn', lost: expect.any(Number) }]);
    child.stdin?.end();
    expect((await ended).code).toBe(0);
    await expect.poll(() => lines().at(-1)?.['event'], within).toBe('last');
    const [{ lost, since } = {}] = told();
    // None is missing that is not counted; none is broken or comes twice.
    const numbers = lines().flatMap(({ number }) => number ?? []);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index));
    expect(numbers.length + Number(lost)).toBe(chattyLines);
    expect(Date.parse(String(since))).toBeGreaterThanOrEqual(before);
    expect(told()).toHaveLength(1);
  });

  test('when the process ends, which waits a moment for the reader', async () => {
    const { writer, read, lines } = pipe();
    const words = [chatty, String(chattyLines), 'then end'];
    const { until, ended } = startProgram(words, { outputs: { stderr: writer } });
    await until('said');
    read();
    expect((await ended).code).toBe(0);
    await expect.poll(() => lines().at(-1)?.['event'], within).toBe('log_lines_lost');
    const written = lines().filter(({ event }) => event === 'counted').length;
    expect(written + Number(lines().at(-1)?.['lost'])).toBe(chattyLines);
  });
});
