// Tables and paragraphs for people: aligned columns without boxes, fitted to a terminal, plain in a pipe.
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Io } from '../io.ts';
import { wrap } from './wrap.ts';

interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Broken between words where the terminal is too narrow. */
  readonly wraps?: true;
  /** Left out in a terminal of fewer columns. */
  readonly leastWidth?: number;
}

/** Wider lines are hard to follow. */
const widest = 140;
const gap = 2;
const narrowestCell = 10;

const bare = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', right: '', 'right-mid': '', mid: '', 'mid-mid': '', middle: '  ' },
};

/** Fits a terminal; in a pipe each row is one line. A Korean character takes two columns. */
export function tableText(
  io: Pick<Io, 'colors' | 'isTerminal' | 'width' | 'asPrinted'>,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const { colors, isTerminal, width } = io;
  const shown = [...columns.entries()].filter(([, { leastWidth = 0 }]) => !isTerminal || width >= leastWidth);
  const kept = shown.map(([, column]) => column);
  const cells = rows.map((row) => shown.map(([place]) => row[place] ?? ''));
  const widths = isTerminal ? fittedWidths(kept, cells, Math.min(width, widest)) : null;
  const table = new Table({
    head: kept.map(({ title }) => colors.bold(title)),
    colAligns: kept.map(({ align = 'left' }) => align),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(
    ...cells.map((row) =>
      row.map((cell, place) =>
        widths === null ? cell.replace(/\s*\n\s*/g, ' ') : wrap(io, cell, widths[place] ?? widest),
      ),
    ),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The columns that may be broken give way, the widest first: between words, and within them where that is not enough. */
function fittedWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  available: number,
): number[] {
  const textsOf = (place: number) => [columns[place]?.title ?? '', ...rows.map((row) => row[place] ?? '')];
  const widest = (texts: readonly string[]) =>
    Math.max(...texts.flatMap((text) => text.split('\n')).map((line) => stringWidth(line)));
  const widths = columns.map((_, place) => widest(textsOf(place)));
  const words = columns.map((_, place) => widest(textsOf(place).flatMap((text) => text.split(/\s/))));
  for (const floors of [words, columns.map(() => narrowestCell)]) {
    let over = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available;
    for (; over > 0; over -= 1) {
      const [first] = widths
        .flatMap((width, place) =>
          columns[place]?.wraps === true && width > (floors[place] ?? 0) ? [{ place, width }] : [],
        )
        .sort((one, other) => other.width - one.width);
      if (first === undefined) break;
      widths[first.place] = first.width - 1;
    }
  }
  return widths;
}

/** An id for the eye: its beginning and end. In a pipe, and with `--wide`, as it is. */
export function shortId({ isTerminal }: Pick<Io, 'isTerminal'>, id: string, wide: boolean): string {
  const points = [...id];
  if (!isTerminal || wide || points.length <= longestShown) return id;
  return `${points.slice(0, 6).join('')}…${points.slice(-5).join('')}`;
}

const longestShown = 14;

/** Names on the left, values on the right; rows without a value are left out. */
export function pairsText(
  io: Pick<Io, 'colors' | 'isTerminal' | 'width' | 'asPrinted'>,
  pairs: readonly (readonly [string, string | null])[],
): string {
  const shown = pairs.filter(([, value]) => value !== null);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  const indent = `\n${' '.repeat(width + 2)}`;
  const fitted = (value: string) =>
    io.isTerminal ? wrap(io, value, Math.min(io.width, widest) - width - gap) : value;
  return shown
    .map(
      ([name, value]) =>
        `${io.colors.dim(name.padEnd(width))}  ${fitted(value ?? '').replaceAll('\n', indent)}`,
    )
    .join('\n');
}

/** Broken to a width; every line indented. */
export function wrapped(
  io: Pick<Io, 'asPrinted'>,
  text: string,
  { width, indent }: { readonly width: number; readonly indent: number },
): string {
  return indented(wrap(io, text, width - indent), indent);
}

export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}
