// Sentences broken at blanks to the width of a terminal, where a Korean character takes two columns.
import wrapAnsi from 'wrap-ansi';

/** Every line begins with so many blanks. */
export function wrapped(
  text: string,
  { width, indent }: { readonly width: number; readonly indent: number },
): string {
  return indented(wrapAnsi(text, width - indent), indent);
}

export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}
