// How far a long command is: written over for a person, a line now and then for a log.
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { wrapped } from '../../src/cli/print/table.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { createTerminal } from '../../src/cli/terminal.ts';

function progressOf(total: number, live: boolean) {
  let now = 5_000;
  let written = '';
  const io = {
    note: (text: string) => {
      written += `${text}\n`;
    },
    noteRaw: (text: string) => {
      written += text;
    },
  };
  const progress = createProgress(io, { total, what: 'refunds', now: () => now, live });
  const at = (ms: number, done: number, more?: string) => {
    now = 5_000 + ms;
    progress.show(done, more);
  };
  return { at, end: progress.end, written: () => written };
}

describe('progress in a log', () => {
  it('is silent for 10 s, and then a line every 10 s', () => {
    const { at, end, written } = progressOf(12_000, false);
    at(0, 0);
    at(9_999, 80);
    expect(written()).toBe('');
    at(10_000, 100);
    at(19_999, 199);
    at(20_000, 200, 'no answer 2');
    end();
    expect(written()).toBe(
      '100 of 12,000 refunds (0%)  10/s  20 min left 남음\n200 of 12,000 refunds (1%)  10/s  20 min left 남음  no answer 2\n',
    );
  });
});

describe('progress on a terminal', () => {
  it('is one line that is written over, five times a second at most, and taken away at the end', () => {
    const { at, end, written } = progressOf(10, true);
    at(0, 0);
    at(199, 1);
    at(2_000, 4);
    end();
    expect(written()).toBe(
      '\r\u001b[2K0 of 10 refunds (0%)\r\u001b[2K4 of 10 refunds (40%)  2.0/s  3 s left 남음\r\u001b[2K',
    );
  });

  it('stays within 100% when more refunds have come since they were counted', () => {
    const { at, written } = progressOf(10, true);
    at(2_000, 12);
    expect(written()).toContain('12 of 12 refunds (100%)  6.0/s  0 s left');
  });

  it('fits 80 columns at a million', () => {
    const { at, written } = progressOf(1_000_000, true);
    at(7_200_000, 345_678, 'no answer 10');
    expect(stringWidth(written().replace('\r\u001b[2K', ''))).toBeLessThan(80);
  });
});

describe('a sentence', () => {
  it('is broken at blanks so that Korean fits too', () => {
    const text = wrapped(createTerminal(false), '두 번 조회해도 완료액보다 적어요. Ask Bootpay.', {
      width: 22,
      indent: 2,
    });
    expect(text).toBe('  두 번 조회해도\n  완료액보다 적어요.\n  Ask Bootpay.');
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(22);
  });
});
