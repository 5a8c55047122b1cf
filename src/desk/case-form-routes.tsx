// The forms of acts on one case: shown, kept over a sign-in, checked, done; and told who was faster.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { System } from '../compose.ts';
import { refundIdSchema } from '../domain/ids.ts';
import type { CaseForm, FormState, Input, OpenForm } from './forms/case-form.ts';
import { versionShape } from './forms/input.ts';
import { type KeptFields, takeKept } from './kept-input.ts';
import { FormPage, MovedPage } from './pages/case-form-pages.tsx';
import { perform } from './perform.ts';
import { type CaseFound, readRefund, subjectOf } from './read-payment.ts';
import type { Page } from './routes.tsx';
import { isPartial, sendPage, sendPart } from './show.ts';
import { proofFor } from './step-up.ts';
import type { Visit } from './visit.ts';

const idShape = z.object({ id: refundIdSchema });

export function caseFormRoutes<Typed extends Input>(
  { page, act }: { page: Page; act: Page },
  system: System,
  form: CaseForm<Typed>,
): void {
  const { what, keeps, hasPreview } = form;
  const address = `/review/cases/:id/${what}`;
  const answer =
    (respond: (asked: Asked<Typed>) => Promise<FastifyReply> | FastifyReply) =>
    async (visit: Visit, request: FastifyRequest, reply: FastifyReply) => {
      const opened = await openForm(system, form, request);
      if (opened === null) return null;
      // Its page says what can be said.
      if (opened.kind === 'gone') return reply.redirect(caseAddress(request), 303);
      return respond({ system, form, opened, visit, request, reply });
    };
  page(address, answer(showFirst), { what });
  act(address, answer(submit), { what, keeps });
  if (hasPreview) act(`${address}/preview`, answer(showPreview), { what, keeps });
}

interface Asked<Typed extends Input> extends Omit<Shown<Typed>, 'state'> {
  readonly system: System;
  readonly request: FastifyRequest;
}

async function showFirst<Typed extends Input>(asked: Asked<Typed>): Promise<FastifyReply> {
  const { system, form, opened, visit, request } = asked;
  if (!isCase(opened.found)) return show({ ...asked, state: untouched(form.schema.parse({})) }, 'moved');
  // Shown to colleagues from now on.
  await system.caseBeside.watch(subjectOf(opened.found).refundId, visit.person.name);
  const kept = takeKept(request);
  const input = withKept(form, opened, kept?.fields ?? {});
  return show({ ...asked, state: { ...untouched(input), kept: kept?.why ?? null } }, 200);
}

function showPreview<Typed extends Input>(asked: Asked<Typed>): FastifyReply {
  const { form, opened, visit, request, reply } = asked;
  const input = form.schema.parse(request.body ?? {});
  const isStill = isCase(opened.found);
  if (!isPartial(request)) return show({ ...asked, state: untouched(input) }, isStill ? 200 : 'moved');
  const { preview } = opened.open;
  if (!isStill || preview === null) return reply.code(204).send();
  return sendPart(reply, preview(input, visit));
}

async function submit<Typed extends Input>(asked: Asked<Typed>): Promise<FastifyReply> {
  const { system, form, opened, visit, request, reply } = asked;
  const { found, open } = opened;
  const input = form.schema.parse(request.body ?? {});
  const { version } = versionShape.parse(request.body ?? {});
  const state = untouched(input);
  const wrong = isCase(found) ? open.wrong(input) : null;
  const wanted = open.act(input, { visit, version });
  if (wanted === null || Object.keys(wrong ?? {}).length > 0) {
    const isSame = isCase(found) && version === subjectOf(found).version;
    return show({ ...asked, state: { ...state, wrong } }, isSame ? 422 : 'moved');
  }
  const proof = isCase(found) ? await proofFor({ act: wanted, found, visit, body: request.body }) : 'given';
  if (proof !== 'given') return show({ ...asked, state: { ...state, proof } }, 422);
  const result = await perform(system, wanted);
  if (result.kind === 'refused') return show({ ...asked, state: { ...state, refused: result } }, 422);
  if (result.kind !== 'moved') return reply.redirect(caseAddress(request), 303);
  const now = await openForm(system, form, request);
  if (now?.kind !== 'form') return reply.redirect(caseAddress(request), 303);
  return show({ ...asked, opened: now, state }, 'moved');
}

function untouched<Typed extends Input>(input: Typed): FormState<Typed> {
  return { input, wrong: null, refused: null, kept: null, proof: null };
}

type Opened<Typed extends Input> =
  | { readonly kind: 'form'; readonly found: CaseFound; readonly open: OpenForm<Typed> }
  | { readonly kind: 'gone' };

/** null: there is no such refund. */
async function openForm<Typed extends Input>(
  system: System,
  form: CaseForm<Typed>,
  { params }: FastifyRequest,
): Promise<Opened<Typed> | null> {
  const id = idShape.safeParse(params).data?.id;
  if (id === undefined) return null;
  const found = await readRefund(system, id);
  if (found.kind === 'not_found') return null;
  if (found.kind === 'purged') return { kind: 'gone' };
  const open = form.open(found);
  return open === null ? { kind: 'gone' } : { kind: 'form', found, open };
}

function caseAddress({ params }: FastifyRequest): string {
  return `/review/cases/${idShape.parse(params).id}`;
}

function isCase(found: CaseFound): boolean {
  return subjectOf(found).state === 'dead_lettered';
}

/** Of the kept fields those that the form has. */
function withKept<Typed extends Input>(
  { schema, keeps }: CaseForm<Typed>,
  { open }: Extract<Opened<Typed>, { kind: 'form' }>,
  kept: KeptFields,
): Typed {
  const fields = Object.fromEntries(Object.entries(kept).filter(([name]) => keeps.fields.includes(name)));
  return schema.parse({ ...open.first(), ...fields });
}

interface Shown<Typed extends Input> {
  readonly form: CaseForm<Typed>;
  readonly opened: Extract<Opened<Typed>, { kind: 'form' }>;
  readonly state: FormState<Typed>;
  readonly visit: Visit;
  readonly reply: FastifyReply;
}

function show<Typed extends Input>(
  { form, opened, state, visit, reply }: Shown<Typed>,
  status: 200 | 422 | 'moved',
): FastifyReply {
  const { found, open } = opened;
  const isStill = isCase(found);
  const body = isStill ? open.body(state, visit) : null;
  const shared = { found, name: form.name, title: open.title, visit, body };
  if (status === 'moved') return sendPage(reply, <MovedPage {...shared} typed={state.input} />, 409);
  return sendPage(reply, <FormPage {...shared} {...state} />, status);
}
