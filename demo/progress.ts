// The demo's progress: one line that is overwritten on a terminal, a plain line every second in a pipe.
import type { Io } from '../src/cli/io.ts';
import { paint } from '../src/cli/print/words.ts';
import { openStates, type State } from '../src/domain/states.ts';

export interface Moment {
  readonly elapsedMs: number;
  readonly byState: Readonly<Record<State, number>>;
  /** Calls that the rate limiter let go within the last second, and how many are allowed. */
  readonly calls: number;
  readonly callsPerSecond: number;
}

export interface Progress {
  show(moment: Moment): void;
  /** Leaves the last line standing. */
  end(): void;
}

const barWidth = 24;
const plainEveryMs = 1_000;

export function createProgress(io: Io, out: (line: string) => void): Progress {
  if (!io.isTerminal) {
    let nextAt = 0;
    return {
      show(moment) {
        if (moment.elapsedMs < nextAt) return;
        nextAt = moment.elapsedMs + plainEveryMs;
        out(progressLine(io, moment));
      },
      end: () => undefined,
    };
  }
  return {
    show: (moment) => io.outRaw(`\r\x1b[2K${progressLine(io, moment)}`),
    end: () => io.outRaw('\n'),
  };
}

const words: Readonly<Record<State, string>> = {
  succeeded: 'succeeded',
  dead_lettered: 'dead letters',
  resolved: 'resolved',
  queued: 'queued',
  sending: 'sending',
  waiting_retry: 'retry',
  unknown: 'unknown',
};
const order: readonly State[] = [
  'succeeded',
  'dead_lettered',
  'resolved',
  'sending',
  'unknown',
  'waiting_retry',
  'queued',
];

function progressLine(io: Io, { elapsedMs, byState, calls, callsPerSecond }: Moment): string {
  const total = order.reduce((sum, state) => sum + byState[state], 0);
  const open = openStates.reduce((sum, state) => sum + byState[state], 0);
  const done = total - open;
  const filled = total === 0 ? 0 : Math.round((done / total) * barWidth);
  const bar = io.isTerminal ? `${'█'.repeat(filled)}${io.colors.dim('░'.repeat(barWidth - filled))}  ` : '';
  const counts = order
    .filter((state) => byState[state] > 0)
    .map((state) => paint(state, io.colors)(`${words[state]} ${byState[state]}`));
  const seconds = (elapsedMs / 1_000).toFixed(1).padStart(5);
  return `${seconds} s  ${bar}${done}/${total}  ${counts.join(' · ')}  ${io.colors.dim(`calls ${calls}/${callsPerSecond} per s`)}`;
}
