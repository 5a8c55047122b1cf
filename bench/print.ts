// The report in a terminal: each section as it ends, the goals at the end.
import Table from 'cli-table3';
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

export function goalCells({ name, wanted, measured, spread, met }: Goal): string[] {
  const range = spread === null ? '' : ` (${said(spread[0])}..${said(spread[1])})`;
  return [name, wanted, said(measured) + range, met ? 'yes' : 'NO'];
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => [...row]));
  console.log(table.toString());
}
