// What the desk is given by the server that it is a part of.
import type { FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import type { Operator } from '../config/people-and-keys.ts';

export interface SignInAttempt {
  readonly name: string;
  readonly password: string;
  /** The client's, and what its failures are counted under. */
  readonly address: string;
  readonly countedAs: string;
}

export type SignInResult =
  | { readonly kind: 'operator'; readonly operator: Operator }
  | { readonly kind: 'wrong' }
  /** Not checked, because of failures from this address. */
  | { readonly kind: 'slowed'; readonly retryAfterSeconds: number }
  /** Not checked, because too many are being checked. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number };

export interface DeskDeps {
  readonly system: System;
  /** Slowed after failures, by address and by name. */
  readonly checkSignIn: (attempt: SignInAttempt) => Promise<SignInResult>;
  readonly addressOf: (request: FastifyRequest) => Pick<SignInAttempt, 'address' | 'countedAs'>;
  /** Without operators, outside production and on loopback: whoever comes may look and act, as "local". */
  readonly isLocal: boolean;
}
