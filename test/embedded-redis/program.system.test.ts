// Where a Redis comes from on a machine that has none.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/domain/errors.ts';
import { launchRedis } from '../../src/embedded-redis/launcher.ts';
import { findProgram } from '../../src/embedded-redis/program.ts';
import { useFolder } from '../support/redis.ts';

const root = useFolder();
let count = 0;
let searchPath = '';
let folder = '';
beforeEach(() => {
  count += 1;
  searchPath = join(root(), `bin-${count}`);
  folder = join(root(), `redis-${count}`);
  mkdirSync(searchPath);
});

/** A program on the PATH of the test. */
function program(name: string, script: string): void {
  writeFileSync(join(searchPath, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(searchPath, name), 0o755);
}

const unpacks = `
root="$3"
/bin/mkdir -p "$root/usr/bin" "$root/usr/lib/x86_64-linux-gnu"
echo '#!/bin/sh
echo "Redis server v=7.0.15 libraries=$LD_LIBRARY_PATH"' > "$root/usr/bin/redis-server"
/bin/chmod +x "$root/usr/bin/redis-server"`;

describe('a server on the PATH', () => {
  test('is taken when it is new enough', async () => {
    program('redis-server', 'echo "Redis server v=7.2.4 sha=0"');
    expect(await findProgram({ folder, searchPath })).toEqual({
      command: 'redis-server',
      env: { PATH: searchPath },
    });
  });

  test('may be Valkey', async () => {
    program('redis-server', 'echo "Redis server v=5.0.7 sha=0"');
    program('valkey-server', 'echo "Valkey server v=8.0.1 sha=0"');
    expect((await findProgram({ folder, searchPath })).command).toBe('valkey-server');
  });
});

describe('without one', () => {
  test('the packages are unpacked into the folder, once, and found there afterwards', async () => {
    program('apt-get', `echo "$@" >> ${root()}/apt-${count}.log; echo x > redis-server_7.deb`);
    program('dpkg-deb', unpacks);
    const expected = {
      command: join(folder, 'usr/bin/redis-server'),
      env: { LD_LIBRARY_PATH: join(folder, 'usr/lib/x86_64-linux-gnu') },
    };
    expect(await findProgram({ folder, searchPath })).toEqual(expected);
    expect(await findProgram({ folder, searchPath })).toEqual(expected);
    const calls = readFileSync(`${root()}/apt-${count}.log`, 'utf8').trim().split('\n');
    expect(calls).toEqual([
      '-o APT::Sandbox::User=root download redis-server redis-tools libatomic1 libjemalloc2 liblzf1',
    ]);
    expect(existsSync(`${folder}.new`)).toBe(false);
  });

  test('and without package lists, lists of our own are fetched, which needs no root', async () => {
    const log = `${root()}/apt-${count}.log`;
    program(
      'apt-get',
      `echo "$@" >> ${log}; case "$*" in *Dir::State::lists=*) echo x > a.deb;; *) exit 100;; esac`,
    );
    program('dpkg-deb', unpacks);
    await findProgram({ folder, searchPath });
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    expect(calls).toHaveLength(3);
    expect(calls[1]).toMatch(/Dir::State::lists=.*redis-\d+\.new\/lists .*update$/);
  });

  test.each([
    ['nothing is there at all', []],
    ['the download fails', [['apt-get', 'echo "no network" >&2; exit 100']]],
    [
      'the packages are broken',
      [
        ['apt-get', 'echo x > a.deb'],
        ['dpkg-deb', 'exit 2'],
      ],
    ],
    [
      'what was unpacked does not run',
      [
        ['apt-get', 'echo x > a.deb'],
        ['dpkg-deb', `${unpacks}\necho exit 127 > "$3/usr/bin/redis-server"`],
      ],
    ],
  ])('three ways out are named in both languages when %s', async (_why, programs: string[][]) => {
    for (const [name = '', script = ''] of programs) program(name, script);
    const error: unknown = await findProgram({ folder, searchPath }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    if (!(error instanceof ConfigError)) return;
    expect(error.problems).toHaveLength(2);
    for (const problem of error.problems) {
      expect(problem).toMatch(/apt-get install redis-server/);
      expect(problem).toMatch(/docker run -d -p 127\.0\.0\.1:6379:6379 .*--requirepass PASSWORD/);
      expect(problem).toMatch(/REDIS_URL/);
    }
    expect(error.problems[1]).toMatch(/해결 방법 세 가지/);
    expect(existsSync(`${folder}.new`)).toBe(false);
  });
});

const canDownload = existsSync('/usr/bin/apt-get') && (await reaches('deb.debian.org'));

test.runIf(canDownload)(
  'the real packages of this machine run from a folder, with nothing installed on the PATH',
  async () => {
    for (const name of ['apt-get', 'dpkg-deb', 'dpkg', 'tar', 'sh', 'rm'])
      symlinkSync(`/usr/bin/${name}`, join(searchPath, name));
    const redis = await launchRedis({ folder, searchPath, appendfsync: 'no' });
    expect(readdirSync(folder).sort()).toEqual(['data', 'redis', 'redis.json', 'redis.log']);
    expect(readFileSync(`/proc/${redis.pid}/cmdline`, 'utf8')).toContain(
      join(folder, 'redis/usr/bin/redis-server'),
    );
    await redis.stop();
  },
);

function reaches(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 80, timeout: 2000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
