import { describe, expect, it } from 'vitest';
import { type CsvRow, csvLines, csvOf } from '../../src/policies/csv.ts';

describe('CSV', () => {
  it('begins with the mark by which Excel reads Hangul, and its lines end in CR LF', async () => {
    async function* pages(): AsyncGenerator<CsvRow[]> {
      yield [['가나', 1_000]];
      yield [[null, 2_000]];
    }
    let text = '';
    for await (const part of csvOf(['주문', '금액'], pages())) text += part;
    expect(text).toBe('\uFEFF주문,금액\r\n가나,1000\r\n,2000\r\n');
  });

  it.each(['=1+1', '+8210', '-1', '@SUM(A1)', '\tx', '\rx'])('runs nothing that a text says: %j', (cell) => {
    expect(csvLines([[cell, 'ok']])).toMatch(/^"?'/);
  });

  it('keeps quotes, commas and breaks inside their cell, and a negative amount a number', () => {
    expect(csvLines([['a "b", c\nd', -500]])).toBe('"a ""b"", c\nd",-500\r\n');
  });
});
