// `operator add`: from a password typed twice to an entry that OPERATORS takes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { verifyPassword } from '../../src/server/password.ts';
import { cliHere } from './support.ts';

const add = ['operator', 'add', 'minji', '--role', 'reviewer'];

const production = {
  NODE_ENV: 'production',
  REDIS_URL: 'redis://redis',
  BOOTPAY_CLIENT_KEY: 'client',
  BOOTPAY_SECRET_KEY: 'secret',
};

describe('from a pipe', () => {
  test.each([
    'correct horse\ncorrect horse\n',
    'correct horse\r\ncorrect horse',
    'correct horse\ncorrect horse\nmore\n',
  ])('two equal lines make an entry that production takes: %j', async (input) => {
    const { code, stdout, stderr } = await cliHere(add, { input });
    expect(code).toBe(0);
    const entry: { name: string; role: string; password: string } = JSON.parse(stdout);
    expect(entry).toMatchObject({ name: 'minji', role: 'reviewer' });
    const { operators } = loadConfig({ ...production, OPERATORS: `[${stdout.trim()}]` });
    expect(operators).toEqual([entry]);
    expect(await verifyPassword('correct horse', entry.password)).toBe(true);
    expect(stderr).toMatch(/OPERATORS in \.env.*\.env의 OPERATORS/s);
    expect(stdout + stderr).not.toContain('correct horse');
  });

  test('blanks at the ends belong to the password', async () => {
    const { stdout } = await cliHere(add, { input: ' correct horse \n correct horse \n' });
    const { password }: { password: string } = JSON.parse(stdout);
    expect(await verifyPassword(' correct horse ', password)).toBe(true);
  });

  test('a password in Hangul counts its syllables, however they are typed', async () => {
    const short = '비밀번호열두글자가아님'.normalize('NFD');
    expect(await cliHere(add, { input: `${short}\n${short}\n` })).toMatchObject({ code: 1, stdout: '' });
    const long = '비밀번호는열두글자이상이다'.normalize('NFC');
    expect(await cliHere(add, { input: `${long}\n${long}\n` })).toMatchObject({ code: 0 });
  });

  test.each([
    ['one line', 'correct horse\n', /twice.*두 번/],
    ['nothing', '', /twice.*두 번/],
    ['two that differ', 'correct horse\ncorrect horsf\n', /differ.*달라요/],
    ['a short one', 'eleven char\neleven char\n', /at least 12 characters.*12자 이상/],
    ['an endless one', `${'x'.repeat(1_025)}\n`.repeat(2), /at most 1024 characters.*1024자 이하/],
  ])('%s is refused in both languages', async (_what, input, said) => {
    const { code, stdout, stderr } = await cliHere(add, { input });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
  });
});

test.each([
  ['operator', 'add', 'minji'],
  ['operator', 'add', 'minji', '--role', 'admin'],
  ['operator', 'add', 'a:b', '--role', 'viewer'],
  ['operator', 'add', '--role', 'viewer'],
  ['operator', 'add', 'minji', '--role', 'viewer', '--password', 'x'],
])('a wrong name or role is refused before the password is read: %s %s %s', async (...words) => {
  expect(await cliHere(words, { input: 'correct horse\ncorrect horse\n' })).toMatchObject({
    code: 2,
    stdout: '',
  });
});

describe.runIf(existsSync('/usr/bin/script'))('on a terminal', () => {
  /** Everything that the terminal shows, echo included. */
  function terminal() {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const line = [process.execPath, '--import', import.meta.resolve('tsx'), main, ...add].join(' ');
    const child = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    const after = async (text: string, keys: string) => {
      await expect.poll(() => shown, { timeout: 15_000 }).toContain(text);
      child.stdin.write(keys);
    };
    return { child, after, shown: () => shown };
  }

  test('what is typed is not shown, and backspace works', async () => {
    const { child, after, shown } = terminal();
    await after('Password', 'correct horsf\u007fe\r');
    await after('Again', 'correct horse\r');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(shown()).not.toContain('horse');
    expect(shown()).not.toContain('horsf');
    const { password } = JSON.parse(/\{.*\}/.exec(shown())?.[0] ?? '{}');
    expect(await verifyPassword('correct horse', String(password))).toBe(true);
  });

  test('Ctrl-C ends it with 130, and nothing was shown', async () => {
    const { child, after, shown } = terminal();
    await after('Password', 'correct\u0003');
    const [code] = await once(child, 'exit');
    expect(code).toBe(130);
    expect(shown()).not.toContain('correct');
  });
});
