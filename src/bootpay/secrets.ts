// The merchant's credentials: the header made of them, and a fingerprint that gives nothing away.
import { createHash } from 'node:crypto';

export type BasicCredentials = {
  readonly kind: 'basic';
  readonly clientKey: string;
  readonly secretKey: string;
};
export type BearerCredentials = {
  readonly kind: 'bearer';
  readonly applicationId: string;
  readonly privateKey: string;
};
export type Credentials = BasicCredentials | BearerCredentials;

export function basicHeader(credentials: BasicCredentials): string {
  const pair = `${credentials.clientKey}:${credentials.secretKey}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Shows whether other credentials are in use. Cut to 64 bits: enough to differ, too little to check a guess surely. */
export function fingerprintOf(credentials: Credentials): string {
  const parts = JSON.stringify([credentials.kind, ...partsOf(credentials)]);
  return createHash('sha256').update(`bootpay-credentials\n${parts}`).digest('hex').slice(0, 16);
}

export function partsOf(credentials: Credentials): [id: string, secret: string] {
  return credentials.kind === 'basic'
    ? [credentials.clientKey, credentials.secretKey]
    : [credentials.applicationId, credentials.privateKey];
}
