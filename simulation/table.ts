// The summary: one line per scenario.
import { endNames, type Sum } from './run.ts';

export function tableOf(sums: readonly Sum[]): string {
  const head = [
    'scenario',
    'histories',
    'calls',
    'succeeded',
    'resolved',
    'dead letters',
    'lost',
    'open',
    'excused',
    'violations',
  ];
  const rows = sums.map(({ scenario, histories, calls, ends, excused, failures }) => {
    const { succeeded = 0, resolved = 0, dead_lettered = 0, lost = 0 } = ends;
    const all = endNames.reduce((sum, end) => sum + (ends[end] ?? 0), 0);
    const open = all - succeeded - resolved - dead_lettered - lost;
    return [
      scenario,
      histories,
      calls,
      succeeded,
      resolved,
      dead_lettered,
      lost,
      open,
      excused,
      failures.length,
    ].map(String);
  });
  const widths = head.map((_title, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [head, ...rows].map(line).join('\n');
}
