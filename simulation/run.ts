// Runs a range of histories of one scenario in this process, several at a time, and adds up how they ended.
import type { Redis } from 'ioredis';
import { type State, stateSchema } from '../src/domain/states.ts';
import { runHistory } from './history.ts';
import { scenarioNamed } from './scenarios.ts';
import type { Subject } from './subject.ts';

/** Plain data: travels between processes. */
export interface Range {
  readonly scenario: string;
  readonly seed: string;
  readonly from: number;
  readonly histories: number;
  /** Ends at the first history with a violation that matches: the source of a regular expression. */
  readonly untilShown?: string;
  /** Keeps every transcript. */
  readonly verbose?: boolean;
}

export interface Failure {
  readonly index: number;
  readonly violations: readonly string[];
  readonly lines: readonly string[];
}

export interface Sum {
  readonly scenario: string;
  histories: number;
  calls: number;
  excused: number;
  ends: Partial<Record<State | 'lost', number>>;
  failures: Failure[];
  /** Only when verbose. */
  transcripts: { readonly index: number; readonly lines: readonly string[] }[];
  /** By index: the same for the same seed. */
  digests: Record<number, string>;
}

const atATime = 60;
/** Where one history is the end: what has begun by then is played in vain. */
const atATimeUntilShown = 8;

export function emptySum(scenario: string): Sum {
  return {
    scenario,
    histories: 0,
    calls: 0,
    excused: 0,
    ends: {},
    failures: [],
    transcripts: [],
    digests: {},
  };
}

export async function runRange(deps: { subject: Subject; redis: Redis }, range: Range): Promise<Sum> {
  const { seed, from, histories, untilShown, verbose = false } = range;
  const shown = untilShown === undefined ? null : new RegExp(untilShown);
  const scenario = scenarioNamed(range.scenario);
  const sum = emptySum(range.scenario);
  let next = from;
  let isShown = false;

  async function lane(): Promise<void> {
    while (next < from + histories && !isShown) {
      const index = next;
      next += 1;
      const prefix = `{s-${process.pid}-${scenario.name}-${index}}`;
      const verdict = await runHistory({ ...deps, prefix, scenario, seed, index });
      const { violations, lines, calls, ends, excused, digest } = verdict;
      const failures = violations.length > 0 ? [{ index, violations, lines }] : [];
      add(sum, { histories: 1, calls, excused, ends, failures });
      isShown ||= shown?.test(violations.join('; ')) === true;
      sum.digests[index] = digest;
      if (verbose) sum.transcripts.push({ index, lines });
    }
  }
  const lanes = Math.min(shown === null ? atATime : atATimeUntilShown, histories);
  await Promise.all(Array.from({ length: lanes }, lane));
  sum.failures.sort((a, b) => a.index - b.index);
  sum.transcripts.sort((a, b) => a.index - b.index);
  return sum;
}

export function add(
  sum: Sum,
  more: Pick<Sum, 'histories' | 'calls' | 'excused' | 'ends' | 'failures'>,
): void {
  sum.histories += more.histories;
  sum.calls += more.calls;
  sum.excused += more.excused;
  sum.failures.push(...more.failures);
  for (const end of endNames) {
    const count = more.ends[end];
    if (count !== undefined) sum.ends[end] = (sum.ends[end] ?? 0) + count;
  }
}

export const endNames = [...stateSchema.options, 'lost'] as const;

/** Ranges of so many histories at most, one behind the other. */
export function inChunks(range: Range, chunk: number): Range[] {
  const end = range.from + range.histories;
  return Array.from({ length: Math.max(Math.ceil(range.histories / chunk), 0) }, (_, index) => {
    const from = range.from + index * chunk;
    return { ...range, from, histories: Math.min(chunk, end - from) };
  });
}

/** What runs one history again, and prints all of it. */
export function commandFor({ scenario, seed }: Range, index: number, bug?: string): string {
  const planted = bug === undefined ? '' : ` --bug "${bug}"`;
  return `npm run simulate -- --scenario ${scenario} --seed ${seed} --from ${index} --histories 1${planted} --verbose`;
}
