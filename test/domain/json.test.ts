import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InexactNumber, pathText, readJsonText, wordOutsideJson } from '../../src/domain/json.ts';

function repeatedIn(text: string): string[] {
  const read = readJsonText(text);
  if (read.kind !== 'json') throw new Error('not JSON');
  return read.repeated.map(pathText);
}

function readValue(text: string): unknown {
  const read = readJsonText(text);
  return read.kind === 'json' ? read.value : read.kind;
}

describe('a name that stands twice', () => {
  test.each([
    ['{"cancel_price":1000,"cancel_price":9000}', ['cancel_price']],
    ['{"cancel_price":1000,"cancel_price":1000}', ['cancel_price']],
    ['{"cancel_price":100,"cancel\\u005fprice":700}', ['cancel_price']],
    ['{"a":"\\"","b":1,"b":2}', ['b']],
    ['{"refund":{"bank_code":"088","bank_code":"004"}}', ['refund.bank_code']],
    ['[{"a":1},{"a":1,"a":2}]', ['1.a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"1":1,"1":2}', ['1']],
    ['{"a":{"x":1},"a":{"x":1,"x":2}}', ['a', 'a.x']],
    [`${'{"a":'.repeat(40)}{"b":1,"b":2}${'}'.repeat(40)}`, ['(nested deeply).b']],
  ])('in %s is named', (text, places) => {
    expect(repeatedIn(text)).toEqual(places);
  });

  test('in different objects, or as a value, is none', () => {
    expect(repeatedIn('{"a":{"a":"a"},"b":["a","a",{"a":1}],"c":"\\"a\\":1"}')).toEqual([]);
  });

  test('is found in any JSON, and in no JSON without one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, name) => {
        const text = JSON.stringify(value);
        expect(repeatedIn(text)).toEqual([]);
        const key = JSON.stringify(name);
        expect(repeatedIn(`{"x":[${text},{${key}:1,${key}:${text}}]}`)).toEqual([pathText(['x', 1, name])]);
      }),
    );
  });
});

describe('a number', () => {
  test.each([
    '1000.0000000000000001',
    '1e400',
    '-1e400',
    '9007199254740993',
    '1e-400',
    '123456789012345678901',
  ])('%s that a double would change is kept as its text', (text) => {
    expect(readValue(`{"a":[${text}]}`)).toEqual({ a: [new InexactNumber(text)] });
    expect(readValue(text)).toEqual(new InexactNumber(text));
  });

  test.each([
    '1000',
    '1000.0',
    '1e3',
    '10e-1',
    '0',
    '-0',
    '0.5',
    '1000.5',
    '9007199254740992',
    '1e22',
    '0e999',
  ])('%s that a double can be is a number', (text) => {
    expect(readValue(`{"a":${text}}`)).toEqual({ a: Number(text) });
  });
});

test.each([
  '',
  '{',
  '{"a":NaN}',
  '{a:1}',
  '[1,]',
  '\ufeff{}',
  "{'a':1}",
  '// x\n{}',
  `${'['.repeat(200_000)}1.5`,
])('what is no JSON is not read', (text) => {
  expect(readJsonText(text)).toEqual({ kind: 'not_json' });
});

test.each<[string, string | null]>([
  ['{"a":NaN}', 'NaN'],
  ['[-Infinity]', 'Infinity'],
  ['{"a":None,"b":NaN}', 'None'],
  ['{"a":"NaN"', null],
  ['{"a":NaNa}', null],
  ['{"a":110482915507x}', null],
  ['"', null],
  ['', null],
  [`${'["'.repeat(200_000)}`, null],
  [`"${'\\"'.repeat(200_000)}`, null],
])('of text that is no JSON only a word is shown that JSON does not have', (text, word) => {
  expect(wordOutsideJson(text)).toBe(word);
});

test('a body made to be slow is read, or refused, in no time', () => {
  const names = Array.from({ length: 60_000 }, (_, index) => `"n${index}":1.5`).join(',');
  const nested = `${'{"a":'.repeat(2_000)}{${'"b":1.5,'.repeat(60_000)}"b":1}${'}'.repeat(2_000)}`;
  const started = performance.now();
  for (const text of [
    `{${names}}`,
    nested,
    `${'['.repeat(300_000)}${']'.repeat(300_000)}`,
    `"${'\\\\'.repeat(400_000)}"`,
  ]) {
    readJsonText(text);
  }
  // Seconds where the work grows with the square of the size; some 100 ms where it does not.
  expect(performance.now() - started).toBeLessThan(3_000);
});
