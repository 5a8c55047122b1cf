// Who is signed in at the desk: sessions in Redis, over after half an hour of rest, eight hours, or a word from elsewhere.
import { createHash, randomBytes } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyCsrf from '@fastify/csrf-protection';
import fastifySession, { type SessionStore } from '@fastify/session';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import type { Operator } from '../config/people-and-keys.ts';
import type { Person } from '../domain/people.ts';
import { parseJson } from '../domain/problem.ts';
import { provenForMs } from '../policies/approval.ts';
import type { RedisClient } from '../redis/connection.ts';
import { type Keys, keysFor } from '../redis/keys.ts';
import { signedOutAt } from './signed-out.ts';

/** Outside production, where nobody is configured who could sign in. */
export const localPerson: Person = { name: 'local', role: 'reviewer' };

const restSeconds = 30 * 60;
const longestMs = 8 * 60 * 60 * 1000;

export interface Sessions {
  /** null: nobody, or no longer. */
  personOf(request: FastifyRequest): Promise<Person | null>;
  /** Under a new id, so that one that somebody planted is worth nothing. */
  signIn(request: FastifyRequest, operator: Operator): Promise<void>;
  signOut(request: FastifyRequest): Promise<void>;
  /** The password was given within the last five minutes: at the sign-in, or once more. */
  isProven(request: FastifyRequest): boolean;
  noteProof(request: FastifyRequest): void;
}

export async function openSessions(app: FastifyInstance, system: System): Promise<Sessions> {
  const { redis, clock, config } = system;
  const keys = keysFor(config.redis.prefix);
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    secret: await sharedSecret(redis, keys),
    store: redisStore(redis, keys),
    cookieName: 'desk',
    cookie: { path: '/review', sameSite: 'strict', httpOnly: true, secure: false },
    saveUninitialized: false,
    // A page under way while its person signs out would store the session again.
    rolling: false,
  });
  await app.register(fastifyCsrf, { sessionPlugin: '@fastify/session' });

  return {
    async personOf({ session }) {
      const { signedIn } = session;
      if (signedIn === undefined) return null;
      const operator = config.operators.find(({ name }) => name === signedIn.name);
      if (operator === undefined || entryDigest(operator) !== signedIn.entry) return null;
      const age = clock.now() - signedIn.at;
      return signedIn.at <= (await signedOutAt(system, operator.name)) || age > longestMs ? null : operator;
    },
    async signIn(request, operator) {
      await request.session.regenerate();
      request.session.options({ secure: request.protocol === 'https' });
      request.session.signedIn = { name: operator.name, entry: entryDigest(operator), at: clock.now() };
    },
    signOut: ({ session }) => session.destroy(),
    isProven({ session }) {
      const at = Math.max(session.signedIn?.at ?? 0, session.provenAt ?? 0);
      return at <= clock.now() && clock.now() - at < provenForMs;
    },
    noteProof({ session }) {
      session.provenAt = clock.now();
    },
  };
}

/** Another one as soon as the operator's role or password is another. */
function entryDigest({ name, role, password }: Operator): string {
  return createHash('sha256')
    .update(JSON.stringify([name, role, password]))
    .digest('base64url')
    .slice(0, 22);
}

/** Made once; servers of the same prefix share it, so that a session is good at each of them. */
async function sharedSecret(redis: RedisClient, keys: Keys): Promise<string> {
  await redis.set(keys.deskSecret, randomBytes(32).toString('base64url'), 'NX');
  const secret = await redis.get(keys.deskSecret);
  if (secret === null) throw new Error('the secret of the desk was not kept by Redis');
  return secret;
}

/** A session is kept for as long as it is used: reading one begins its half hour anew. */
function redisStore(redis: RedisClient, keys: Keys): SessionStore {
  return {
    get(id, done) {
      redis.getex(keys.deskSession(id), 'EX', restSeconds).then(
        (text) => done(null, text === null ? null : (Object(parseJson(text)) ?? null)),
        (error: unknown) => done(error),
      );
    },
    set(id, session, done) {
      redis.set(keys.deskSession(id), JSON.stringify(session), 'EX', restSeconds).then(
        () => done(),
        (error: unknown) => done(error),
      );
    },
    destroy(id, done) {
      redis.del(keys.deskSession(id)).then(
        () => done(),
        (error: unknown) => done(error),
      );
    },
  };
}

declare module 'fastify' {
  interface Session {
    /** `entry`: of OPERATORS as it was then. `at`: ms. */
    signedIn?: { readonly name: string; readonly entry: string; readonly at: number };
    /** When the password was given once more, ms. */
    provenAt?: number;
  }
}
