// The border of everything that a command prints: of what a terminal obeys, only our own colours pass.
import { randomInt } from 'node:crypto';
import pc from 'picocolors';
import { escapeControls } from '../logging/printable.ts';

export type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  readonly colors: Colors;
  /** As it may be written to a terminal. */
  printable(text: string): string;
}

export function createTerminal(isColored: boolean): Terminal {
  // Our own colour codes carry a number that no text from outside can know, until they are written.
  const own = `\u001b[${randomInt(2 ** 40)};`;
  const escaped = (text: string) => escapeControls(text, (at) => text.startsWith(own, at));
  const paint = pc.createColors(isColored);
  const formatters = Object.entries(paint).map(([name, format]) => [
    name,
    typeof format === 'function'
      ? // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of the colours.
        (text: string) => format(escaped(text)).replace(/\u001b\[(?=[0-9]+m)/g, own)
      : format,
  ]);
  return {
    colors: { ...paint, ...Object.fromEntries(formatters) },
    printable: (text) => escaped(text).replaceAll(own, '\u001b['),
  };
}
