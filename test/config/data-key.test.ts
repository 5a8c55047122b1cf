// The key that is made where none is configured.
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { dataKeysFrom, localDataKey } from '../../src/config/data-key.ts';

let home = '';
let folder = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'data-key-'));
  folder = join(home, '.refund-worker');
});
afterEach(() => rmSync(home, { recursive: true }));

test('a key is made once, for its owner only, and found again', async () => {
  const made = await localDataKey(folder);
  expect(made.key).toHaveLength(32);
  expect(made.id).toMatch(/^local-[0-9a-f]{8}$/);
  expect(statSync(join(folder, 'data-key')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(await localDataKey(folder)).toEqual(made);
});

test('processes that come at the same time agree on one key', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => localDataKey(folder)));
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
  expect(readdirSync(folder)).toEqual(['data-key']);
});

test('the file can be moved into DATA_KEYS as it stands', async () => {
  const made = await localDataKey(folder);
  const text = readFileSync(join(folder, 'data-key'), 'utf8').trim();
  expect(loadConfig({ DATA_KEYS: text }).dataKeys).toEqual([made]);
});

test('a spoiled file is named and not overwritten', async () => {
  await localDataKey(folder);
  writeFileSync(join(folder, 'data-key'), 'spoiled');
  await expect(localDataKey(folder)).rejects.toThrow(/data-key: expected id:base64 of 32 bytes/);
  expect(readFileSync(join(folder, 'data-key'), 'utf8')).toBe('spoiled');
});

describe('what others can write is refused with the command to repair it:', () => {
  test.each([0o620, 0o602, 0o666, 0o660])('a key of mode %o', async (mode) => {
    await localDataKey(folder);
    const path = join(folder, 'data-key');
    chmodSync(path, mode);
    await expect(localDataKey(folder)).rejects.toThrow(
      new RegExp(`chmod 600 ${path}\n.*환불이 조작될 수 있습니다.*chmod 600 ${path}`),
    );
    chmodSync(path, 0o640);
    expect((await localDataKey(folder)).key).toHaveLength(32);
  });

  test.each([0o770, 0o707])('a folder of mode %o, and no key is made in it', async (mode) => {
    mkdirSync(folder);
    chmodSync(folder, mode);
    await expect(localDataKey(folder)).rejects.toThrow(`chmod -R go-rwx ${folder}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(process.geteuid?.() === 0)('a key of another user', async () => {
    await localDataKey(folder);
    chownSync(join(folder, 'data-key'), 65_534, 0);
    await expect(localDataKey(folder)).rejects.toThrow(/data-key: belongs to another user.*chown/);
  });

  test('a folder that others can replace, because all may write the one above it', async () => {
    await localDataKey(folder);
    chmodSync(home, 0o777);
    await expect(localDataKey(folder)).rejects.toThrow(`chmod o-w ${home}`);
    chmodSync(home, 0o1777);
    expect((await localDataKey(folder)).key).toHaveLength(32);
  });

  test('a path with a blank is a word of the command', async () => {
    const odd = join(home, "it's mine");
    mkdirSync(odd);
    chmodSync(odd, 0o777);
    await expect(localDataKey(odd)).rejects.toThrow(`chmod -R go-rwx '${home}/it'\\''s mine'`);
  });
});

test('configured keys win, and production makes none', async () => {
  const configured = [{ id: 'a', key: new Uint8Array(32) }];
  expect(await dataKeysFrom({ production: false, configured, folder }).toSeal()).toBe(configured);
  expect(await dataKeysFrom({ production: true, configured: [], folder }).toSeal()).toEqual([]);
  expect(readdirSync(home)).toEqual([]);
  expect(await dataKeysFrom({ production: false, configured: [], folder }).toSeal()).toHaveLength(1);
});

test('a key is made when the first account is sealed, and one that is put there later is found', async () => {
  const keys = dataKeysFrom({ production: false, configured: [], folder });
  expect(await keys.known()).toEqual([]);
  expect(readdirSync(home)).toEqual([]);
  const [made] = await keys.toSeal();
  expect(await keys.known()).toEqual([made]);
  const other = dataKeysFrom({ production: false, configured: [], folder: join(home, 'other') });
  expect(await other.known()).toEqual([]);
  cpSync(folder, join(home, 'other'), { recursive: true });
  expect(await other.known()).toEqual([made]);
  expect([keys.folder, null]).not.toContain(other.folder);
});

test.runIf(process.platform === 'linux')(
  'where no key can be made, that and the way out are said',
  async () => {
    await expect(localDataKey('/sys/.refund-worker')).rejects.toThrow(
      /no data key .* can be made here .*set DATA_KEYS/,
    );
  },
);
