// `npm run simulate -- --histories N --seed S [--world NAME] [--from I] [--plant NAME] [--verbose]`: runs histories on
// all processors, prints a table per world, and every failing history with the command that runs it alone.
import { parseArgs } from 'node:util';
import { startPool } from './pool.ts';
import { add, emptySum, type Failure, type Range, type Sum } from './run.ts';
import { tableOf } from './table.ts';
import { worlds } from './worlds.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    world: { type: 'string' },
    from: { type: 'string', default: '0' },
    plant: { type: 'string' },
    processes: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const { seed, plant, verbose } = values;
const from = Number(values.from);
const histories = Number(values.histories);
const names = values.world === undefined ? worlds.map(({ name }) => name) : [values.world];
/** Histories that a process takes at once, and failing histories printed whole. */
const chunk = 50;
const mostPrinted = 3;

const sums = new Map<string, Sum>(names.map((name) => [name, emptySum(name)]));
const processes = values.processes === undefined ? {} : { processes: Number(values.processes) };
const startedAt = performance.now();
const pool = await startPool({ ...(plant !== undefined && { variant: plant }), ...processes });
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
console.log(tableOf(all));
const ran = all.reduce((sum, one) => sum + one.histories, 0);
console.log(
  `${ran} histories in ${seconds.toFixed(0)} s, ${((seconds * 1000) / Math.max(ran, 1)).toFixed(1)} ms each`,
);
if (interrupted)
  console.log(`Stopped. Go on with --from ${doneUpTo} --histories ${from + histories - doneUpTo}`);
process.exitCode = all.some(({ failures }) => failures.length > 0) ? 1 : 0;

/** Every world's first histories before anybody's second ones, so that a stop leaves all worlds equally far. */
function rangesOf(): Range[] {
  const ranges: Range[] = [];
  for (let start = from; start < from + histories; start += chunk) {
    const size = Math.min(chunk, from + histories - start);
    ranges.push(...names.map((world) => ({ world, seed, from: start, histories: size, verbose })));
  }
  return ranges;
}

function heard(range: Range, sum: Sum): void {
  const total = sums.get(range.world);
  if (total === undefined) return;
  add(total, sum);
  total.failures.push(...sum.failures);
  doneUpTo = Math.max(doneUpTo, range.from);
  for (const { lines } of sum.transcripts) console.log(`${lines.join('\n')}\n`);
  for (const failure of sum.failures) tell(range, failure);
}

function tell({ world }: Range, { index, violations, lines }: Failure): void {
  console.log(`VIOLATED ${world} ${index}: ${violations.join('; ')}`);
  const again = `--world ${world} --seed ${seed} --from ${index} --histories 1`;
  console.log(`  npm run simulate -- ${again}${plant === undefined ? '' : ` --plant "${plant}"`} --verbose`);
  if (printed < mostPrinted && !verbose) console.log(`${lines.join('\n')}\n`);
  printed += 1;
}
