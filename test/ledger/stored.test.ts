// What lies in Redis for years: it comes back as it was, in this release's form and in those before it.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { packed, unpacked } from '../../src/ledger/packed.ts';
import { bodyOf, historyLine, readBody, readHistory, written } from '../../src/ledger/stored.ts';
import { accepted, refundAfter } from '../policies/refunds.ts';

const succeeded = refundAfter([accepted()], {
  state: 'succeeded',
  username: '김점장',
  message: '고객 변심',
  settledWon: 10_000,
  customerNotice: { required: true, why: 'after_capture' },
});

describe('the body of a refund', () => {
  it('is JSON while the refund is open, and for a person who looks into Redis', () => {
    const open = refundAfter([]);
    expect(JSON.parse(bodyOf(open))).toEqual(open);
    const deadLetter = { ...succeeded, state: 'dead_lettered' } as const;
    expect(JSON.parse(bodyOf(deadLetter))).toEqual(deadLetter);
  });

  it('comes back as it was once the refund has ended, in a quarter of the space and in ASCII', () => {
    const body = bodyOf(succeeded);
    expect(readBody(body)).toEqual(succeeded);
    expect(body.length).toBeLessThan(written(succeeded).length / 4);
    expect(body).toMatch(/^[\x20-\x7e]+$/);
  });

  it('is read as 0.1.0 wrote it, packed or not', () => {
    expect(readBody(written(succeeded))).toEqual(succeeded);
  });

  it.each([
    ['cut off', (body: string) => body.slice(0, -20)],
    ['changed', (body: string) => body.slice(0, 60) + (body[60] === 'A' ? 'B' : 'A') + body.slice(61)],
    ['packed with another dictionary', (body: string) => body.replace('z2:', 'z1:')],
    ['empty behind its mark', () => 'z2:'],
  ])('is unreadable, not guessed at, where it is %s', (_name, broken) => {
    expect(readBody(broken(bodyOf(succeeded)))).toBeNull();
  });
});

describe('packing', () => {
  // Made once and written down: when this fails, the records of past years cannot be read any more.
  const text =
    '{"schema":1,"refundId":"rf_eehbvxjum4tober5in2ppx5hqf","message":"\\uace0\\uac1d \\ubcc0\\uc2ec",' +
    '"state":"succeeded","customerNotice":{"required":true,"why":"after_capture"}}';
  const stored = 'z1:SKgNYXTFw1OcpKZmJJVVZJXmmpTkJ6UWmWbmGRUUVJhmFKYpIeVX9FIzKTnZAFTSpibjyGTkuhQAq-w7qQ';

  test('of the first kind is read for ever', () => {
    expect(unpacked(stored)).toBe(text);
  });

  test('gives every text back', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => unpacked(packed(any)) === any));
  });
});

describe('a line of history', () => {
  const entry = {
    at: 1_795_747_838_773,
    who: '김점장',
    what: 'attempt 1',
    from: 'queued',
    to: 'sending',
    reason: null,
  } as const;

  it('comes back as it was', () => {
    expect(readHistory([historyLine(entry)])).toEqual([entry]);
  });

  it('is read with its names, as 0.1.0 wrote it', () => {
    expect(readHistory([JSON.stringify(entry)])).toEqual([entry]);
  });

  it.each(['', '[]', 'null', '[1,2,3]', '{"at":1}'])('%s is left out', (line) => {
    expect(readHistory([line, historyLine(entry)])).toEqual([entry]);
  });
});
