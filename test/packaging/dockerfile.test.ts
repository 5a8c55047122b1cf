// The image without Docker: what its stages hold, who runs it, and that its health check tells well from ill.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { variables } from '../../src/config/variables.ts';
import { whyRefused } from './command-line.ts';
import { copiesOf, execForm, lastOf, readDockerfile, restsOf, type Stage } from './dockerfile.ts';
import { root, textOf } from './project.ts';

const stages = readDockerfile();
const build = stageOf('build');
const runtime = stageOf('runtime');

test('it builds in one stage and runs in another, both on the major of .nvmrc', () => {
  expect(stages.map(({ name }) => name)).toEqual(['build', 'runtime']);
  const major = textOf('.nvmrc').trim();
  expect(stages.map(({ image }) => image)).toEqual(Array(2).fill(`node:${major}-bookworm-slim`));
});

test('the stage that runs installs no development tool and runs no install script', () => {
  const installs = restsOf(runtime, 'RUN').filter((run) => run.includes('npm'));
  expect(installs.length).toBeGreaterThan(0);
  for (const run of installs) expect(run).toMatch(/^npm ci --omit=dev --ignore-scripts( |$)/);
  expect(copiesOf(runtime).filter(({ from }) => from !== null)).toEqual([
    { from: 'build', sources: ['/app/dist'] },
  ]);
});

test('the stage that builds runs the build of package.json', () => {
  const scripts = z.looseObject({ scripts: z.record(z.string(), z.string()) }).parse(packageJson()).scripts;
  const runs = restsOf(build, 'RUN').map((run) => run.replace(/^npm run /, ''));
  expect(runs).toEqual(['npm ci --ignore-scripts', 'build']);
  const [, assets = ''] = /node (tools\/\S+)/.exec(scripts['build'] ?? '') ?? [];
  const sources = copiesOf(build).flatMap((copy) => copy.sources);
  expect(sources).toEqual(expect.arrayContaining(['tsconfig.build.json', 'tsconfig.json', assets]));
});

describe.each(stages)('what $name copies', (stage) => {
  const sources = copiesOf(stage)
    .filter(({ from }) => from === null)
    .flatMap((copy) => copy.sources);

  test('exists', () => {
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  });

  test('is let in by .dockerignore', () => {
    expect(sources.filter((source) => !letIn().includes(source))).toEqual([]);
  });
});

test('.dockerignore keeps everything else outside, secrets and history first', () => {
  expect(textOf('.dockerignore').split('\n').find(isPattern)).toBe('*');
  const wanted = stages.flatMap(copiesOf).filter(({ from }) => from === null);
  expect(letIn().sort()).toEqual([...new Set(wanted.flatMap(({ sources }) => sources))].sort());
});

test('it runs as node, not as root, with NODE_ENV=production', () => {
  expect(lastOf(runtime, 'USER')).toBe('node');
  expect(restsOf(runtime, 'ENV')).toEqual(['NODE_ENV=production']);
});

test('node is the process that gets SIGTERM, and it runs what package.json calls refund-worker', () => {
  const { bin } = z.looseObject({ bin: z.record(z.string(), z.string()) }).parse(packageJson());
  expect(execForm(lastOf(runtime, 'ENTRYPOINT'))).toEqual(['node', bin['refund-worker']]);
  expect(whyRefused(execForm(lastOf(runtime, 'CMD')))).toBeNull();
});

test('the port it exposes is the default one', () => {
  expect(lastOf(runtime, 'EXPOSE')).toBe(variables.HTTP_PORT.default);
});

describe('the health check', () => {
  const { rest: check = '' } =
    /^(?:--\w+(?:-\w+)*=\S+ )+CMD (?<rest>.*)$/.exec(lastOf(runtime, 'HEALTHCHECK'))?.groups ?? {};

  test.each([
    ['well', 200, 0],
    ['not ready', 503, 1],
  ])('a server that is %s ends it with the right code', async (_, status, code) => {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    // A server that listens has an address; a pipe would be text.
    const { port } = server.address() as AddressInfo;
    expect(await exitOf(execForm(check), port)).toBe(code);
    expect(asked).toEqual(['/healthz']);
  });

  test('a server that does not answer is not healthy', async () => {
    // The discard port: nothing listens there.
    expect(await exitOf(execForm(check), 9)).toBe(1);
  });
});

async function exitOf([, ...words]: readonly string[], port: number): Promise<unknown> {
  const child = spawn(process.execPath, words, {
    stdio: 'ignore',
    env: { ...process.env, HTTP_PORT: String(port) },
  });
  const [code] = await once(child, 'exit');
  return code;
}

function stageOf(name: string): Stage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (stage === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return stage;
}

function letIn(): string[] {
  const lines = textOf('.dockerignore').split('\n').filter(isPattern);
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
}

function isPattern(line: string): boolean {
  return line !== '' && !line.startsWith('#');
}

function packageJson(): unknown {
  return JSON.parse(textOf('package.json'));
}
