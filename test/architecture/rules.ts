// The lines of the style guide as rules: each finds what crosses it, and brings an example that does.
import { mayImport, partOf } from './layers.ts';
import type { Import, SourceFile } from './source.ts';

export interface Rule {
  readonly name: string;
  /** One line for each crossing. */
  readonly crossings: (files: readonly SourceFile[]) => string[];
  /** Files that cross this line, path to code: proves that the rule can find something. */
  readonly bad: Readonly<Record<string, string>>;
  /** How many crossings `bad` has. */
  readonly badCount: number;
  /** Files that look alike and are fine. */
  readonly good?: Readonly<Record<string, string>>;
}

export const rules: readonly Rule[] = [
  {
    name: 'imports point downwards, and siblings do not know each other',
    crossings: eachImport(
      (file, { to, kind, typeOnly }) => kind === 'file' && !mayImport(file.path, to, typeOnly),
    ),
    bad: {
      'src/domain/a.ts': "import { x } from '../policies/x.ts';",
      'src/policies/b.ts': "export { x } from '../queue/x.ts';",
      'src/worker/c.ts': "import type { x } from '../ledger/x.ts';",
      'src/ledger/d.ts': "import { logger } from '../platform/logger.ts';",
      'src/bootpay/e.ts': "import type { Logger } from '../platform/logger.ts';",
      'src/config/f.ts': "import { x } from '../policies/x.ts';",
      'src/platform/g.ts': "type X = import('../config/config.ts').Config;",
      'src/server/h.ts': "await import('../cli/main.ts');",
      'src/compose.ts': "import { x } from './server/x.ts';",
      'src/producer/enqueue.ts': "import { x } from '../ledger/x.ts';",
      'src/producer/index.ts': "import { x } from '../platform/logger.ts';",
      'src/nowhere/i.ts': "import { x } from '../domain/x.ts';",
      'src/cli/j.ts': "import { x } from '../../test/support/x.ts';",
    },
    badCount: 13,
    good: {
      'src/compose.ts': "import { x } from './worker/x.ts'; import { y } from '../simulator/index.ts';",
      'src/cli/main.ts': "import { x } from '../server/x.ts'; import { y } from '../compose.ts';",
      'src/worker/c.ts': "import { type Logger } from '../platform/logger.ts'; import { z } from './d.ts';",
      'src/producer/index.ts':
        "import { x } from '../ledger/x.ts'; import { y } from '../platform/data-key.ts';",
    },
  },
  {
    name: 'the simulator imports nothing of ours, and only cli and compose import it',
    crossings: eachImport(
      ({ path }, { to, kind }) =>
        kind === 'file' &&
        (partOf(path) === 'simulator'
          ? partOf(to) !== 'simulator'
          : partOf(to) === 'simulator' && !['cli', 'compose'].includes(partOf(path))),
    ),
    bad: {
      'simulator/a.ts': "import { x } from '../src/domain/x.ts';",
      'src/server/b.ts': "import { x } from '../../simulator/index.ts';",
    },
    badCount: 2,
  },
  {
    name: 'no file reaches itself through its imports',
    crossings: cycles,
    bad: {
      'src/queue/a.ts': "import { b } from './b.ts';",
      'src/queue/b.ts': "export * from './c.ts';",
      'src/queue/c.ts': "import { a } from './a.ts';",
      'src/queue/d.ts': "import { a } from './a.ts';",
    },
    badCount: 1,
  },
  {
    name: 'bullmq is known to the queue, two files of the worker, one of the dead letters and the board',
    crossings: bullmqCrossings,
    bad: {
      'src/ledger/a.ts': "import type { Job } from 'bullmq';",
      'src/worker/a.ts': "import { Worker } from 'bullmq';",
      'src/worker/b.ts': "import { WaitingError } from 'bullmq';",
      'src/worker/c.ts': "import { Job } from 'bullmq/dist/esm/classes/job.js';",
      'src/server/review.ts': "import { Queue } from 'bullmq';",
    },
    badCount: 3,
    good: {
      'src/queue/a.ts': "import { Queue } from 'bullmq';",
      'src/worker/a.ts': "import { Worker } from 'bullmq';",
      'src/dead-letter/store.ts': "import { Queue } from 'bullmq';",
      'src/server/board.ts': "import { Queue } from 'bullmq';",
    },
  },
  {
    name: 'undici is known to bootpay/http.ts only',
    crossings: onlyIn('undici', ['src/bootpay/http.ts']),
    bad: { 'src/bootpay/client.ts': "import { request } from 'undici';" },
    badCount: 1,
    good: { 'src/bootpay/http.ts': "import { request } from 'undici';" },
  },
  {
    name: 'pino is known to platform/logger.ts only',
    crossings: (files) =>
      ['pino', 'pino-pretty'].flatMap((name) => onlyIn(name, ['src/platform/logger.ts'])(files)),
    bad: {
      'src/server/a.ts': "import type { Logger } from 'pino';",
      'src/cli/b.ts': "import pretty from 'pino-pretty';",
    },
    badCount: 2,
  },
  {
    name: 'the domain knows zod and nothing else',
    crossings: eachImport(
      ({ path }, { to, kind }) => partOf(path) === 'domain' && kind !== 'file' && to !== 'zod',
    ),
    bad: {
      'src/domain/a.ts': "import { readFile } from 'node:fs/promises';",
      'src/domain/b.ts': "import { sha256 } from '@noble/hashes/sha2.js';",
    },
    badCount: 2,
  },
  {
    name: 'the policies know four pure libraries and no Node built-in',
    crossings: eachImport(
      ({ path }, { to, kind }) =>
        partOf(path) === 'policies' && kind !== 'file' && !pureLibraries.includes(packageOf(to)),
    ),
    bad: {
      'src/policies/a.ts': "import { createHash } from 'node:crypto';",
      'src/policies/b.ts': "import type { Job } from 'bullmq';",
      'src/policies/c.ts': "import { createHash } from 'crypto';",
    },
    badCount: 3,
    good: { 'src/policies/a.ts': "import { sha256 } from '@noble/hashes/sha2.js'; import { z } from 'zod';" },
  },
  {
    name: 'the environment is read by cli, config and compose only',
    crossings: (files) => [
      ...touching(['process.env'], ['cli', 'config', 'compose'])(files),
      ...eachImport(({ path }, { to }) => partOf(path) !== 'simulator' && /^(node:)?process$/.test(to))(
        files,
      ),
    ],
    bad: {
      'src/server/a.ts': 'const port = process.env.HTTP_PORT;',
      'src/platform/b.ts': "const path = globalThis.process['env']['PATH'];",
      'src/queue/c.ts': 'const { env } = process;',
      'src/worker/d.ts': "import { env } from 'node:process';",
    },
    badCount: 4,
    good: {
      'src/cli/main.ts': 'loadConfig(process.env); // process.env',
      'src/worker/a.ts': "log('process.env');",
    },
  },
  {
    name: 'time, chance and Redis come in from the edges',
    crossings: touching(
      ['Date.now', 'new Date()', 'Math.random', 'new Redis'],
      ['platform', 'compose', 'cli', 'src/queue/connection.ts'],
    ),
    bad: {
      'src/worker/a.ts': 'const at = Date.now();',
      'src/policies/b.ts': 'export const now = Date.now;',
      'src/server/c.ts': 'const at = new Date();',
      'src/queue/d.ts': 'const jitter = Math.random();',
      'src/ledger/e.ts': 'const redis = new Redis(url);',
    },
    badCount: 5,
    good: {
      'src/queue/connection.ts': 'const redis = new Redis(url);',
      'src/platform/clock.ts': 'const at = Date.now();',
      'src/worker/a.ts': 'const at = new Date(ms); // Date.now()',
    },
  },
  {
    name: 'nothing is exported as default',
    crossings: (files) => files.filter(({ hasDefaultExport }) => hasDefaultExport).map(({ path }) => path),
    bad: {
      'src/cli/a.ts': 'export default function main() {}',
      'simulator/b.ts': 'const x = 1; export { x as default };',
    },
    badCount: 2,
  },
];

const pureLibraries = ['zod', '@noble/hashes', '@scure/base', 'date-holidays'];

function eachImport(crosses: (file: SourceFile, found: Import) => boolean): Rule['crossings'] {
  return (files) =>
    files.flatMap((file) =>
      file.imports.filter((found) => crosses(file, found)).map(({ to }) => `${file.path} imports ${to}`),
    );
}

function onlyIn(name: string, allowed: readonly string[]): Rule['crossings'] {
  return eachImport(({ path }, { to }) => packageOf(to) === name && !allowed.includes(path));
}

/** `allowed` holds parts and paths. The simulator has edges of its own. */
function touching(what: readonly string[], allowed: readonly string[]): Rule['crossings'] {
  return (files) =>
    files
      .filter(({ path }) => ![path, partOf(path)].some((name) => [...allowed, 'simulator'].includes(name)))
      .flatMap(({ path, touches }) =>
        touches.filter((touch) => what.includes(touch)).map((touch) => `${path} touches ${touch}`),
      );
}

/** Which files of the worker and the dead letters is theirs to choose; how many is not. */
function bullmqCrossings(files: readonly SourceFile[]): string[] {
  const knowing = files.filter(({ imports }) => imports.some(({ to }) => packageOf(to) === 'bullmq'));
  const of = (part: string) => knowing.filter(({ path }) => partOf(path) === part);
  const allowed = [
    ...of('queue'),
    ...of('worker').slice(0, 2),
    ...of('dead-letter').slice(0, 1),
    ...of('server')
      .filter(({ path }) => /\/[a-z-]*board[a-z-]*\.ts$/.test(path))
      .slice(0, 1),
  ];
  return knowing.filter((file) => !allowed.includes(file)).map(({ path }) => `${path} imports bullmq`);
}

function packageOf(name: string): string {
  const parts = name.split('/');
  return parts.slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

/** Each cycle once, as the way around it. Type imports count: a reader has to follow them as well. */
function cycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ kind }) => kind === 'file').map(({ to }) => to),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}
