// The border of everything that a command prints: of what a terminal obeys, only our own colours pass.
import { randomInt } from 'node:crypto';
import pc from 'picocolors';
import { escapeControls } from '../logging/printable.ts';

export type Colors = ReturnType<typeof pc.createColors>;

interface Terminal {
  readonly colors: Colors;
  /** What `change` makes of the text as it is printed; our colours stay ours. */
  asPrinted(text: string, change: (printable: string) => string): string;
  /** As it may be written to a terminal. */
  printable(text: string): string;
}

export function createTerminal(isColored: boolean): Terminal {
  // Our own colour codes carry numbers that no text from outside can know, until they are written. Groups of four digits,
  // so that whatever measures the width of a text takes them for a colour code.
  const group = () => randomInt(1_000, 10_000);
  const own = `\u001b[${group()};${group()};${group()};`;
  const escaped = (text: string) => escapeControls(text, (at) => text.startsWith(own, at));
  const printable = (text: string) => escaped(text).replaceAll(own, '\u001b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of the colours.
  const asOurs = (text: string) => text.replace(/\u001b\[(?=[0-9]+m)/g, own);
  const paint = pc.createColors(isColored);
  const formatters = Object.entries(paint).map(([name, format]) => [
    name,
    typeof format === 'function' ? (text: string) => asOurs(format(escaped(text))) : format,
  ]);
  return {
    colors: { ...paint, ...Object.fromEntries(formatters) },
    asPrinted: (text, change) => asOurs(change(printable(text))),
    printable,
  };
}
