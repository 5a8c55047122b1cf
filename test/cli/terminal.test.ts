import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTerminal } from '../../src/cli/terminal.ts';

const hostile = fc
  .array(
    fc.constantFrom(
      '\u001b[2J',
      '\u001b]0;t\u0007',
      '\u001b[31m',
      '\u009b31m',
      '\r',
      '\b',
      '\u007f',
      '\t',
      '\u202e',
      '\u2066',
      '\u200f',
      '\u0000',
      'a',
      '가',
      '\n',
      '"',
      '\\',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
// biome-ignore lint/suspicious/noControlCharactersInRegex: what may not come through.
const driving = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test('nothing from outside drives a terminal, coloured or not', () => {
  fc.assert(
    fc.property(hostile, fc.boolean(), (text, isColored) => {
      const { colors, printable } = createTerminal(isColored);
      expect(printable(text)).not.toMatch(driving);
      const painted = printable(`${text}${colors.red(colors.bold(text))}${text}`);
      const [before, red, bold, after, rest, ...more] = painted.split(
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of the colours.
        isColored ? /\u001b\[[0-9]+m/ : '\u0000',
      );
      if (!isColored) expect(painted).not.toMatch(driving);
      else {
        expect(more).toEqual([]);
        for (const part of [before, red, bold, after, rest]) expect(part).not.toMatch(driving);
      }
    }),
  );
});

test('a colour code of ours cannot be guessed from what was printed before', () => {
  const one = createTerminal(true);
  const other = createTerminal(true);
  expect(other.printable(one.colors.red('x'))).not.toContain('\u001b');
  expect(one.printable(one.colors.red('x'))).toBe('\u001b[31mx\u001b[39m');
});

test('JSON stays the same JSON', () => {
  const { printable } = createTerminal(true);
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), hostile), (value) => {
      expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
