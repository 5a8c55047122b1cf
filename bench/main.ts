// `npm run bench -- [--quick] [--only NAME] [--json FILE] [--rounds N] [--seed N]`: runs the benchmarks one after the
// other and prints what they found. With `--json` the sections run now replace those of the same name in the file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Benchmark, benchmarks } from './benchmarks.ts';
import { describeMachine } from './machine.ts';
import { printGoals, printSection } from './print.ts';
import { type Machine, type Report, reportSchema, type Section } from './result.ts';
import { openStage, type Settings } from './stage.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const { quick, json } = values;
const settings: Settings = {
  quick,
  rounds: wholeNumber('rounds', values.rounds ?? (quick ? '3' : '7')),
  seed: wholeNumber('seed', values.seed),
};
const asked = benchmarksAsked(values.only);

// An exit, so that what was started ends with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const sections: Section[] = [];
const stage = await openStage(settings);
try {
  for (const benchmark of asked) {
    const section = await run(benchmark);
    sections.push(section);
    printSection(section);
    if (json !== undefined) store(json, describeMachine(stage.redis.version), section);
  }
} finally {
  await stage.close();
}
printGoals(sections.flatMap(({ goals }) => goals));

async function run({ run: measureIt, ...said }: Benchmark): Promise<Section> {
  const [before = 0] = loadavg();
  const startedAt = performance.now();
  const found = await measureIt(stage);
  stage.tell('');
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
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}

function wholeNumber(name: string, text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : wrong(`--${name}: expected a whole number, got ${text}`);
}

function wrong(problem: string): never {
  console.error(problem);
  process.exit(2);
}
