// Writes the table of all variables into both READMEs; `--check` only names those that are stale and exits with 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Variable, variables } from '../src/config/variables.ts';
import type { Text } from '../src/domain/problem.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const begin = '<!-- variables: made by tools/make-readme-table.ts, do not edit -->';
const end = '<!-- variables: end -->';

type Language = keyof Text;

interface Words {
  readonly head: readonly string[];
  readonly secret: string;
  readonly outside: string;
}

const words: Record<Language, Words> = {
  en: {
    head: ['variable', 'default', 'unit', 'limits', 'meaning'],
    secret: 'Secret.',
    outside: 'outside production',
  },
  ko: {
    head: ['변수', '기본값', '단위', '허용 값', '뜻'],
    secret: '비밀 값.',
    outside: '운영 환경이 아닐 때',
  },
};

/** One page for each language. */
export const pages: readonly { readonly path: string; readonly language: Language }[] = [
  { path: 'README.md', language: 'en' },
  { path: 'README.ko.md', language: 'ko' },
];

export function variablesTable(language: Language): string {
  const { head } = words[language];
  const rows = Object.entries<Variable<unknown>>(variables).map(([name, variable]) =>
    rowOf(name, variable, language),
  );
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The page as it should be. Throws when the markers are not there exactly once. */
export function fresh(text: string, language: Language): string {
  const [before, rest, ...more] = text.split(begin);
  const [, after, ...further] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length + further.length > 0) {
    throw new Error(`expected "${begin}" and "${end}" once each`);
  }
  return `${before}${begin}\n\n${variablesTable(language)}\n\n${end}${after}`;
}

export function stalePages(): readonly { readonly path: string; readonly text: string }[] {
  return pages.flatMap(({ path, language }) => {
    const text = readFileSync(join(root, path), 'utf8');
    const wanted = fresh(text, language);
    return wanted === text ? [] : [{ path, text: wanted }];
  });
}

function rowOf(name: string, variable: Variable<unknown>, language: Language): string[] {
  const meaning = variable.meaning[language];
  return [
    `\`${name}\``,
    variable.default === null ? '-' : `\`${variable.default}\``,
    variable.unit ?? '-',
    limitsOf(variable, language),
    variable.secret ? `${meaning} ${words[language].secret}` : meaning,
  ];
}

function limitsOf({ production, development }: Variable<unknown>, language: Language): string {
  const [strict, loose] = [production.expected[language], development.expected[language]];
  return strict === loose ? strict : `${strict}; ${words[language].outside}: ${loose}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function main(): void {
  const check = process.argv.includes('--check');
  for (const { path, text } of stalePages()) {
    if (check) {
      process.exitCode = 1;
      console.error(`${path} is stale: run \`npm run docs\``);
      continue;
    }
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
