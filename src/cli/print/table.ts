// Tables and paragraphs for people: aligned columns without boxes, plain in a pipe.
import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';
import type { Io } from '../io.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const bare = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', right: '', 'right-mid': '', mid: '', 'mid-mid': '', middle: '  ' },
};

export function tableText(
  { colors }: Pick<Io, 'colors'>,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align = 'left' }) => align),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Names on the left, values on the right; rows without a value are left out. */
export function pairsText(
  { colors }: Pick<Io, 'colors'>,
  pairs: readonly (readonly [string, string | null])[],
): string {
  const shown = pairs.filter(([, value]) => value !== null);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  const indent = `\n${' '.repeat(width + 2)}`;
  return shown
    .map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${value?.replaceAll('\n', indent)}`)
    .join('\n');
}

/** Broken at blanks to the width of a terminal, where a Korean character takes two columns; every line indented. */
export function wrapped(
  text: string,
  { width, indent }: { readonly width: number; readonly indent: number },
): string {
  return indented(wrapAnsi(text, width - indent), indent);
}

export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}
