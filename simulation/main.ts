// `npm run simulate -- --histories N --seed S [--scenario NAME] [--from I] [--bug NAME] [--verbose]`: runs histories on
// all processors, prints a table per scenario, and every failing history with the command that runs it alone.
// With `--collect FILE` it goes on where the file ends, until each scenario has N histories, and adds what it finds.
import { parseArgs } from 'node:util';
import { openCollection } from './collection.ts';
import { startPool } from './pool.ts';
import { add, commandFor, emptySum, type Failure, inChunks, type Range, type Sum } from './run.ts';
import { scenarios } from './scenarios.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    from: { type: 'string', default: '0' },
    bug: { type: 'string' },
    processes: { type: 'string' },
    collect: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const { seed, bug, verbose, collect } = values;
const from = wholeNumber('from');
const histories = wholeNumber('histories');
const names = scenariosAsked(values.scenario);
/** Histories that a process takes at once, and failing histories printed whole. */
const chunk = 50;
const mostPrinted = 3;

const collecting = collect === undefined ? null : openCollection(collect, { seed, names });
const sums = new Map<string, Sum>(names.map((name) => [name, emptySum(name)]));
const processes = values.processes === undefined ? {} : { processes: wholeNumber('processes') };
const startedAt = performance.now();
const pool = await startPool({ ...(bug !== undefined && { variant: bug }), ...processes });
let printed = 0;
let interrupted = false;
process.once('SIGINT', () => {
  interrupted = true;
});
let doneUpTo = from;
await pool.run(rangesOf(), heard, () => interrupted);
await pool.stop();

const seconds = (performance.now() - startedAt) / 1000;
const all = [...sums.values()];
console.log(tableOf(collecting?.sums ?? all));
const ran = all.reduce((sum, one) => sum + one.histories, 0);
console.log(
  `${ran} histories in ${seconds.toFixed(0)} s, ${((seconds * 1000) / Math.max(ran, 1)).toFixed(1)} ms each`,
);
if (interrupted && collecting === null)
  console.log(`Stopped. Go on with --from ${doneUpTo} --histories ${from + histories - doneUpTo}`);
process.exitCode = all.some(({ failures }) => failures.length > 0) ? 1 : 0;

/** Every scenario's first histories before the second ones of any, so that a stop leaves all scenarios equally far. */
function rangesOf(): Range[] {
  const ranges = names.flatMap((scenario) => {
    const first = collecting?.from(scenario) ?? from;
    const end = collecting === null ? from + histories : histories;
    return inChunks({ scenario, seed, from: first, histories: end - first, verbose }, chunk);
  });
  return ranges.sort((a, b) => a.from - b.from);
}

function heard(range: Range, sum: Sum): void {
  const total = sums.get(range.scenario);
  if (total === undefined) return;
  add(total, sum);
  collecting?.heard(range, sum);
  doneUpTo = Math.max(doneUpTo, range.from);
  for (const { lines } of sum.transcripts) console.log(`${lines.join('\n')}\n`);
  for (const failure of sum.failures) print(range, failure);
}

function print(range: Range, { index, violations, lines }: Failure): void {
  console.log(`VIOLATED ${range.scenario} ${index}: ${violations.join('; ')}`);
  console.log(`  ${commandFor(range, index, bug)}`);
  if (printed < mostPrinted && !verbose) console.log(`${lines.join('\n')}\n`);
  printed += 1;
}

function scenariosAsked(asked: string | undefined): string[] {
  const known = scenarios.map(({ name }) => name);
  if (asked === undefined) return known;
  return known.includes(asked) ? [asked] : wrong(`--scenario: there are ${known.join(', ')}, got ${asked}`);
}

function wholeNumber(name: 'from' | 'histories' | 'processes'): number {
  const text = values[name] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : wrong(`--${name}: expected a whole number, got ${text}`);
}

function wrong(problem: string): never {
  console.error(problem);
  process.exit(2);
}
