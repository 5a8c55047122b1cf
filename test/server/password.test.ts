// Operators' passwords.
import { scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/server/password.ts';

const cheap = { n: 16, r: 1, p: 1 };

test('a password is told from another one', async () => {
  const stored = await hashPassword('correct horse');
  expect(stored).toMatch(/^scrypt\$16384\$8\$5\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
  expect(await verifyPassword('correct horse', stored)).toBe(true);
  expect(await verifyPassword('correct horsf', stored)).toBe(false);
  expect(await verifyPassword('', stored)).toBe(false);
});

test('the same password is stored differently each time', async () => {
  expect(await hashPassword('one', cheap)).not.toBe(await hashPassword('one', cheap));
});

test('a hash made elsewhere with the same parameters is understood', async () => {
  const salt = Buffer.from('some salt');
  const hash = scryptSync('pass', salt, 64, { N: 32, r: 2, p: 3 });
  const stored = `scrypt$32$2$3$${salt.toString('base64')}$${hash.toString('base64')}`;
  expect(await verifyPassword('pass', stored)).toBe(true);
});

test('a hash that would take too long to check is refused, even with the right password', async () => {
  const salt = Buffer.from('some salt');
  const stored = (p: number) =>
    `scrypt$2$1$${p}$${salt.toString('base64')}$${scryptSync('pass', salt, 32, { N: 2, r: 1, p }).toString('base64')}`;
  expect(await verifyPassword('pass', stored(16))).toBe(true);
  expect(await verifyPassword('pass', stored(17))).toBe(false);
});

test('composed and decomposed Hangul are the same password', async () => {
  const stored = await hashPassword('비밀번호'.normalize('NFC'), cheap);
  expect(await verifyPassword('비밀번호'.normalize('NFD'), stored)).toBe(true);
});

test('nobody gets in without a stored password', async () => {
  expect(await verifyPassword('anything', null)).toBe(false);
});

test.each([
  '',
  'plain',
  'scrypt$16$1$1$c2FsdA==',
  'scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAAAA==',
  'scrypt$16$1$1$c2FsdA==$',
  'scrypt$15$1$1$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA==',
  'scrypt$1048576$64$1$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA==',
  'scrypt$16$1$1000$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA==',
  'bcrypt$16$1$1$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA==',
  'scrypt$16$1$1$c2FsdA==$AAAAAAAAAAAAAAAAAAAAAA==$more',
])('a stored text that is broken or too costly lets nobody in: %s', async (stored) => {
  expect(await verifyPassword('anything', stored)).toBe(false);
});
