// Lines of text for a terminal.
import wrapAnsi from 'wrap-ansi';
import type { Io } from '../io.ts';

/** Broken between words, and within those that are longer than a line; colours go on in the next line. In columns: a Korean character takes two. */
export function wrap({ asPrinted }: Pick<Io, 'asPrinted'>, text: string, width: number): string {
  return asPrinted(text, (printable) => wrapAnsi(printable, width, { hard: true }));
}
