// Lists and records on terminals of several widths, and in a pipe.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { printCases, printRefunds } from '../../src/cli/print/list.ts';
import { recordText } from '../../src/cli/print/record.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import type { Refund } from '../../src/domain/refund.ts';
import { recordView } from '../../src/review/record-view.ts';
import { noObstacles } from '../policies/obstacles.ts';
import { receiptWith } from '../policies/receipts.ts';
import {
  accepted,
  caseAfter,
  codes,
  now,
  refundIn,
  refused,
  rowWith,
  settings,
} from '../policies/refunds.ts';
import { nothingBeside } from '../support/nothing-beside.ts';

/** In colours, as on a real one. */
function terminal(width: number | null): { readonly io: Io; readonly lines: () => string[] } {
  const printed: string[] = [];
  const { printable, ...paint } = createTerminal(width !== null);
  const keep = async (text: string) => void printed.push(stripVTControlCharacters(printable(text)));
  const io = {
    isTerminal: width !== null,
    width: width ?? 200,
    ...paint,
    out: keep,
    note: keep,
  } as unknown as Io;
  return { io, lines: () => printed.join('\n').split('\n') };
}

const why = { code: codes[2032], pgCode: 'PROVIDER_TIMEOUT_WHILE_CANCELLING', severity: 'critical' } as const;
const many: Refund[] = [
  caseAfter([refused(codes[2032])], why, {
    orderId: '주문-2026-11-29-가나다라마바사',
    receiptId: receiptWith().receiptId,
  }),
  refundIn('waiting_retry'),
  refundIn('succeeded'),
  refundIn('queued'),
];

describe.each([80, 100, 140, 200])('in a terminal of %i columns', (width) => {
  test('a list of refunds fits, and breaks no word', async () => {
    const { io, lines } = terminal(width);
    await printRefunds(io, many, { views: [], json: false, wide: false });
    expect(Math.max(...lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(Math.min(width, 140));
    expect(lines().join('')).not.toContain('\\u001b');
    const words = lines().join(' ').split(/\s+/);
    for (const word of ['waiting_retry', 'dead_lettered', 'bootpay_refused']) expect(words).toContain(word);
  });

  test('a list of cases fits', async () => {
    const { io, lines } = terminal(width);
    const sums = [
      { severity: 'critical', reason: 'poison', count: 3, won: 4_000, uncounted: 0 },
      { severity: 'warning', reason: 'drift', count: 1, won: 0, uncounted: 1 },
    ];
    const totals = { sums, overdue: 0, firstRefundBy: now };
    await printCases(io, { cases: many, on: [], totals, sort: 'due' }, { json: false });
    expect(Math.max(...lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    expect(lines().join('')).not.toContain('\\u001b');
    expect(lines().slice(0, 2)).toEqual([
      '4 cases 건, 4,000원, the first due 2026-11-20 가장 이른 기한',
      '1 of them of unknown amount 금액을 모르는 건',
    ]);
  });

  test('a record with attempts and a history fits', () => {
    const { io } = terminal(width);
    const refund = caseAfter([refused(codes[2032], 'X'), accepted()], { case: 'integrity_mismatch' });
    const reason = 'the total grew by 3,000 won since the first attempt, and nothing accounts for it';
    const move = {
      at: now,
      who: '김민지 (고객지원)',
      what: 'replay, acknowledged',
      reason,
      times: 1,
    } as const;
    const history = [
      { ...move, from: 'waiting_retry', to: 'dead_lettered' },
      { ...move, from: null, to: null },
    ] as Parameters<typeof recordView>[1];
    const text = recordText(
      io,
      recordView(refund, history, {
        row: rowWith(),
        now,
        jumpedAt: null,
        settings,
        obstacles: noObstacles,
        beside: nothingBeside,
      }),
    );
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
  });
});

test('ids are shortened in the middle for the eye, and whole with --wide and in a pipe', async () => {
  const [first] = many;
  const id = first?.refundId ?? '';
  const shown = async (width: number | null, wide: boolean) => {
    const { io, lines } = terminal(width);
    await printRefunds(io, many, { views: [], json: false, wide });
    return lines().join('\n');
  };
  expect(await shown(80, false)).toContain(`${id.slice(0, 6)}…${id.slice(-5)}`);
  expect(await shown(80, false)).not.toContain(id);
  expect(await shown(80, true)).toContain(id);
  expect(await shown(null, false)).toContain(id);
});

test('in a pipe each refund is one line with every column', async () => {
  const { io, lines } = terminal(null);
  await printRefunds(io, many, { views: [], json: false, wide: false });
  expect(lines()).toHaveLength(many.length + 1);
  expect(lines()[0]?.trim().split(/\s+/)).toEqual([
    'refund',
    'state',
    'order',
    'receipt',
    'amount',
    'tries',
    'accepted',
    'why',
  ]);
});
