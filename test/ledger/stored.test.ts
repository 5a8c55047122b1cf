// What lies in Redis for years: it comes back as it was.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { pack, unpack } from '../../src/ledger/packed.ts';
import {
  asciiJson,
  bodyOf,
  historyLine,
  readBody,
  readHistory,
  readRecord,
} from '../../src/ledger/stored.ts';
import { accepted, caseWith, looked, refundAfter } from '../policies/refunds.ts';

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
    expect(body.length).toBeLessThan(asciiJson(succeeded).length / 4);
    expect(body).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each([
    ['cut off', (body: string) => body.slice(0, -20)],
    ['changed', (body: string) => body.slice(0, 60) + (body[60] === 'A' ? 'B' : 'A') + body.slice(61)],
    ['packed and cut short', (body: string) => body.slice(0, -8)],
    ['empty behind its mark', () => 'z1:'],
  ])('is unreadable, not guessed at, where it is %s', (_name, broken) => {
    expect(readBody(broken(bodyOf(succeeded)))).toBe('unreadable');
  });
});

describe('a body that a newer version wrote', () => {
  const known = looked(
    refundAfter([accepted()], {
      deadLetter: caseWith(),
      resolution: { outcome: 'refunded_by_hand', evidence: null, reason: 'r', who: 'w', at: 1 },
      customerNotice: { required: true, why: 'partial' },
    }),
    {},
  );

  /** Every object in it, by its path. */
  function objectsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== 'object' || value === null) return [];
    const inner = Object.entries(value).flatMap(([key, part]) => objectsIn(part, [...path, key]));
    return Array.isArray(value) ? inner : [path, ...inner];
  }

  function changed(path: readonly string[], name: string, to: unknown): string {
    const copy: unknown = JSON.parse(asciiJson(known));
    const at = path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), copy);
    Reflect.set(Object(at), name, to);
    return JSON.stringify(copy);
  }

  it('is read while nothing in it is new', () => {
    expect(readBody(asciiJson(known))).toEqual(known);
  });

  it('is told by a field we do not know, wherever it stands', () => {
    const places = objectsIn(known);
    expect(places.length).toBeGreaterThan(8);
    for (const path of places) expect(readBody(changed(path, 'invented', 1)), path.join('.')).toBe('newer');
  });

  it.each([
    [[], 'state', 'paused'],
    [[], 'account', 'moved'],
    [['deadLetter'], 'case', 'fraud'],
    [['deadLetter'], 'severity', 'urgent'],
    [['cancel'], 'kind', 'points_only'],
    [['attempts', '0', 'outcome'], 'reply', 'postponed'],
    [['lastLookUp', 'receipt'], 'method', 'tosspay'],
    [['resolution'], 'outcome', 'as_points'],
    [['customerNotice'], 'why', 'by_law'],
  ])('is told by a name we do not know: %s %s %s', (path, name, value) => {
    expect(readBody(changed(path, name, value))).toBe('newer');
  });

  it('is told by its schema, whatever else is in it, and by a dictionary of its own', () => {
    expect(readBody('{"schema":2}')).toBe('newer');
    expect(readBody(changed([], 'schema', 7))).toBe('newer');
    expect(readBody(bodyOf(succeeded).replace('z1:', 'z2:'))).toBe('newer');
  });

  it.each([
    ['an older schema', [], 'schema', 0],
    ['a schema that is no number', [], 'schema', '2'],
    ['a state that is no name', [], 'state', 5],
    ['a state that is broken', [], 'state', 'que\u0000ed'],
    ['an amount that is no number', ['attempts', '0', 'totalsBefore'], 'totalWon', 'all'],
    ['a part that is missing', ['attempts', '0', 'totalsBefore'], 'totalWon', undefined],
  ])('is not to be confused with one that makes no sense: %s', (_what, path, name, value) => {
    expect(readBody(changed(path, name, value))).toBe('unreadable');
    const withMore = JSON.parse(changed(path, name, value));
    expect(readBody(JSON.stringify({ ...withMore, invented: 1 }))).toBe('unreadable');
  });

  it.each(['', '{', 'null', '[]', '"text"', '5', '{}', '{"schema":1}'])('nor with %s', (text) => {
    expect(readBody(text)).toBe('unreadable');
  });
});

describe('a record', () => {
  const body = bodyOf(succeeded);
  const { state, version } = { ...succeeded, version: String(succeeded.version) };

  it('is read where the fields beside its body agree with it', () => {
    expect(readRecord({ body, state, version })).toEqual(succeeded);
  });

  it('is not believed where they contradict it: one of the two is from another time', () => {
    expect(readRecord({ body, state, version: `${version}1` })).toBe('unreadable');
    expect(readRecord({ body, state: 'dead_lettered', version })).toBe('unreadable');
    expect(readRecord({ body: null, state: 'queued', version })).toBe('unreadable');
  });

  it("is a newer version's where its state is none of ours", () => {
    expect(readRecord({ body, state: 'paused', version })).toBe('newer');
    expect(readRecord({ body: 'broken', state: 'paused', version })).toBe('newer');
  });
});

describe('packing', () => {
  // Made once and written down: when this fails, the records of past years cannot be read any more.
  const text =
    '{"schema":1,"refundId":"rf_eehbvxjum4tober5in2ppx5hqf","message":"\\uace0\\uac1d \\ubcc0\\uc2ec",' +
    '"state":"succeeded","customerNotice":{"required":true,"why":"after_capture"}}';
  const stored = 'z1:SKjtII1Sw1MupaZmJJVVZJXmmpTkJ6UWmWbmGRUUVJhmFKYpIWV89OI3KTnZAFRkpybjyK3kuhQAq-w7qQ';

  test('of the first kind is read for ever', () => {
    expect(unpack(stored)).toBe(text);
  });

  test('gives every text back', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => unpack(pack(any)) === any));
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

  it.each(['', '[]', 'null', '[1,2,3]', '{"at":1}'])('%s is left out', (line) => {
    expect(readHistory([line, historyLine(entry)])).toEqual([entry]);
  });
});
