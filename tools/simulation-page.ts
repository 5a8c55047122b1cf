// The page of the simulation's numbers, made from what was collected and from the scenarios' own words.
import { readFileSync } from 'node:fs';
import { type Collection, collectionSchema } from '../simulation/collection.ts';
import { type Scenario, scenarios } from '../simulation/scenarios.ts';

const stored = new URL('../docs/simulation.json', import.meta.url);

export interface SimulationNumbers {
  readonly intro: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly weaker: string;
}

/** @throws when a scenario was never run: its numbers have to be collected first. */
export function simulationNumbers(
  collection: Collection = collectionSchema.parse(JSON.parse(readFileSync(stored, 'utf8'))),
): SimulationNumbers {
  const rows = scenarios.map((scenario) => rowOf(scenario, collection));
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  const { code, seed, date } = collection;
  return {
    intro: `${sum(1)} histories, collected until ${date} with the seed \`${seed}\` on the code with the digest \`${code}\`: ${sum(2)} cancels were called, ${sum(8)} histories broke a promise that their scenario can keep.`,
    head: [
      'scenario',
      'histories',
      'cancels called',
      'succeeded',
      'resolved',
      'dead letters',
      'lost by failover',
      'excused',
      'violations',
    ],
    rows: [...rows, ['all', ...[1, 2, 3, 4, 5, 6, 7, 8].map((column) => String(sum(column)))]],
    weaker: scenarios
      .flatMap(({ name, weaker }) => (weaker === null ? [] : [`- \`${name}\`: ${weaker}.`]))
      .join('\n'),
  };
}

function rowOf({ name }: Scenario, { scenarios: collected }: Collection): string[] {
  const row = collected.find(({ scenario }) => scenario === name);
  if (row === undefined) throw new Error(`docs/simulation.json has no numbers of the scenario ${name}`);
  const { histories, calls, ends, excused, failures } = row;
  const { succeeded = 0, resolved = 0, dead_lettered = 0, lost = 0 } = ends;
  return [
    name,
    ...[histories, calls, succeeded, resolved, dead_lettered, lost, excused, failures.length].map(String),
  ];
}
