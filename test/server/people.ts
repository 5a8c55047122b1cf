// The people and programs of the server's tests: a token, a secret, a viewer and an operator with cheap hashes.
import { hashPassword } from '../../src/server/password.ts';
import { basic, bearer } from './support.ts';

const cheap = { n: 16, r: 1, p: 1 };

export const token = 'ingest-token-of-the-shop';
export const secret = `whsec_${Buffer.from('a secret of 32 bytes, or longer..').toString('base64')}`;
export const secretKey = Buffer.from('a secret of 32 bytes, or longer..');

export const viewer = basic('보기', 'look only');
export const operator = basic('김운영', 'act: 처리');
export const orderService = bearer(token);

export async function operatorsEnv(): Promise<{ OPERATORS: string }> {
  const people = [
    { name: '보기', role: 'viewer', password: await hashPassword('look only', cheap) },
    { name: '김운영', role: 'reviewer', password: await hashPassword('act: 처리', cheap) },
    { name: '이운영', role: 'reviewer', password: await hashPassword('other', cheap) },
  ];
  return { OPERATORS: JSON.stringify(people) };
}
