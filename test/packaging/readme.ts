// A README as code blocks and command lines.
import { textOf } from './project.ts';

export interface Block {
  readonly language: string;
  readonly text: string;
}

export const pages = ['README.md', 'README.ko.md'] as const;

export function blocksOf(page: string): Block[] {
  const fences = textOf(page).matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm);
  return [...fences].map(([, indent = '', language = '', text = '']) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Every command of the shell blocks as its words, pipelines and `&&` taken apart; redirections are left out. */
export function commandsOf(page: string): string[][] {
  const scripts = blocksOf(page).filter(({ language }) => language === 'sh');
  return scripts.flatMap(({ text }) => commandsIn(text));
}

function commandsIn(script: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token] of script.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\|&;])+|\||&&|;|\n/g)) {
    if (['|', '&&', ';', '\n'].includes(token)) commands.push([]);
    else commands.at(-1)?.push(unquoted(token));
  }
  return commands.filter((words) => words.length > 0);
}

function unquoted(token: string): string {
  return token.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single?: string, double?: string) => {
    return single ?? (double ?? '').replace(/\\(.)/g, '$1');
  });
}
