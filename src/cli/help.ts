// How help looks: in columns, where a Korean character takes two, and with commands that a shell reads as they stand.
import type { Command } from 'commander';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { HelpText } from './command.ts';

/** Of every help. */
const helpWidth = 78;

export function layOut(command: Command): void {
  command.configureHelp({
    helpWidth,
    displayWidth: stringWidth,
    boxWrap: (text, width) => wrapAnsi(text, width),
  });
}

/** Examples and notes below the options. */
export function helpEnd({ examples, notes = [] }: HelpText): string {
  const lines = examples.map((line) => brokenCommand(`  $ refund-worker ${line}`));
  const paragraphs = notes.map(({ en, ko }) => `\n\n${wrapAnsi(`${en}\n${ko}`, helpWidth)}`).join('');
  return `\n${examples.length > 1 ? 'Examples' : 'Example'}:\n${lines.join('\n')}${paragraphs}`;
}

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
