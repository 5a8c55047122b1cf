// What a command may touch of the outside: its folder, environment, input and the two outputs. Tests spawn the real thing.
import pc from 'picocolors';
import type { Environment } from '../config/values.ts';

export interface Io {
  /** The working folder: `.env` and `.refund-worker/` are here. */
  readonly folder: string;
  readonly env: Environment;
  readonly stdin: AsyncIterable<Buffer>;
  /** A person watches standard output: colours, and lines that are written over. */
  readonly isTerminal: boolean;
  /** A person watches standard error: progress may be written over. */
  readonly notesAreWatched: boolean;
  /** In columns; without a terminal, wide enough for every table. */
  readonly width: number;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** One line (or several) of the answer, on standard output. Resolves when the next one may follow. */
  out(text: string): Promise<void>;
  /** The same without a line's end: for a line that is written over. */
  outRaw(text: string): void;
  /** What is not the answer: one line on standard error. */
  note(text: string): void;
  noteRaw(text: string): void;
}

const widthOfAPipe = 200;

export function processIo(): Io {
  const { stdout, env } = process;
  const isTerminal = stdout.isTTY === true;
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    folder: process.cwd(),
    env,
    stdin: process.stdin,
    isTerminal,
    notesAreWatched: process.stderr.isTTY === true && env['TERM'] !== 'dumb',
    width: isTerminal ? Math.max(stdout.columns, 60) : widthOfAPipe,
    colors: pc.createColors(isTerminal && !plain),
    out: (text) =>
      new Promise((resolve) => {
        if (stdout.write(`${text}\n`)) resolve();
        else stdout.once('drain', resolve);
      }),
    outRaw: (text) => void stdout.write(text),
    note: (text) => void process.stderr.write(`${text}\n`),
    noteRaw: (text) => void process.stderr.write(text),
  };
}
