// Authenticates a request by token, signature or operator's login; the rules of `permissions.ts` decide what it may do.
import { createHash, timingSafeEqual } from 'node:crypto';
import fastifyBasicAuth from '@fastify/basic-auth';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { System } from '../compose.ts';
import type { SignInResult } from '../desk/ports.ts';
import type { ActionKind } from '../domain/action.ts';
import { refundIdSchema } from '../domain/ids.ts';
import { keepRoleRefusal } from '../review/role-refusals.ts';
import { bytesOf } from './body.ts';
import { clientAddress, countedAddress } from './client-address.ts';
import type { Logins } from './logins.ts';
import { type AccessDecision, judge, type Permission, type Proof, setupOf, unproved } from './permissions.ts';
import { sendProblem } from './problems.ts';
import { hasSignature, isSignedWith } from './signature.ts';

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

export interface Access {
  /** Before the body is read. */
  require(permission: Exclude<Permission, 'act'>): Hook;
  /** A viewer who tries is refused, and that is kept with what people did. */
  requireAct(what: ActionKind): Hook;
  /** After the body was read: the signature covers its bytes. */
  readonly checkSignature: Hook;
}

export async function createAccess(app: FastifyInstance, system: System, logins: Logins): Promise<Access> {
  const { config, clock } = system;
  const { token, secrets } = config.ingest;
  const setup = setupOf(config);
  await readLogins(app, logins);

  async function proofOf(request: FastifyRequest, reply: FastifyReply): Promise<Proof | SignInResult> {
    const authorization = request.headers.authorization ?? '';
    const bearer = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    if (bearer !== undefined && token !== null && isSame(bearer, token)) return { kind: 'token' };
    if (setup.hasOperators && /^basic /i.test(authorization)) {
      await new Promise<void>((resolve) => {
        // A malformed header is as good as none; the login is left on the request.
        app.basicAuth.call(app, request, reply, () => resolve());
      });
      if (request.login !== null && request.login.kind !== 'wrong') return request.login;
    }
    const isSigned = secrets.length > 0 && hasSignature(request.headers);
    return { kind: isSigned ? 'signature_to_come' : 'none' };
  }

  function refuse(
    reply: FastifyReply,
    permission: Permission,
    { status, why }: Extract<AccessDecision, { kind: 'refused' }>,
  ): FastifyReply {
    if (status === 403) return sendProblem(reply, 'not_allowed', { detail: why });
    const ways = [
      ...(permission === 'ingest' || (permission === 'read' && setup.hasToken) ? [`Bearer ${realm}`] : []),
      ...(permission !== 'ingest' && setup.hasOperators ? [`Basic ${realm}, charset="UTF-8"`] : []),
    ];
    reply.header('www-authenticate', ways.join(', '));
    return sendProblem(reply, 'not_logged_in', { detail: why });
  }

  const check =
    (
      permission: Permission,
      whenRefused: (request: FastifyRequest) => Promise<void> = async () => {},
    ): Hook =>
    async (request, reply) => {
      const found = await proofOf(request, reply);
      if (found.kind === 'slowed') return sendProblem(reply, 'too_many', { ...found, detail: slowed });
      if (found.kind === 'busy') return sendProblem(reply, 'logins_busy', found);
      const proof = proofFrom(found);
      if (proof.kind === 'person') request.who = proof.name;
      const decision = judge(permission, proof, setup);
      if (decision.kind === 'refused') {
        await whenRefused(request);
        return refuse(reply, permission, decision);
      }
      request.signatureDecides = decision.kind === 'signature_decides';
      return undefined;
    };

  async function keepRefusal(what: ActionKind, { who, params }: FastifyRequest): Promise<void> {
    if (who === null) return;
    const id = refundIdSchema.safeParse(Reflect.get(Object(params), 'refund_id'));
    const refundId = id.data ?? null;
    await keepRoleRefusal(system.ledger, { at: clock.now(), who, via: 'http', what, refundId });
  }

  return {
    require: check,
    requireAct: (what) => check('act', (request) => keepRefusal(what, request)),
    async checkSignature(request, reply) {
      if (!request.signatureDecides) return undefined;
      const body = bytesOf(request) ?? Buffer.alloc(0);
      const isSigned = isSignedWith(secrets, { headers: request.headers, body, now: clock.now() });
      return isSigned ? undefined : refuse(reply, 'ingest', unproved(wrongSignature));
    },
  };
}

/** `app.basicAuth` leaves what it found as `request.login`. */
async function readLogins(app: FastifyInstance, logins: Logins): Promise<void> {
  app.decorateRequest('who', null);
  app.decorateRequest('login', null);
  app.decorateRequest('signatureDecides', false);
  await app.register(fastifyBasicAuth, {
    authenticate: false,
    validate: async (name, password, request) => {
      const from = { address: clientAddress(request), countedAs: countedAddress(request) };
      request.login = await logins.check({ name, password, ...from, via: 'http' });
    },
  });
}

function proofFrom(found: Proof | Exclude<SignInResult, { kind: 'slowed' | 'busy' }>): Proof {
  if (found.kind === 'wrong') return { kind: 'none' };
  if (found.kind !== 'operator') return found;
  return { kind: 'person', name: found.operator.name, acts: found.operator.role !== 'viewer' };
}

/** Equal in time whatever the lengths. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

const realm = 'realm="bootpay-refund-worker"';

const wrongSignature = {
  en: 'The webhook-signature does not fit this body, webhook-id and webhook-timestamp, or the timestamp is more than 5 minutes off.',
  ko: 'webhook-signature가 본문, webhook-id, webhook-timestamp와 맞지 않거나 timestamp가 5분 넘게 차이 나요.',
};

const slowed = {
  en: 'Several logins from this address failed. Wait as long as Retry-After says; nothing is locked.',
  ko: '이 주소에서 로그인 실패가 이어졌어요. Retry-After만큼 기다렸다가 다시 시도해 주세요. 계정이 잠기지는 않아요.',
};

/** Who acts. Without credentials configured nobody has a name. */
export function actorOf({ who }: FastifyRequest) {
  return { who: who ?? '', via: 'http' } as const;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The operator's name. */
    who: string | null;
    login: SignInResult | null;
    signatureDecides: boolean;
  }
}
