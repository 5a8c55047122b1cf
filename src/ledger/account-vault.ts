// Refund accounts at rest: AES-256-GCM with key ids for rotation, and an HMAC to tell two accounts apart.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { KeyName } from '../domain/data-keys.ts';
import { InvariantError } from '../domain/errors.ts';
import type { DataKey, RefundAccount } from '../domain/event.ts';
import type { RefundId } from '../domain/ids.ts';

export interface AccountVault {
  /** Of its keys, the one that seals first. */
  readonly names: readonly KeyName[];
  seal(account: RefundAccount, refundId: RefundId): string;
  /** A string: the id of the key that sealed it, which is not among these. */
  open(sealed: string, refundId: RefundId): RefundAccount | string;
  /** One mac per key, the writing key's first, so that an account is still recognised after a rotation; [''] for none. */
  macs(account: RefundAccount | undefined): readonly string[];
}

export function createAccountVault(dataKeys: readonly DataKey[]): AccountVault {
  const [writing] = dataKeys;
  const macKeys = new Map(dataKeys.map(({ id, key }) => [id, derive(key, 'mac')]));

  function macWith(id: string, account: RefundAccount): string {
    const macKey = macKeys.get(id);
    if (macKey === undefined) throw new InvariantError('no such data key');
    return `${id}:${createHmac('sha256', macKey).update(plain(account)).digest('base64url')}`;
  }

  return {
    names: dataKeys.map(({ id, key }) => ({ id, print: printOf(key) })),
    seal(account, refundId) {
      if (writing === undefined) throw new InvariantError('no data key to seal with');
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', derive(writing.key, 'seal'), nonce).setAAD(
        Buffer.from(refundId),
      );
      const text = Buffer.concat([cipher.update(plain(account), 'utf8'), cipher.final()]);
      const sealed = Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
      return `1:${writing.id}:${sealed}`;
    },
    open(sealed, refundId) {
      const [version, id, text] = sealed.split(':');
      const found = dataKeys.find((candidate) => candidate.id === id);
      const opened =
        version === '1' && found !== undefined && text !== undefined
          ? unsealed(found.key, text, refundId)
          : null;
      if (opened === null) return id ?? '';
      const [bank_account, bank_username, bank_code]: unknown[] = JSON.parse(opened);
      return sealedAccountSchema.parse({ bank_account, bank_username, bank_code });
    },
    macs: (account) => (account === undefined ? [''] : dataKeys.map(({ id }) => macWith(id, account))),
  };
}

/** Opens and seals nothing. */
export const noKeys = createAccountVault([]);

/** null: another key of the same id sealed it. */
function unsealed(key: Uint8Array, text: string, refundId: RefundId): string | null {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', derive(key, 'seal'), bytes.subarray(0, 12))
      .setAAD(Buffer.from(refundId))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** Tells keys apart and says nothing of them. */
function printOf(key: Uint8Array): string {
  return Buffer.from(derive(key, 'print').subarray(0, 6)).toString('hex');
}

/** Looser than what is taken: an account that was sealed under older rules is read as well. */
const sealedAccountSchema = z.strictObject({
  bank_account: z.string().transform((account) => account.replaceAll(/[ -]/g, '')),
  bank_username: z.string(),
  bank_code: z.string(),
});

function plain(account: RefundAccount): string {
  return JSON.stringify([account.bank_account, account.bank_username, account.bank_code]);
}

function derive(key: Uint8Array, use: 'seal' | 'mac' | 'print'): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), `refund-account/${use}`, 32));
}
