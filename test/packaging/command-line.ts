// Is this a command line that the program would take? Asks the program's own commands, runs none of them.
import type { Command } from 'commander';
import { commandsFor } from '../../src/cli/commands/index.ts';
import { helpEnd } from '../../src/cli/help.ts';
import { processIo } from '../../src/cli/io.ts';

const commands = await commandsFor([]);

/** null: the program takes it. `words` is what follows `refund-worker`. */
export function whyRefused(words: readonly string[]): string | null {
  const all = commands.map((make) => make({ io: processIo(), ended: () => undefined, helpEnd }));
  return whyRefusedBy(all, words);
}

function whyRefusedBy(all: readonly Command[], words: readonly string[]): string | null {
  const [name, ...rest] = words;
  const command = all.find((candidate) => candidate.name() === name);
  if (command === undefined) return `no command ${name ?? '(none)'}`;
  return command.commands.length > 0
    ? whyRefusedBy(command.commands, rest)
    : whyOptionsRefused(command, rest);
}

function whyOptionsRefused(command: Command, words: readonly string[]): string | null {
  // Commander's own parser, without running the action.
  const { operands, unknown } = command.parseOptions([...words]);
  const stranger = unknown.find((word) => word.startsWith('-') && word !== '-' && word !== '--help');
  if (stranger !== undefined) return `${command.name()} has no option ${stranger}`;
  const places = command.registeredArguments;
  if (words.includes('--help')) return null;
  const required = places.filter((place) => place.required).length;
  if (operands.length < required) return `${command.name()} needs ${required} arguments`;
  return operands.length > places.length ? `${command.name()} takes no ${operands[places.length]}` : null;
}
