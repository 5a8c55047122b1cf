// What both READMEs say a reader can type: it exists, and it is the same in both languages.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { variables } from '../../src/config/variables.ts';
import { stalePages } from '../../tools/make-readme-table.ts';
import { whyRefused } from './command-line.ts';
import { composeVariables, services } from './compose-file.ts';
import { root, textOf } from './project.ts';
import { blocksOf, commandsOf, pages } from './readme.ts';

const { scripts } = z
  .looseObject({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(textOf('package.json')));

/** The words after these two begin a command line of ours. */
const ways = ['npx refund-worker', 'node dist/src/cli/main.js'];

describe.each(pages)('%s', (page) => {
  const commands = commandsOf(page);

  test('names only commands and options that the program takes', () => {
    const ours = commands.flatMap(ownWords);
    expect(ours.length).toBeGreaterThan(15);
    const refused = ours
      .map((words) => [words.join(' '), whyRefused(words)])
      .filter(([, why]) => why !== null);
    expect(refused).toEqual([]);
  });

  test('names in its sentences, too, only commands, and only options of replay, that exist', () => {
    const spans = [
      ...textOf(page).matchAll(/`((?:npx refund-worker|node dist\/src\/cli\/main\.js) [^`]+)`/g),
    ];
    const options = [...textOf(page).matchAll(/`(--[a-z-]+)`/g)].map(([, option = '']) => option);
    expect(options.length).toBeGreaterThan(3);
    const named = [
      ...spans.flatMap(([, span = '']) => ownWords(span.split(' '))),
      ...options.map((option) => ['dead-letters', 'replay', 'REFUND_ID', option, '1']),
    ];
    const refused = named.map(whyRefused).filter((why) => why !== null && !why.includes('takes no 1'));
    expect(refused).toEqual([]);
  });

  test('names only npm scripts, tools and services that exist', () => {
    for (const words of commands) {
      const [program, first, second] = words;
      if (program === 'npm' && first === 'run') expect(scripts).toHaveProperty([second ?? '']);
      if (program === 'npx' && first === 'tsx') expect(existsSync(join(root, second ?? ''))).toBe(true);
      if (program === 'docker' && second === 'exec') expect(services).toHaveProperty([words[3] ?? '']);
    }
  });

  test('names only files and folders that exist', () => {
    const linked = [...textOf(page).matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => path);
    const named = [...textOf(page).matchAll(/`((?:src|test|tools|docs|samples|simulator)(?:\/[\w./-]+)?)`/g)];
    const paths = [...linked, ...named.map(([, path = '']) => path)];
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('names only variables that exist', () => {
    const named = [...textOf(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name = '']) => name);
    const known = { ...variables, ...composeVariables, NODE_EXTRA_CA_CERTS: 'read by Node itself' };
    const strangers = named.filter((name) => !Object.hasOwn(known, name) && !name.startsWith('RC_'));
    expect(strangers).toEqual([]);
  });

  test('shows the producer as the example that is run by the tests', () => {
    const blocks = blocksOf(page).filter(({ language }) => language === 'ts');
    expect(blocks.map(({ text }) => text)).toEqual([textOf('test/packaging/producer-example.ts')]);
  });

  test('makes a .env that its owner alone can read', () => {
    const line = blocksOf(page).find(({ text }) => text.includes('.env.example'))?.text ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'readme-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    copyFileSync(join(root, '.env.example'), join(folder, '.env.example'));
    chmodSync(join(folder, '.env.example'), 0o664);
    execFileSync('sh', ['-c', `umask 002; ${line}`], { cwd: folder });
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(textOf('.env.example'));
  });

  test('leaves making a password hash to the command', () => {
    const scripts = blocksOf(page).filter(({ text }) => /scrypt|node -e/.test(text));
    expect(scripts).toEqual([]);
    expect(commands.flatMap(ownWords)).toContainEqual(['operator', 'add', 'minji', '--role', 'reviewer']);
  });

  test('has a fresh table of variables (npm run docs)', () => {
    expect(stalePages().map(({ path }) => path)).not.toContain(page);
  });
});

test('both languages show the same code and the same headings', () => {
  const [english, korean] = pages;
  expect(blocksOf(korean)).toEqual(blocksOf(english));
  const depths = (page: string) => [...textOf(page).matchAll(/^(#+) /gm)].map(([, marks]) => marks);
  expect(depths(korean)).toEqual(depths(english));
  const rows = (page: string) =>
    textOf(page)
      .split('\n')
      .filter((line) => line.startsWith('| ')).length;
  expect(rows(korean)).toBe(rows(english));
});

/** What follows the program's name; empty where the command is another program's. */
function ownWords(words: readonly string[]): string[][] {
  const line = words.join('\u0000');
  return ways.flatMap((way) => {
    const at = line.indexOf(way.replaceAll(' ', '\u0000'));
    return at === -1 ? [] : [line.slice(at + way.length + 1).split('\u0000')];
  });
}
