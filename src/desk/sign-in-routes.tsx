// Sign-in, sign-out and the language of the desk.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Kept, readKept } from './kept-input.ts';
import { SignInPage, type SignInTrouble } from './pages/sign-in.tsx';
import type { DeskDeps } from './ports.ts';
import type { Sessions } from './sessions.ts';
import { sendPage } from './show.ts';
import { endSessions } from './signed-out.ts';
import { languageCookie, languageOf } from './visit.ts';
import { languages } from './words/say.ts';

/** A page of the desk, and never another site: read as browsers read it, so that `//elsewhere` and `..` are seen through. */
const targetSchema = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    const base = 'http://desk.invalid';
    const { origin, pathname, search } = URL.canParse(text, base) ? new URL(text, base) : new URL(base);
    if (origin !== base || !/^\/review(\/|$)/.test(pathname)) context.addIssue('not a page of the desk');
    return pathname + search;
  })
  .catch('/review');

const queryShape = z.looseObject({ to: targetSchema });
const formShape = z.object({
  name: z.string().max(60).catch(''),
  password: z.string().max(1024).catch(''),
  to: targetSchema,
  kept: z.string().max(20_000).catch('').transform(readKept),
});
const languageShape = z.object({ language: z.enum(languages).catch('ko'), back: targetSchema });
const year = 365 * 24 * 60 * 60;

export function signInRoutes(app: FastifyInstance, deps: DeskDeps, sessions: Sessions): void {
  const { system } = deps;
  const hasOperators = system.config.operators.length > 0;

  const keep = (who: string, what: 'sign_in' | 'sign_out', edits: Record<string, true> = {}) =>
    system.ledger.recordAction({ at: system.clock.now(), who, via: 'desk', what, edits, answer: 'done' });

  app.get('/review/sign-in', async (request, reply) => {
    const { to } = queryShape.parse(request.query);
    if (deps.isLocal || (await sessions.personOf(request)) !== null) return reply.redirect(to, 303);
    return show(request, reply, { to, trouble: hasOperators ? null : 'nobody' });
  });

  app.post('/review/sign-in', async (request, reply) => {
    const { name, password, to, kept } = formShape.parse(request.body ?? {});
    const found = await deps.checkSignIn({ name, password, ...deps.addressOf(request) });
    if (found.kind === 'operator') {
      await sessions.signIn(request, found.operator);
      if (kept !== null) request.session.kept = kept;
      system.log.info({ who: found.operator.name }, 'signed_in');
      await keep(found.operator.name, 'sign_in');
      return reply.redirect(to, 303);
    }
    if (found.kind === 'wrong')
      return show(request, reply, { to, name, kept, trouble: 'wrong', status: 401 });
    reply.header('retry-after', found.retryAfterSeconds);
    return show(request, reply, { to, name, kept, trouble: 'slowed', status: 429 });
  });

  const out = async (request: FastifyRequest, reply: FastifyReply, everywhere: boolean) => {
    const person = await sessions.personOf(request);
    if (person !== null && everywhere) await endSessions(system, person.name);
    await sessions.signOut(request);
    if (person !== null) await keep(person.name, 'sign_out', everywhere ? { everywhere } : {});
    return reply.redirect('/review/sign-in', 303);
  };
  const nobody = async (request: FastifyRequest, reply: FastifyReply) =>
    (await sessions.personOf(request)) === null ? reply.redirect('/review/sign-in', 303) : undefined;
  const guarded = { preHandler: [nobody, app.csrfProtection] };
  app.post('/review/sign-out', guarded, async (request, reply) => out(request, reply, false));
  app.post('/review/sign-out-everywhere', guarded, async (request, reply) => out(request, reply, true));

  app.post('/review/language', async (request, reply) => {
    const { language, back } = languageShape.parse(request.body ?? {});
    const secure = request.protocol === 'https';
    reply.setCookie(languageCookie, language, {
      path: '/review',
      maxAge: year,
      sameSite: 'strict',
      httpOnly: true,
      secure,
    });
    return reply.redirect(back, 303);
  });
}

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    to,
    name = '',
    kept = null,
    trouble,
    status = 200,
  }: {
    to: string;
    name?: string;
    kept?: Kept | null;
    trouble: SignInTrouble | null;
    status?: number;
  },
): FastifyReply {
  return sendPage(
    reply,
    <SignInPage language={languageOf(request)} {...{ to, name, trouble, kept }} />,
    status,
  );
}
