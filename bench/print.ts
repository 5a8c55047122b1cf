// The report in a terminal: each section as it ends, the goals at the end.
import Table from 'cli-table3';
import type { Bound } from './bounds.ts';
import type { Verdict } from './check.ts';
import { said } from './numbers.ts';
import type { Goal, Section } from './result.ts';

export function printSection({ title, about, seconds, load, tables, notes }: Section): void {
  console.log(`\n${title}  (${seconds.toFixed(0)} s, load ${load[0].toFixed(1)} -> ${load[1].toFixed(1)})`);
  console.log(about);
  for (const { head, rows } of tables) printTable(head, rows);
  for (const note of notes) console.log(`- ${note}`);
}

export function printGoals(goals: readonly Goal[]): void {
  if (goals.length === 0) return;
  console.log('\nGoals');
  printTable(['goal', 'wanted', 'measured', 'met'], goals.map(goalCells));
}

/** With the reason of each bound that is not kept: who reads it in CI has nothing else at hand. */
export function printVerdicts(verdicts: readonly Verdict[]): void {
  console.log('\nBounds');
  printTable(
    ['measured', 'value', 'bound', 'verdict'],
    verdicts.map(({ name, measured, limit, kept }) => [
      name,
      measured === null ? 'nothing' : said(measured),
      limitText(limit),
      kept ? 'kept' : 'BROKEN',
    ]),
  );
  const broken = verdicts.filter(({ kept }) => !kept);
  for (const { name, limit, why } of broken) console.log(`- ${name}: ${limitText(limit)}, for ${why}`);
  console.log(`${verdicts.length - broken.length} of ${verdicts.length} bounds kept`);
}

function limitText(limit: Bound['limit']): string {
  return 'atLeast' in limit ? `at least ${said(limit.atLeast)}` : `at most ${said(limit.atMost)}`;
}

export function goalCells({ name, wanted, measured, spread, met }: Goal): string[] {
  const range = spread === null ? '' : ` (${said(spread[0])}..${said(spread[1])})`;
  return [name, wanted, said(measured) + range, met ? 'yes' : 'NO'];
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => [...row]));
  console.log(table.toString());
}
