// The .env file of the working folder.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oddEnvFile, readEnvFile, withEnvFile } from '../../src/config/env-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder without a .env file adds nothing', () => {
  expect(readEnvFile(folder)).toEqual({});
});

test('a .env file is read with comments, quotes and empty values', () => {
  writeFileSync(join(folder, '.env'), '# keys\nREDIS_PREFIX="{a}"\nHTTP_PORT=81 # here\nLOG_LEVEL=\n');
  expect(readEnvFile(folder)).toEqual({ REDIS_PREFIX: '{a}', HTTP_PORT: '81', LOG_LEVEL: '' });
});

test('the environment wins over the file, also when it switches a variable off', () => {
  writeFileSync(join(folder, '.env'), 'HTTP_PORT=81\nINGEST_TOKEN=file\nLOG_LEVEL=warn\n');
  expect(withEnvFile(folder, { HTTP_PORT: '82', INGEST_TOKEN: '' })).toEqual({
    HTTP_PORT: '82',
    INGEST_TOKEN: '',
    LOG_LEVEL: 'warn',
  });
});

test.each([0o620, 0o602, 0o666])('a .env of mode %o, which others can write, is refused', (mode) => {
  const path = join(folder, '.env');
  writeFileSync(path, 'BOOTPAY_BASE_URL=https://elsewhere.example\n');
  chmodSync(path, mode);
  expect(() => readEnvFile(folder)).toThrow(`chmod 600 ${path}`);
  chmodSync(path, 0o644);
  expect(readEnvFile(folder)).toHaveProperty('BOOTPAY_BASE_URL');
});

test.each([0o777, 0o707])(
  'a .env in a folder of mode %o, where others can replace it, is refused',
  (mode) => {
    writeFileSync(join(folder, '.env'), 'HTTP_PORT=81\n');
    chmodSync(folder, mode);
    expect(() => readEnvFile(folder)).toThrow(`chmod o-w ${folder}`);
    chmodSync(folder, 0o1777);
    expect(readEnvFile(folder)).toEqual({ HTTP_PORT: '81' });
  },
);

test.runIf(process.geteuid?.() === 0)(
  'a .env may belong to the owner of its folder, and to no other user',
  () => {
    const path = join(folder, '.env');
    writeFileSync(path, 'HTTP_PORT=81\n');
    chownSync(path, 65_534, 65_534);
    expect(() => readEnvFile(folder)).toThrow(/uid 65534.*chown/);
    chownSync(folder, 65_534, 65_534);
    expect(readEnvFile(folder)).toEqual({ HTTP_PORT: '81' });
  },
);

test('a .env that cannot be read is a problem of the configuration', () => {
  mkdirSync(join(folder, '.env'));
  expect(() => readEnvFile(folder)).toThrow(/\.env: expected a readable file .*EISDIR/);
});

test('a byte order mark before the first variable is no part of its name', () => {
  writeFileSync(join(folder, '.env'), '\ufeffHTTP_PORT=81\n');
  expect(readEnvFile(folder)).toEqual({ HTTP_PORT: '81' });
});

test.each(['utf16le', 'utf16be'])('a file in %s is refused by name', (encoding) => {
  const bytes = Buffer.from('\ufeffHTTP_PORT=81\n', 'utf16le');
  writeFileSync(join(folder, '.env'), encoding === 'utf16be' ? bytes.swap16() : bytes);
  expect(() => readEnvFile(folder)).toThrow(/\.env: expected a text file in UTF-8 .*UTF-16/);
});

test.each([
  ['HTTP_PORT=81\n', false],
  ['# only a comment\n\n', false],
  ['', false],
  ['PORT=81\nDATABASE_URL=x\n', true],
  ['http_port=81\n', true],
  ['HTTP_PORT: 81\n', true],
])('%j is a file without a variable of ours: %s', (text, odd) => {
  writeFileSync(join(folder, '.env'), text);
  expect(oddEnvFile(folder) !== null).toBe(odd);
});
