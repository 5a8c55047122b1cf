// The border of everything that is printed: text from outside (customers, Bootpay, a PG, colleagues) cannot drive a
// terminal. Control characters are shown as their escapes, which leaves JSON the same JSON; only our own colours pass.
import { randomInt } from 'node:crypto';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  readonly colors: Colors;
  /** As it may be written to a terminal. */
  printable(text: string): string;
}

/** C0 but the line feed, DEL, C1, and what turns the direction of writing. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function createTerminal(isColored: boolean): Terminal {
  // Our own colour codes carry a number that no text from outside can know, until they are written.
  const own = `[${randomInt(2 ** 40)};`;
  const escaped = (text: string) =>
    text.replace(controls, (control, at: number) =>
      control === '\u001b' && text.startsWith(own, at + 1) ? control : escapeOf(control),
    );
  const paint = pc.createColors(isColored);
  const formatters = Object.entries(paint).map(([name, format]) => [
    name,
    typeof format === 'function'
      ? // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of the colours.
        (text: string) => format(escaped(text)).replace(/\u001b\[(?=[0-9]+m)/g, `\u001b${own}`)
      : format,
  ]);
  return {
    colors: { ...paint, ...Object.fromEntries(formatters) },
    printable: (text) => escaped(text).replaceAll(`\u001b${own}`, '\u001b['),
  };
}

function escapeOf(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
