// What goes to a script and comes back as JSON, where Lua's JSON differs from ours.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jsonAnswer, jsonArgument } from '../../src/redis/scripts.ts';

it('half of a surrogate pair is replaced, whole pairs and texts that look like an escape are not', () => {
  const text = 'a\ud800b\udfffc \u{1f600} \\ud800 \\\ud800 한';
  expect(JSON.parse(jsonArgument({ text }))).toEqual({
    text: 'a\ufffdb\ufffdc \u{1f600} \\ud800 \\\ufffd 한',
  });
});

it('a field that is undefined is left out', () => {
  expect(jsonArgument({ one: 1, none: undefined })).toBe('{"one":1}');
});

it.each(['', 'OK', '{"broken', '{}', null, 1])('an answer of another form (%j) is refused', (answer) => {
  const schema = jsonAnswer(z.object({ found: z.array(z.string()) }));
  expect(() => schema.parse(answer)).toThrow(z.ZodError);
  expect(schema.parse('{"found":["one"]}')).toEqual({ found: ['one'] });
});
