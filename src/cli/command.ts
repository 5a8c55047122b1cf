// Defines a command: its options become commander's help and a typed input, and `run` returns the exit code.
import { Command } from 'commander';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Text } from '../domain/problem.ts';
import { onShutdown } from '../shutdown.ts';
import type { Io } from './io.ts';
import { type OptionRows, readOptions, type ValuesOf } from './options.ts';

/** 0 done, 1 something was refused or failed, 2 wrong usage or configuration; 128 + signal when interrupted. */
export type ExitCode = number;

export const interrupted: ExitCode = 130;

/** SIGINT or SIGTERM aborts the work, which ends early and still prints what it has; the exit code is 130 then. */
export async function interruptible(work: (signal: AbortSignal) => Promise<ExitCode>): Promise<ExitCode> {
  const stopping = new AbortController();
  const off = onShutdown(async () => stopping.abort(), { exit: () => undefined });
  try {
    const code = await work(stopping.signal);
    return stopping.signal.aborted ? interrupted : code;
  } finally {
    off();
  }
}

export interface CommandSpec<Arguments extends OptionRows, Options extends OptionRows> {
  readonly name: string;
  readonly description: Text;
  /** In order; one in square brackets may be left out. */
  readonly arguments?: Arguments;
  readonly options: Options;
  /** Command lines without the program's name. */
  readonly examples: readonly string[];
  /** Paragraphs at the end of the help. */
  readonly notes?: readonly Text[];
  run(io: Io, input: ValuesOf<Arguments> & ValuesOf<Options>): Promise<ExitCode>;
}

/** A command or a group of commands, to be added to the program. */
export type CliCommand = (io: Io, ended: (code: ExitCode) => void) => Command;

export function defineCommand<
  Options extends OptionRows,
  Arguments extends OptionRows = Record<never, never>,
>(spec: CommandSpec<Arguments, Options>): CliCommand {
  return (io, ended) => {
    const rows: OptionRows = spec.arguments ?? {};
    const command = new Command(spec.name)
      .description(both(spec.description))
      .addHelpText('after', helpEnd(spec));
    for (const { flags, description } of Object.values(rows)) command.argument(flags, both(description));
    for (const { flags, description } of Object.values(spec.options))
      command.option(flags, both(description));
    return command.action(async () => {
      const places = Object.keys(rows).map((name, index) => [name, command.args[index]]);
      const raw = { ...command.opts(), ...Object.fromEntries(places) };
      const given = readOptions({ ...rows, ...spec.options }, raw);
      // Read from the same definitions; TypeScript cannot join the two generics.
      ended(await spec.run(io, given as ValuesOf<Arguments> & ValuesOf<Options>));
    });
  };
}

export interface GroupSpec {
  readonly name: string;
  readonly description: Text;
  readonly examples: readonly string[];
  readonly commands: readonly CliCommand[];
}

export function defineGroup({ name, description, examples, commands }: GroupSpec): CliCommand {
  return (io, ended) => {
    const group = new Command(name)
      .description(both(description))
      .addHelpText('after', helpEnd({ examples }));
    for (const make of commands) group.addCommand(make(io, ended));
    return group;
  };
}

/** Of every help, in columns, where a Korean character takes two. */
export const helpWidth = 78;

/** A long command goes on in the next line, as a shell reads it. */
function brokenCommand(command: string): string {
  const lines: string[] = [''];
  for (const part of command.split(/(?= --| (?=\d*[<>|]))/)) {
    const line = `${lines.at(-1)}${part}`;
    if (stringWidth(line) + 2 <= helpWidth) lines[lines.length - 1] = line;
    else lines.push(`     ${part}`);
  }
  return lines.join(' \\\n');
}

function both({ en, ko }: Text): string {
  return `${en} ${ko}`;
}

function helpEnd({
  examples,
  notes = [],
}: Pick<CommandSpec<OptionRows, OptionRows>, 'examples' | 'notes'>): string {
  const lines = examples.map((line) => brokenCommand(`  $ refund-worker ${line}`));
  const paragraphs = notes.map(({ en, ko }) => `\n\n${wrapAnsi(`${en}\n${ko}`, helpWidth)}`).join('');
  return `\n${examples.length > 1 ? 'Examples' : 'Example'}:\n${lines.join('\n')}${paragraphs}`;
}
