import { describe, expect, it } from 'vitest';
import { answerLines, type LineResult } from '../../src/cli/enqueue-lines.ts';
import { longestLineBytes, readLines } from '../../src/cli/lines.ts';
import type { EnqueueResult } from '../../src/producer/enqueue.ts';

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

/** Node 20 has no Array.fromAsync. */
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function linesOf(...parts: (string | Buffer)[]) {
  return all(readLines(chunks(...parts)));
}

const text = (number: number, value: string) => ({ number, text: { kind: 'text', value } });

describe('the lines of an input', () => {
  it('are counted from 1, whatever the chunks and the line ends', async () => {
    expect(await linesOf('a\r\nb', 'c\n', '\nd')).toEqual([
      text(1, 'a'),
      text(2, 'bc'),
      text(3, ''),
      text(4, 'd'),
    ]);
  });

  it('keep a character that was cut in half by a chunk', async () => {
    const bytes = Buffer.from('환불');
    expect(await linesOf(bytes.subarray(0, 2), bytes.subarray(2))).toEqual([text(1, '환불')]);
  });

  it('lose a byte order mark', async () => {
    expect(await linesOf('\uFEFF{}\n')).toEqual([text(1, '{}')]);
  });

  it('that are too long or not UTF-8 are named and not kept', async () => {
    const long = Buffer.alloc(longestLineBytes + 2, 0x61);
    const lines = await linesOf(long, '\n', Buffer.from([0xff, 0x0a]), 'a\n');
    expect(lines).toEqual([
      { number: 1, text: { kind: 'too_long' } },
      { number: 2, text: { kind: 'not_utf8' } },
      text(3, 'a'),
    ]);
  });
});

function producer() {
  const batches: number[] = [];
  return {
    batches,
    async enqueueMany(events: readonly unknown[]): Promise<EnqueueResult[]> {
      batches.push(events.length);
      return events.map((event) => ({
        result: 'accepted',
        refund_id: JSON.stringify(event),
        cancel_id: null,
        state: 'queued',
        problems: [],
      }));
    },
  };
}

async function resultsOf(
  input: AsyncIterable<Buffer>,
  to = producer(),
): Promise<LineResult<EnqueueResult>[]> {
  return all(answerLines(input, to.enqueueMany));
}

describe('events in lines', () => {
  it('are answered in their order, broken lines between whole ones, blank ones skipped', async () => {
    const results = await resultsOf(chunks('{"n":1}\n\n{"n":\n  \n{"n":2}'));
    expect(results.map(({ line, result, refund_id }) => [line, result, refund_id])).toEqual([
      [1, 'accepted', '{"n":1}'],
      [3, 'refused', null],
      [5, 'accepted', '{"n":2}'],
    ]);
  });

  it('that are no JSON are refused without an echo of what came', async () => {
    const [result] = await resultsOf(chunks('{"refund":{"bank_account":"123-45-678901"\n'));
    expect(result?.problems).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('678901');
  });

  it('go to the queue a thousand at a time', async () => {
    const to = producer();
    async function* many() {
      for (let n = 0; n < 2_500; n += 1) yield Buffer.from(`{"n":${n}}\n`);
    }
    expect(await resultsOf(many(), to)).toHaveLength(2_500);
    expect(to.batches).toEqual([1_000, 1_000, 500]);
  });

  it('of many bytes go to the queue before there are a thousand', async () => {
    const to = producer();
    const long = 'x'.repeat(1_000_000);
    async function* many() {
      for (let n = 0; n < 12; n += 1) yield Buffer.from(`{"n":"${long}"}\n`);
    }
    expect(await resultsOf(many(), to)).toHaveLength(12);
    expect(Math.max(...to.batches)).toBeLessThanOrEqual(5);
  });

  it('with a name twice are refused by name', async () => {
    const [result] = await resultsOf(chunks('{"cancel_price":1000,"cancel_price":9000}\n'));
    expect(result).toMatchObject({ result: 'refused', problems: [{ field: 'cancel_price' }] });
  });

  it('in UTF-16 are refused as a whole, with the cure', async () => {
    async function* input() {
      yield Buffer.from('\ufeff{"n":1}\n', 'utf16le');
    }
    await expect(resultsOf(input())).rejects.toThrow(/UTF-16; save it as UTF-8/);
  });

  it('that were read when Redis went away are counted', async () => {
    let read = 0;
    const away = { enqueueMany: () => Promise.reject(new Error('away')) };
    const results = answerLines(chunks('{"n":1}\n{"n":2}\n'), away.enqueueMany, {
      onRead(line) {
        read = line;
      },
    });
    await expect(all(results)).rejects.toThrow('away');
    expect(read).toBe(2);
  });

  it('never come as more than two chunks into memory at once', async () => {
    let read = 0;
    let answered = 0;
    let furthestAhead = 0;
    async function* many() {
      for (; read < 10_000; read += 1) yield Buffer.from(`{"n":${read}}\n`);
    }
    for await (const _ of answerLines(many(), producer().enqueueMany)) {
      answered += 1;
      furthestAhead = Math.max(furthestAhead, read - answered);
    }
    expect(answered).toBe(10_000);
    expect(furthestAhead).toBeLessThanOrEqual(2_000);
  });
});
