// Sentences broken at blanks to the width of a terminal, where a Korean character takes two columns.

/** Every line begins with so many blanks. */
export function wrapped(
  text: string,
  { width, indent }: { readonly width: number; readonly indent: number },
): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columns(longer) > width - indent) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return indented([...lines, line].join('\n'), indent);
}

export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** How many columns it takes: Hangul and CJK count twice. */
export function columns(text: string): number {
  return [...text].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
