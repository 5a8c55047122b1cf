// From the typed words to an exit code: commander parses them, a command runs, and every error becomes a sentence.
import { Command, CommanderError } from 'commander';
import type { ExitCode, Invocation } from './command.ts';
import { commandsFor } from './commands/index.ts';
import { explain } from './explain.ts';
import type { Io } from './io.ts';
import { ownVersion } from './version.ts';

/** Never throws. */
export async function runCli(words: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command('refund-worker')
    .version(ownVersion(), '-V, --version')
    // Subcommands may have an option `--version`, too.
    .enablePositionalOptions()
    .description(
      'Turns order cancellations into Bootpay refunds, at most once each, or into a case for a person.\n주문 취소를 부트페이 환불로 많아야 한 번 처리하고, 기계가 결정할 수 없는 건은 사람에게 넘겨요.',
    )
    .addHelpText(
      'after',
      '\nStart with:\n  $ refund-worker demo\n\nExit codes: 0 done, 1 something was refused or failed, 2 wrong usage or\nconfiguration.',
    );
  let help: typeof import('./help.ts') | null = null;
  const invocation: Invocation = {
    io,
    ended: (ended) => {
      code = ended;
    },
    helpEnd: (text) => help?.helpEnd(text) ?? '',
  };
  for (const make of await commandsFor(words)) program.addCommand(make(invocation));
  if (mayHelp(program, words)) help = await import('./help.ts');
  for (const command of withSubcommands(program)) {
    help?.layOut(command);
    command
      .exitOverride()
      .configureOutput({ writeOut: io.outRaw, writeErr: io.noteRaw })
      .showHelpAfterError('(add --help for the options and an example; 도움말은 --help)');
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed the error, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { code: failed, lines } = explain(error, io.env);
    for (const line of lines) io.note(line);
    return failed;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** A group without a subcommand, and words that name no command, end with a help as well. */
function mayHelp({ commands }: Command, words: readonly string[]): boolean {
  const [command] = commands;
  const isOne = commands.length === 1 && command?.commands.length === 0;
  return !isOne || words.some((word) => word === '--help' || word === '-h');
}
