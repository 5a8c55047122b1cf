// `npm run bench -- [--quick] [--check] [--only NAME] [--json FILE] [--rounds N] [--seed N]`: runs the benchmarks one
// after the other and prints what they found. With `--json` the sections run now replace those of the same name in the
// file. With `--check` it runs those that have bounds, those whose bounds are not kept once more, and ends with 1 where one
// is broken both times.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Benchmark, benchmarks } from './benchmarks.ts';
import { bounds } from './bounds.ts';
import { judge, judgeAgain, type Verdict } from './check.ts';
import { openContext, type Settings } from './context.ts';
import { describeMachine } from './machine.ts';
import { printGoals, printSection, printVerdicts } from './print.ts';
import { type Goal, type Machine, type Report, reportSchema, type Section } from './result.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const { quick, check, json } = values;
const settings: Settings = {
  quick,
  rounds: wholeNumber('rounds', values.rounds ?? (quick ? '3' : '7')),
  seed: wholeNumber('seed', values.seed),
};
const asked = benchmarksAsked(values.only);

// An exit, so that what was started ends with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const context = await openContext(settings);
try {
  const goals: Goal[] = [];
  for (const benchmark of asked) goals.push(...(await goalsOf(benchmark)));
  printGoals(goals);
  if (check) {
    const verdicts = await checked(goals);
    printVerdicts(verdicts);
    process.exitCode = verdicts.every(({ kept }) => kept) ? 0 : 1;
  }
} finally {
  await context.close();
}

async function goalsOf(benchmark: Benchmark): Promise<readonly Goal[]> {
  const section = await run(benchmark);
  printSection(section);
  if (json !== undefined) store(json, describeMachine(context.redis.version), section);
  return section.goals;
}

/** Benchmarks whose bounds are not kept are run once more. */
async function checked(goals: readonly Goal[]): Promise<readonly Verdict[]> {
  const verdicts = judge(boundsOf(asked), goals);
  const doubtful = asked.filter(({ name }) => verdicts.some((one) => one.benchmark === name && !one.kept));
  if (doubtful.length === 0) return verdicts;
  printVerdicts(verdicts);
  console.log(`\nOnce more: ${doubtful.map(({ name }) => name).join(', ')}`);
  const again: Goal[] = [];
  for (const benchmark of doubtful) again.push(...(await goalsOf(benchmark)));
  return judgeAgain(verdicts, judge(boundsOf(doubtful), again));
}

async function run({ run: measureIt, ...said }: Benchmark): Promise<Section> {
  const [before = 0] = loadavg();
  const startedAt = performance.now();
  const found = await measureIt(context);
  context.tell('');
  return {
    ...said,
    date: new Date().toISOString().slice(0, 10),
    quick,
    rounds: settings.rounds,
    seconds: (performance.now() - startedAt) / 1000,
    load: [before, loadavg()[0] ?? 0],
    ...found,
  };
}

/** Numbers of another machine are not mixed with ours: the file begins anew. */
function store(file: string, machine: Machine, section: Section): void {
  const stored = existsSync(file) ? reportSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  const goesOn = stored !== null && JSON.stringify(stored.machine) === JSON.stringify(machine);
  const others = goesOn ? stored.sections.filter(({ name }) => name !== section.name) : [];
  const order = benchmarks.map(({ name }) => name);
  const all = [...others, section].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const goals = all.flatMap((one) => one.goals);
  const report: Report = { schema: 1, machine, seed: settings.seed, sections: all, goals };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function benchmarksAsked(names: readonly string[]): readonly Benchmark[] {
  const known = benchmarks.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) wrong(`--only: there are ${known.join(', ')}, got ${unknown}`);
  const found = names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
  if (!check) return found;
  const stranger = bounds.find(({ benchmark }) => !known.includes(benchmark));
  if (stranger !== undefined) wrong(`a bound is of no benchmark: ${stranger.benchmark}`);
  const bounded = found.filter((one) => boundsOf([one]).length > 0);
  return bounded.length > 0 ? bounded : wrong(`--check: there are no bounds for ${names.join(', ')}`);
}

function boundsOf(some: readonly Benchmark[]) {
  return bounds.filter(({ benchmark }) => some.some(({ name }) => name === benchmark));
}

function wholeNumber(name: string, text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : wrong(`--${name}: expected a whole number, got ${text}`);
}

function wrong(problem: string): never {
  console.error(problem);
  process.exit(2);
}
