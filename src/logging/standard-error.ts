// Standard error as the place of the log: what cannot be written (a full disk, a reader that stands still or is gone)
// costs lines and never time. Knows sonic-boom, with which pino writes as well.
import sonicBoom from 'sonic-boom';

// CommonJS: Node finds no named exports in it.
const { SonicBoom } = sonicBoom;

interface LostLines {
  readonly lost: number;
  /** When the first of them was lost, ms. */
  readonly since: number;
}

interface StandardErrorOptions {
  /** ms */
  readonly now: () => number;
  /** Called when everything that was kept has been written. */
  readonly onLost: (lines: LostLines) => void;
}

/** Kept while nothing can be written; the lines that follow are lost. */
const mostKeptBytes = 256 * 1024;
const againAfterMs = 250;
/** At the end of the process a full pipe is waited for so often, 0.1 s each time. */
const lastWaits = 10;

/** Writes at once where that is possible, so that a crash loses no line. */
export function standardError({ now, onLost }: StandardErrorOptions): { write(line: string): void } {
  neverBlock(process.stderr);
  let waits = 0;
  let failed = false;
  let lost: LostLines | null = null;
  let again: NodeJS.Timeout | null = null;
  const sink = new SonicBoom({
    fd: 2,
    sync: true,
    maxLength: mostKeptBytes,
    // Of a full pipe: by default the whole process would sleep until somebody reads.
    retryEAGAIN: () => waits-- > 0,
  });
  // Its `flush` does nothing in this mode, and `flushSync` does not end while a disk is full.
  const writeKept = () => void sink.write('');
  const tell = () => {
    if (lost !== null) onLost(lost);
    lost = null;
  };
  const lastTry = () => {
    waits = lastWaits;
    writeKept();
    if (!failed) tell();
  };
  sink.on('write', () => {
    failed = false;
  });
  sink.on('error', () => {
    failed = true;
    if (again !== null) return;
    again = setInterval(writeKept, againAfterMs).unref();
    process.once('exit', lastTry);
  });
  sink.on('drop', () => {
    lost = { lost: (lost?.lost ?? 0) + 1, since: lost?.since ?? now() };
  });
  // Emitted a moment later, when the next line may have failed again.
  sink.on('drain', () => {
    if (again === null || failed) return;
    clearInterval(again);
    again = null;
    process.off('exit', lastTry);
    tell();
  });
  return sink;
}

/**
 * Node makes a pipe or a socket non-blocking as soon as it is touched here, and a terminal blocking: one that is stopped
 * (Ctrl-S) would stop the process. There is no documented way to undo that; without this one, it stays so.
 */
function neverBlock(stream: object): void {
  const handle: unknown = Reflect.get(stream, '_handle');
  if (typeof handle !== 'object' || handle === null) return;
  const setBlocking: unknown = Reflect.get(handle, 'setBlocking');
  if (typeof setBlocking === 'function') setBlocking.call(handle, false);
}
