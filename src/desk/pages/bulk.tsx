// Many at once: chosen by the address of the list of cases, previewed, started, watched, stopped. Everything is asked of the
// bulk itself, whichever way it was started by.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { z } from 'zod';
import type { System } from '../../compose.ts';
import type { Actor } from '../../domain/action.ts';
import { type Bulk, bulkIdPattern, hasWork } from '../../domain/bulk.ts';
import { sendBulkCsv } from '../bulk-csv.ts';
import { findBulk, readStart, startKeeps } from '../bulk-form.ts';
import { caseFilter, isFiltered, readCaseView } from '../case-view.ts';
import { takeKept } from '../kept-input.ts';
import { BulkHome } from '../parts/bulk-home.tsx';
import { BulkPage } from '../parts/bulk-page.tsx';
import type { Page } from '../routes.tsx';
import { sendPage } from '../show.ts';
import type { Visit } from '../visit.ts';

const recentShown = 20;
const idShape = z.object({ id: z.string().regex(bulkIdPattern) });
const placeShape = z.object({
  from: z.coerce.number().int().min(0).max(10_000_000).catch(0).default(0),
  /** The rate of the one that this one goes on with. */
  per_minute: z.string().max(20).catch('').default(''),
});

const path = '/review/bulk';
const ofOne = `${path}/:id(^rp_[a-f0-9]{24}$)`;

export function bulkRoutes({ page, act }: { page: Page; act: Page }, system: System): void {
  const { bulks } = system;
  const onBulk =
    (answer: (asked: OnBulk) => Promise<VNode | FastifyReply>) =>
    async (visit: Visit, request: FastifyRequest, reply: FastifyReply) => {
      const id = idShape.safeParse(request.params).data?.id;
      const bulk = id === undefined ? null : await bulks.read(id);
      return bulk === null ? null : answer({ system, bulk, visit, request, reply });
    };
  const starts = { what: 'bulk_start' } as const;

  page(path, (visit, request) => showHome(system, visit, request));
  act(
    path,
    async (visit, request, reply) => {
      const id = await bulks.preview(actorOf(visit), caseFilter(readCaseView(request.body)));
      return reply.redirect(addressOf(id), 303);
    },
    starts,
  );
  page(ofOne, onBulk(showBulk));
  page(
    `${path}/:id(^rp_[a-f0-9]{24}).csv`,
    onBulk(async ({ bulk, visit: { say }, reply }) => sendBulkCsv(reply, { bulks, bulk, say })),
  );
  act(`${path}/:id/start`, onBulk(start), { ...starts, keeps: startKeeps });
  act(`${path}/:id/again`, onBulk(previewAgain), starts);
  act(`${path}/:id/stop`, onBulk(stop), { what: 'bulk_stop' });
}

interface OnBulk {
  readonly system: System;
  readonly bulk: Bulk;
  readonly visit: Visit;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function showHome({ bulks, deadLetters }: System, visit: Visit, { query }: FastifyRequest) {
  const view = readCaseView(query);
  const isAll = Object(query)['all'] === '1';
  const isChosen = isFiltered(view) || isAll;
  const [recent, totals] = await Promise.all([
    bulks.recent(recentShown),
    isChosen ? deadLetters.totals(caseFilter(view)) : null,
  ]);
  return <BulkHome {...{ visit, view, totals, recent }} />;
}

async function showBulk({ system, bulk, visit, request }: OnBulk) {
  const { from, per_minute } = placeShape.parse(request.query);
  const kept = takeKept(request);
  const { input } = readStart({ per_minute, ...kept?.fields });
  const found = await findBulk(system, bulk, from);
  return <BulkPage {...{ visit, found, input }} kept={kept?.why ?? null} wrong={{}} busy={null} />;
}

async function start({ system, bulk, visit, request, reply }: OnBulk) {
  const { input, wrong, wish } = readStart(request.body);
  const again = async (status: number, busy: Bulk | null) => {
    const found = await findBulk(system, bulk, 0);
    return sendPage(reply, <BulkPage {...{ visit, found, input, wrong, busy }} kept={null} />, status);
  };
  if (wish === null) return again(422, null);
  const started = await system.bulks.start({ ...actorOf(visit), ...wish, preview: bulk.id });
  return started.kind === 'busy' ? again(409, started.running) : reply.redirect(addressOf(bulk.id), 303);
}

async function previewAgain({ system, bulk, visit, reply }: OnBulk) {
  const id = await system.bulks.preview(actorOf(visit), bulk.made.filter);
  const rate = bulk.start === null ? '' : `?per_minute=${bulk.start.perMinute}`;
  return reply.redirect(`${addressOf(id)}${rate}`, 303);
}

async function stop({ system, bulk, visit, reply }: OnBulk) {
  if (hasWork(bulk.state)) await system.bulks.stop(bulk.id, actorOf(visit));
  return reply.redirect(addressOf(bulk.id), 303);
}

function addressOf(id: string): string {
  return `${path}/${id}`;
}

function actorOf({ person }: Visit): Actor {
  return { who: person.name, via: 'desk' };
}
