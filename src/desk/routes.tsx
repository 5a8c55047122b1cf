// The refund desk under /review: who may see a page, what every answer carries, and the pages themselves.
import fastifyFormbody from '@fastify/formbody';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import type { System } from '../compose.ts';
import type { ActionKind } from '../domain/action.ts';
import { partsOfApprovalId } from '../domain/approval.ts';
import { refundIdSchema } from '../domain/ids.ts';
import { isAtLeast } from '../domain/people.ts';
import { redisFault } from '../redis/fault.ts';
import { keepRoleRefusal } from '../review/role-refusals.ts';
import { assetRoutes } from './assets.ts';
import { formAddress, type Keeps, keptFrom } from './kept-input.ts';
import { approvalRoutes } from './pages/approvals.tsx';
import { besideRoutes } from './pages/beside.ts';
import { booksRoutes } from './pages/books.tsx';
import { bulkRoutes } from './pages/bulk.tsx';
import { caseRoutes } from './pages/case.tsx';
import { casesRoutes } from './pages/cases.tsx';
import { helpRoutes } from './pages/help.tsx';
import { logRoutes } from './pages/log.tsx';
import { replayRoutes } from './pages/replay.tsx';
import { resolveRoutes } from './pages/resolve.tsx';
import { searchRoutes } from './pages/search.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { todayRoutes } from './pages/today.tsx';
import { TroublePage } from './pages/trouble.tsx';
import { uploadRoutes } from './pages/upload.tsx';
import type { DeskDeps } from './ports.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { isPartial, sendPage } from './show.ts';
import { signInRoutes } from './sign-in-routes.tsx';
import { isTooLarge, takeFiles } from './uploads.ts';
import { languageOf, type Visit, visitOf } from './visit.ts';

/** Nothing from elsewhere, nothing inline. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

type Answer = (
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<VNode | FastifyReply | null>;

/** What a page or form asks of its visitors. */
interface PageRule {
  /** Only reviewers, who may do this; a refused viewer is kept with what people did. */
  readonly what?: ActionKind;
  /** Of a form: what is kept of it while its person signs in again. */
  readonly keeps?: Keeps;
}

/** Declares a page, or a form's address: `answer` gets the visit of a person who is signed in; null: nothing is there. */
export type Page = (path: string, answer: Answer, rule?: PageRule) => void;

interface Pages {
  readonly page: Page;
  readonly act: Page;
  /** An act with a file. */
  readonly upload: Page;
}

export async function deskRoutes(app: FastifyInstance, deps: DeskDeps): Promise<void> {
  const { system } = deps;
  app.get('/', async (_request, reply) => reply.redirect('/review', 303));

  await app.register(async (scope) => {
    const sessions = await openSessions(scope, system);
    await scope.register(fastifyFormbody, { bodyLimit: 64 * 1024 });
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', contentPolicy);
      reply.header('referrer-policy', 'no-referrer');
      reply.header('cache-control', 'no-store');
    });
    assetRoutes(scope);
    signInRoutes(scope, deps, sessions);
    allPages(pagesIn(scope, deps, sessions), system);
    scope.setErrorHandler((error: FastifyError, request, reply) =>
      answerError(system, error, request, reply),
    );
  });
}

/** For people who are signed in. */
function pagesIn(scope: FastifyInstance, deps: DeskDeps, sessions: Sessions): Pages {
  const signedIn =
    (answer: Answer, rule: PageRule) => async (request: FastifyRequest, reply: FastifyReply) => {
      const visit = await visitOf({ deps, sessions }, request, reply);
      if (visit === null) return toSignIn(request, reply);
      if (await isRefused(deps.system, { visit, request, rule }))
        return trouble(request, reply, 'notAllowed');
      const answered = await answer(visit, request, reply);
      if (answered === null) return trouble(request, reply, 'notFound');
      return isReply(answered) ? answered : sendPage(reply, answered);
    };
  /** Whoever is not signed in any more has no token either, and is not told that the page is old. */
  const onlySignedIn = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!deps.isLocal && (await sessions.personOf(request)) === null) return toSignIn(request, reply);
    return undefined;
  };
  return {
    page: (path, answer, rule = {}) => void scope.get(path, signedIn(answer, rule)),
    act(path, answer, rule = {}) {
      const guarded = { preHandler: [onlySignedIn, scope.csrfProtection], config: { keeps: rule.keeps } };
      scope.post(path, guarded, signedIn(answer, rule));
    },
    upload: (path, answer, rule = {}) =>
      void scope.register(async (inner) => {
        await takeFiles(inner);
        // Before a byte of the file is read.
        const guarded = { onRequest: [onlySignedIn], preHandler: [scope.csrfProtection] };
        inner.post(path, guarded, signedIn(answer, rule));
      }),
  };
}

function allPages({ page, act, upload }: Pages, system: System): void {
  todayRoutes(page, system);
  caseRoutes({ page, act }, system);
  besideRoutes({ page, act }, system);
  approvalRoutes({ page, act }, system);
  replayRoutes({ page, act }, system);
  resolveRoutes({ page, act }, system);
  searchRoutes(page, system);
  casesRoutes(page, system);
  booksRoutes(page, system);
  bulkRoutes({ page, act }, system);
  logRoutes(page, system);
  uploadRoutes({ page, act, upload }, system);
  helpRoutes(page);
  page('/review/*', async (_visit, request, reply) => trouble(request, reply, 'notFound'));
}

function answerError(
  { log }: System,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const kind = troubleOf(error);
  const { keeps } = request.routeOptions.config;
  // Somebody signed in elsewhere meanwhile: the form is shown again with a token of now.
  if (kind === 'stale' && keeps !== undefined && !isPartial(request)) {
    request.session.kept = keptFrom(request, keeps, 'stale');
    return reply.redirect(formAddress(request), 303);
  }
  if (kind === 'failed') {
    const { message, stack } = error;
    log.error({ route: request.routeOptions.url, error: message, stack }, 'request_failed');
  }
  return trouble(request, reply, kind);
}

interface Asked {
  readonly visit: Visit;
  readonly request: FastifyRequest;
  readonly rule: PageRule;
}

async function isRefused({ ledger, clock }: System, { visit, request, rule }: Asked): Promise<boolean> {
  const { what } = rule;
  if (what === undefined || isAtLeast(visit.person.role, 'reviewer')) return false;
  const id: unknown = Reflect.get(Object(request.params), 'id');
  const refundId = refundIdSchema.safeParse(id).data ?? partsOfApprovalId(String(id))?.refundId ?? null;
  const who = visit.person.name;
  await keepRoleRefusal(ledger, { at: clock.now(), who, via: 'desk', what, refundId });
  return true;
}

const statuses = {
  notFound: 404,
  tooLarge: 413,
  notAllowed: 403,
  stale: 403,
  redisAway: 503,
  failed: 500,
} as const;
type Trouble = keyof typeof statuses;

function trouble(request: FastifyRequest, reply: FastifyReply, kind: Trouble): FastifyReply {
  // Of a part of a page: it takes the place of the whole.
  if (isPartial(request))
    reply.headers({ 'hx-retarget': 'main', 'hx-reselect': 'main', 'hx-reswap': 'outerHTML' });
  return sendPage(reply, <TroublePage language={languageOf(request)} kind={kind} />, statuses[kind]);
}

function troubleOf(error: FastifyError): Trouble {
  if (/^FST_CSRF_/.test(error.code ?? '')) return 'stale';
  if (isTooLarge(error.code)) return 'tooLarge';
  const fault = redisFault(error);
  return fault === null || fault === 'refused' ? 'failed' : 'redisAway';
}

function isReply(answered: VNode | FastifyReply): answered is FastifyReply {
  return 'raw' in answered;
}

/** With the page to come back to; of a form the one that it stands on, and what was typed. */
function toSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { keeps } = request.routeOptions.config;
  if (keeps !== undefined) {
    // A preview in the background must not take away what is being typed: the form itself comes here later.
    if (isPartial(request)) return reply.code(204).send();
    const kept = keptFrom(request, keeps, 'signed_out');
    const page = { language: languageOf(request), to: formAddress(request), name: '', trouble: null, kept };
    return sendPage(reply, <SignInPage {...page} />, 401);
  }
  const address = `/review/sign-in?to=${encodeURIComponent(pageOf(request))}`;
  if (isPartial(request)) return reply.code(204).header('hx-redirect', address).send();
  return reply.redirect(address, 303);
}

function pageOf({ method, url }: FastifyRequest): string {
  const [path = ''] = url.split('?');
  if (path.startsWith('/review/approvals/')) return '/review/approvals';
  const part = /\/(look|now|watch|assign)$/;
  if (part.test(path)) return path.replace(part, '');
  return method === 'GET' || method === 'HEAD' ? url : '/review';
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a form of the desk. */
    keeps?: Keeps | undefined;
  }
}
