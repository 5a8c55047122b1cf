// The image without Docker: each stage is put together from what the Dockerfile copies, and what it builds is run.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { useFolder } from '../support/redis.ts';
import { whyRefused } from './command-line.ts';
import { root, textOf } from './project.ts';

const folder = useFolder();
const [, build = '', runtime = ''] = textOf('Dockerfile').split(/^FROM /m);
/** Sources from the project and where they go, each as it stands behind COPY. */
const copiesOf = (stage: string) =>
  [...stage.matchAll(/^COPY (?!--from)(.+) (\S+)$/gm)].map(([, from = '', to = '']) => ({
    sources: from.split(' '),
    to,
  }));
/** The words of an exec form. */
const wordsOf = (instruction: string) => {
  const [, words = ''] = new RegExp(`${instruction}.*?(\\[.*\\])$`, 'm').exec(runtime) ?? [];
  return z.array(z.string()).min(1).parse(JSON.parse(words));
};

test('what is copied is enough to build the program and to run it', () => {
  for (const [name, stage] of Object.entries({ build, runtime })) {
    const at = join(folder(), name);
    mkdirSync(at);
    // Instead of `npm ci`.
    symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'));
    for (const { sources, to } of copiesOf(stage)) {
      for (const source of sources) {
        // A file goes into the folder, a folder's files do.
        const target = extname(source) === '' ? to : join(to, basename(source));
        cpSync(join(root, source), join(at, target), { recursive: true });
      }
    }
  }
  execFileSync('npm', ['run', 'build:program'], { cwd: join(folder(), 'build') });
  cpSync(join(folder(), 'build', 'dist'), join(folder(), 'runtime', 'dist'), { recursive: true });
  const [, ...entry] = wordsOf('^ENTRYPOINT');
  const run = (...words: string[]) =>
    execFileSync(process.execPath, [...entry, ...words], {
      cwd: join(folder(), 'runtime'),
      encoding: 'utf8',
    });
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')));
  expect(run('--version')).toBe(`${version}\n`);
  expect(whyRefused(wordsOf('^CMD'))).toBeNull();
});

test('.dockerignore lets in what is copied and nothing else, and the program is not run as root', () => {
  const lines = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const letIn = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const copied = [build, runtime].flatMap((stage) => copiesOf(stage).flatMap(({ sources }) => sources));
  expect(lines[0]).toBe('*');
  expect(letIn.sort()).toEqual([...new Set(copied)].sort());
  expect(runtime).toMatch(/^USER node$/m);
});

describe('the health check', () => {
  const check = async (port: number, name = 'HTTP_PORT') => {
    const [, ...words] = wordsOf('^  CMD');
    const env = { ...process.env, HTTP_PORT: '9', [name]: String(port) };
    const [code] = await once(spawn(process.execPath, words, { stdio: 'ignore', env }), 'exit');
    return code;
  };

  test.each([
    ['HTTP_PORT', 200, 0],
    ['HTTP_PORT', 503, 1],
    ['WORKER_HEALTH_PORT', 200, 0],
    ['WORKER_HEALTH_PORT', 503, 1],
  ])('of what answers %s with %i ends with %i', async (name, status, code) => {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    expect(await check(typeof address === 'object' ? (address?.port ?? 0) : 0, name)).toBe(code);
    expect(asked).toEqual(['/healthz']);
  });

  test('of what does not answer ends with 1', async () => {
    // The discard port: nothing listens there.
    expect(await check(9)).toBe(1);
    expect(await check(9, 'WORKER_HEALTH_PORT')).toBe(1);
  });
});
