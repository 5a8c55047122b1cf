// Defines a command: its options become commander's help and a typed input, and `run` returns the exit code.
import { Command } from 'commander';
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

/** What stands below the options in a help. */
export interface HelpText {
  /** Command lines without the program's name. */
  readonly examples: readonly string[];
  readonly notes?: readonly Text[];
}

interface CommandSpec<Arguments extends OptionRows, Options extends OptionRows> extends HelpText {
  readonly name: string;
  readonly description: Text;
  /** In order; one in square brackets may be left out. */
  readonly arguments?: Arguments;
  readonly options: Options;
  run(io: Io, input: ValuesOf<Arguments> & ValuesOf<Options>): Promise<ExitCode>;
}

export interface Invocation {
  readonly io: Io;
  ended(code: ExitCode): void;
  /** Called only where a help is printed. */
  helpEnd(text: HelpText): string;
}

/** A command or a group of commands, to be added to the program. */
export type CliCommand = (invocation: Invocation) => Command;

export function defineCommand<
  Options extends OptionRows,
  Arguments extends OptionRows = Record<never, never>,
>(spec: CommandSpec<Arguments, Options>): CliCommand {
  return ({ io, ended, helpEnd }) => {
    const rows: OptionRows = spec.arguments ?? {};
    const command = new Command(spec.name)
      .description(both(spec.description))
      .addHelpText('after', () => helpEnd(spec));
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

interface GroupSpec extends HelpText {
  readonly name: string;
  readonly description: Text;
  readonly commands: readonly CliCommand[];
}

export function defineGroup({ name, description, commands, ...text }: GroupSpec): CliCommand {
  return (invocation) => {
    const group = new Command(name)
      .description(both(description))
      .addHelpText('after', () => invocation.helpEnd(text));
    for (const make of commands) group.addCommand(make(invocation));
    return group;
  };
}

function both({ en, ko }: Text): string {
  return `${en} ${ko}`;
}
