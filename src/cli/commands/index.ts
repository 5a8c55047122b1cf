// Every command of the program, in the order of its help. A new one gets a line here.
import type { CliCommand } from '../command.ts';

/** By name. Each is loaded when it is named, so that one starts without what the others need. */
const commands: ReadonlyMap<string, () => Promise<CliCommand>> = new Map([
  ['demo', async () => (await import('./demo.ts')).demo],
  ['start', async () => (await import('./services.ts')).start],
  ['worker', async () => (await import('./services.ts')).worker],
  ['server', async () => (await import('./services.ts')).server],
  ['simulator', async () => (await import('./simulator.ts')).simulator],
  ['enqueue', async () => (await import('./enqueue.ts')).enqueue],
  ['status', async () => (await import('./status.ts')).status],
  ['list', async () => (await import('./list.ts')).list],
  ['dead-letters', async () => (await import('./dead-letters.ts')).deadLetters],
  ['lane', async () => (await import('./lane.ts')).lane],
  ['events', async () => (await import('./events.ts')).events],
  ['export', async () => (await import('./export.ts')).exportBook],
  ['reconcile', async () => (await import('./reconcile.ts')).reconcile],
  ['doctor', async () => (await import('./doctor.ts')).doctor],
  ['operator', async () => (await import('./operator.ts')).operator],
]);

/** The one that is named first; all of them where none is. */
export async function commandsFor([first = '']: readonly string[]): Promise<readonly CliCommand[]> {
  const named = commands.get(first);
  return Promise.all(named === undefined ? [...commands.values()].map((load) => load()) : [named()]);
}
