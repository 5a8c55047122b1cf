// What happened in a history, line by line: the same for the same seed, byte for byte.
import { createHash } from 'node:crypto';

export interface Transcript {
  say(who: string, what: string): void;
  readonly lines: readonly string[];
  digest(): string;
}

export function createTranscript(now: () => number, startAt: number): Transcript {
  const lines: string[] = [];
  return {
    lines,
    say: (who, what) => void lines.push(`${clockTime(now() - startAt)} ${who.padEnd(9)} ${what}`),
    digest: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  };
}

function clockTime(ms: number): string {
  const pad = (value: number, width = 2) => String(Math.floor(value)).padStart(width, '0');
  return `${pad(ms / 3_600_000)}:${pad((ms / 60_000) % 60)}:${pad((ms / 1000) % 60)}.${pad(ms % 1000, 3)}`;
}
