// From the typed words to an exit code: commander parses them, a command runs, and every error becomes a sentence.
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { z } from 'zod';
import { type ExitCode, helpWidth } from './command.ts';
import { commands } from './commands/index.ts';
import { explain } from './explain.ts';
import type { Io } from './io.ts';

/** Never throws. */
export async function runCli(words: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = new Command('refund-worker')
    .version(ownVersion(), '-V, --version')
    // Subcommands may have an option `--version`, too.
    .enablePositionalOptions()
    .description(
      'Turns order cancellations into Bootpay refunds, exactly once, or into a case for a person.\n주문 취소를 부트페이 환불로 정확히 한 번 처리하고, 기계가 결정할 수 없는 건은 사람에게 넘겨요.',
    )
    .addHelpText(
      'after',
      '\nStart with:\n  $ refund-worker demo\n\nExit codes: 0 done, 1 something was refused or failed, 2 wrong usage or\nconfiguration.',
    );
  for (const make of commands) program.addCommand(make(io, (ended) => (code = ended)));
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .configureOutput({ writeOut: io.outRaw, writeErr: io.noteRaw })
      .configureHelp({
        helpWidth,
        displayWidth: stringWidth,
        boxWrap: (text, width) => wrapAnsi(text, width),
      })
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

/** The package finds itself by its name, in the sources, in dist and when installed. */
function ownVersion(): string {
  const own: unknown = createRequire(import.meta.url)('bootpay-refund-worker/package.json');
  return z.object({ version: z.string() }).parse(own).version;
}
