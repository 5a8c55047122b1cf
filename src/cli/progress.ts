// Progress of a long command on standard error: one line that is overwritten on a terminal, otherwise a line every 10 s.
import type { Io } from './io.ts';
import { numberText } from './print/words.ts';

interface Progress {
  /** How many are done; `more` is appended. */
  show(done: number, more?: string): void;
  /** Removes the line from a terminal. */
  end(): void;
}

interface ProgressOptions {
  readonly total: number;
  /** What is counted, such as `refunds 환불`. */
  readonly what: string;
  /** ms */
  readonly now: () => number;
  /** One line that is overwritten; otherwise a new line every 10 s. */
  readonly live: boolean;
}

const liveEveryMs = 200;
const plainEveryMs = 10_000;
/** No rate is shown before that. */
const rateAfterMs = 1_000;
const wipe = '\r\x1b[2K';

export function createProgress(
  io: Pick<Io, 'note' | 'noteRaw'>,
  { total, what, now, live }: ProgressOptions,
): Progress {
  const startedAt = now();
  let nextAt = live ? startedAt : startedAt + plainEveryMs;
  let shown = false;
  return {
    show(done, more = '') {
      const at = now();
      if (at < nextAt) return;
      nextAt = at + (live ? liveEveryMs : plainEveryMs);
      const line = [countText(done, Math.max(total, done), what), timeText(done), more];
      const text = line.filter((part) => part !== '').join('  ');
      if (live) io.noteRaw(`${wipe}${text}`);
      else io.note(text);
      shown = true;
    },
    end() {
      if (live && shown) io.noteRaw(wipe);
      shown = false;
    },
  };

  function timeText(done: number): string {
    const elapsedMs = now() - startedAt;
    if (done === 0 || elapsedMs < rateAfterMs) return '';
    const perSecond = (done * 1_000) / elapsedMs;
    const leftMs = (Math.max(total - done, 0) * elapsedMs) / done;
    return `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s  ${durationText(leftMs)} left 남음`;
  }
}

function countText(done: number, total: number, what: string): string {
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  return `${numberText(done)} of ${numberText(total)} ${what} (${percent}%)`;
}

/** Rounded up: `40 s`, `12 min`, `3.5 h`. */
function durationText(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 5_400_000) return `${Math.ceil(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
