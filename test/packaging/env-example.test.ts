// .env.example: what a first real run fills in.
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { variables } from '../../src/config/variables.ts';
import { composeVariables } from './compose-file.ts';
import { exampleEnvironment, textOf } from './project.ts';

const { on, offered } = exampleEnvironment();

test('it names only variables that exist', () => {
  const names = Object.keys({ ...on, ...offered });
  expect(names.length).toBeGreaterThan(8);
  const known = { ...variables, ...composeVariables };
  expect(names.filter((name) => !Object.hasOwn(known, name))).toEqual([]);
});

test('it offers what compose cannot do without', () => {
  expect(Object.keys(on)).toEqual(expect.arrayContaining(Object.keys(composeVariables)));
});

test('it holds no secret, and as it stands it is a valid configuration', () => {
  expect(Object.values(on).filter((value) => value !== '')).toEqual([]);
  expect(loadConfig(on).production).toBe(false);
});

test('the smallest real .env is the example with the two keys', () => {
  const config = loadConfig({ ...on, BOOTPAY_CLIENT_KEY: 'client', BOOTPAY_SECRET_KEY: 'secret' });
  expect(config.bootpay).toMatchObject({
    baseUrl: 'https://api.bootpay.co.kr/v2',
    credentials: { kind: 'basic' },
  });
});

test('a value with a dollar sign is in single quotes, which neither the program nor compose looks into', () => {
  const lines = textOf('.env.example').split('\n');
  const assignments = lines.filter((line) => /^(# )?[A-Z_]+=.*\$/.test(line));
  expect(assignments.length).toBeGreaterThan(0);
  for (const line of assignments) expect(line).toMatch(/^(# )?[A-Z_]+='[^']*'$/);
  const hash = `${'A'.repeat(22)}==$${'B'.repeat(43)}=`;
  const operators = offered['OPERATORS']?.replace('SALT$HASH', hash);
  const keys = { BOOTPAY_CLIENT_KEY: 'client', BOOTPAY_SECRET_KEY: 'secret', REDIS_URL: 'redis://localhost' };
  const config = loadConfig({ NODE_ENV: 'production', ...keys, OPERATORS: operators });
  expect(config.operators.map(({ name, role }) => [name, role])).toEqual([['minji', 'reviewer']]);
});

test('every variable is introduced in both languages', () => {
  const blocks = textOf('.env.example').split('\n\n');
  for (const block of blocks) {
    const said = block.split('\n').filter((line) => line.startsWith('#') && !/^# [A-Z_]+=|^# {3}/.test(line));
    expect(said.join(' ')).toMatch(/[가-힣]/);
    expect(said.join(' ')).toMatch(/[A-Za-z]{3,} [a-z]+/);
  }
});
