// The summary: one line per scenario.
import { endNames, type Sum } from './run.ts';

const titles = [
  'scenario',
  ...['histories', 'calls', 'succeeded', 'resolved', 'dead letters', 'lost', 'open', 'excused', 'violations'],
];

export function tableOf(sums: readonly Sum[]): string {
  const rows = sums.map(({ scenario, histories, calls, ends, excused, failures }) => {
    const { succeeded = 0, resolved = 0, dead_lettered = 0, lost = 0 } = ends;
    const all = endNames.reduce((sum, end) => sum + (ends[end] ?? 0), 0);
    const open = all - succeeded - resolved - dead_lettered - lost;
    const counts = [
      histories,
      calls,
      succeeded,
      resolved,
      dead_lettered,
      lost,
      open,
      excused,
      failures.length,
    ];
    return [scenario, ...counts.map(String)];
  });
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? text.padEnd(width) : text.padStart(width);
  };
  return all.map((row) => row.map(cell).join('  ')).join('\n');
}
