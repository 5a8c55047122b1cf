// Everything outside that a command may touch: folder, environment, input and the two outputs.
import type { Environment } from '../config/values.ts';
import { type Colors, createTerminal } from './terminal.ts';

export interface Io {
  /** The working folder: `.env` and `.refund-worker/` are here. */
  readonly folder: string;
  readonly env: Environment;
  readonly stdin: AsyncIterable<Buffer>;
  /** Asks on the terminal, shows no key that is typed; undefined: interrupted. Absent where the input is no terminal. */
  readonly askHidden?: (prompt: string) => Promise<string | undefined>;
  /** Standard output is a terminal: colours, and lines that are overwritten. */
  readonly isTerminal: boolean;
  /** Standard error is a terminal: progress may be overwritten. */
  readonly notesAreWatched: boolean;
  /** In columns; without a terminal, wide enough for every table. */
  readonly width: number;
  readonly colors: Colors;
  /** What `change` makes of the text as it is printed; colours stay. */
  asPrinted(text: string, change: (printable: string) => string): string;
  /** The reader of standard output is gone (`| head -1`): what follows is heard by no program. */
  readonly outputBroken: AbortSignal;
  /** Called by what runs until it is stopped: a reader that is gone, or stands still, does not end it. */
  outlivesOutput(): void;
  /** One line (or several) of the answer, on standard output. Resolves when the next one may follow. */
  out(text: string): Promise<void>;
  /** Ours as it stands, without a line break: for a line that is overwritten. */
  outRaw(text: string): void;
  /** A remark that is not part of the answer: one line on standard error. */
  note(text: string): void;
  noteRaw(text: string): void;
}

interface ProcessIo extends Io {
  readonly needsOutput: () => boolean;
}

const widthOfAPipe = 200;

export function processIo(): ProcessIo {
  const { stdout, stderr, env } = process;
  const isTerminal = stdout.isTTY === true;
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const broken = new AbortController();
  stdout.on('error', () => broken.abort());
  // A remark that cannot be written is lost; without a listener the process would end.
  stderr.on('error', () => undefined);
  let needsOutput = true;
  const terminal = createTerminal(isTerminal && !plain);
  return {
    folder: process.cwd(),
    env,
    stdin: process.stdin,
    ...(process.stdin.isTTY && {
      async askHidden(prompt) {
        const { askHidden } = await import('./hidden-question.ts');
        return askHidden(process.stdin, prompt, (text) => void stderr.write(text));
      },
    }),
    isTerminal,
    notesAreWatched: stderr.isTTY === true && env['TERM'] !== 'dumb',
    width: isTerminal ? Math.max(stdout.columns, 60) : widthOfAPipe,
    colors: terminal.colors,
    asPrinted: terminal.asPrinted,
    outputBroken: broken.signal,
    outlivesOutput: () => {
      needsOutput = false;
    },
    needsOutput: () => needsOutput,
    out: (text) =>
      new Promise((resolve) => {
        if (broken.signal.aborted || stdout.write(`${terminal.printable(text)}\n`)) resolve();
        else {
          stdout.once('drain', resolve);
          broken.signal.addEventListener('abort', () => resolve(), { once: true });
        }
      }),
    outRaw: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${terminal.printable(text)}\n`),
    noteRaw: (text) => void stderr.write(text),
  };
}
