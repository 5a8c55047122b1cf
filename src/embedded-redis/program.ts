// Finds a Redis to run: on the PATH, unpacked earlier, or unpacked now from Debian's packages without root.
import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError, codeOf, messageOf } from '../domain/errors.ts';

export interface Program {
  readonly command: string;
  /** undefined: our own environment. */
  readonly env: NodeJS.ProcessEnv | undefined;
}

interface ProgramSearch {
  /** Where the unpacked packages are or go. */
  readonly folder: string;
  /** Instead of our own PATH; tests hide the installed Redis with it. */
  readonly searchPath?: string | undefined;
}

const names = ['redis-server', 'valkey-server'];
/** What redis-server needs beyond a minimal Debian; it is itself a link into redis-tools. */
const packages = ['redis-server', 'redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1'];
const oldestVersion = 6.2;
const run = promisify(execFile);

/** @throws ConfigError that names the three ways out, in both languages. */
export async function findProgram(search: ProgramSearch): Promise<Program> {
  const env = search.searchPath === undefined ? undefined : { PATH: search.searchPath };
  for (const command of names) {
    const program = { command, env };
    if ((await whyUnusable(program)) === null) return program;
  }
  const unpacked = await unpackedProgram(search.folder);
  if (unpacked !== null && (await whyUnusable(unpacked)) === null) return unpacked;
  return unpack(search.folder, env);
}

async function unpack(folder: string, env: NodeJS.ProcessEnv | undefined): Promise<Program> {
  try {
    await unpackPackages(folder, env);
    const program = await unpackedProgram(folder);
    const reason = program === null ? 'the packages hold no redis-server' : await whyUnusable(program);
    if (program === null || reason !== null) throw new Error(reason ?? '');
    return program;
  } catch (error) {
    throw noRedis(messageOf(error));
  }
}

/** Downloads next to the target and renames at the end, so that a broken download leaves nothing that looks whole. */
async function unpackPackages(folder: string, env: NodeJS.ProcessEnv | undefined): Promise<void> {
  const work = `${folder}.new`;
  try {
    await mkdir(join(work, 'packages'), { recursive: true });
    await download(work, env);
    const files = await readdir(join(work, 'packages'));
    for (const file of files.filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', join(work, 'packages', file), join(work, 'root')], { env });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, 'root'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** With the machine's package lists; where it has none (slim images), with lists of our own, which need no root. */
async function download(work: string, env: NodeJS.ProcessEnv | undefined): Promise<void> {
  const at = { cwd: join(work, 'packages'), env };
  const own = ['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
  // The unprivileged user apt switches to when run by root may not enter our private folder.
  const asWeAre = ['-o', 'APT::Sandbox::User=root'];
  try {
    await run('apt-get', [...asWeAre, 'download', ...packages], at);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error;
    await mkdir(join(work, 'lists', 'partial'), { recursive: true });
    await mkdir(join(work, 'cache', 'archives', 'partial'), { recursive: true });
    await run('apt-get', [...asWeAre, ...own, 'update'], at);
    await run('apt-get', [...asWeAre, ...own, 'download', ...packages], at);
  }
}

async function unpackedProgram(folder: string): Promise<Program | null> {
  const libraries = join(folder, 'usr', 'lib');
  const entries = await readdir(libraries).catch(() => []);
  const paths = entries.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(libraries, name));
  if (paths.length === 0) return null;
  return { command: join(folder, 'usr', 'bin', 'redis-server'), env: { LD_LIBRARY_PATH: paths.join(':') } };
}

/** null: it runs and is new enough. */
async function whyUnusable({ command, env }: Program): Promise<string | null> {
  try {
    const { stdout } = await run(command, ['--version'], { env });
    const version = Number(/v=(\d+\.\d+)/.exec(stdout)?.[1] ?? Number.NaN);
    return version >= oldestVersion ? null : `${command} is too old: ${stdout.trim()}`;
  } catch (error) {
    return messageOf(error);
  }
}

function noRedis(reason: string): ConfigError {
  const why = reason.trim().split('\n').slice(0, 3).join(' / ');
  return new ConfigError([
    `No Redis to run: no redis-server or valkey-server (6.2 or newer) on the PATH, and unpacking Debian's packages failed (${why}). Three ways out: install redis-server (apt-get install redis-server, brew install redis); or start one with Docker (docker run -d -p 127.0.0.1:6379:6379 valkey/valkey:8.1 valkey-server --appendonly yes --requirepass PASSWORD) and set REDIS_URL=redis://:PASSWORD@127.0.0.1:6379; or set REDIS_URL to a Redis that runs elsewhere.`,
    `실행할 Redis가 없습니다. PATH에 6.2 이상의 redis-server나 valkey-server가 없고 데비안 패키지를 풀지도 못했습니다. 해결 방법 세 가지: redis-server를 설치하거나 (apt-get install redis-server, brew install redis), Docker로 띄우고 (docker run -d -p 127.0.0.1:6379:6379 valkey/valkey:8.1 valkey-server --appendonly yes --requirepass PASSWORD) REDIS_URL=redis://:PASSWORD@127.0.0.1:6379 를 지정하거나, 다른 곳에서 실행 중인 Redis 주소를 REDIS_URL에 지정하세요.`,
  ]);
}
