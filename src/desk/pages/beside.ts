// The forms under a case: a note, "I am looking at it", and handing it over. They come back to the case.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { System } from '../../compose.ts';
import { longestNote } from '../../domain/beside.ts';
import { type RefundId, refundIdSchema } from '../../domain/ids.ts';
import type { Text } from '../../domain/problem.ts';
import type { Page } from '../routes.tsx';
import type { Visit } from '../visit.ts';
import { beside as words } from '../words/beside.ts';
import { sendCase } from './case.tsx';

const idShape = z.object({ id: refundIdSchema });
/** Longer than is kept, so that what is too long can be shown again. */
const noteShape = z.object({ text: z.string().trim().max(20_000).catch('') });
const watchShape = z.object({ stop: z.string().catch('') });
const handOverShape = z.object({
  to: z.string().max(60).catch(''),
  word: z.string().trim().max(longestNote).catch(''),
  version: z.coerce.number().int().positive().catch(0),
});

export function besideRoutes({ act }: { page: Page; act: Page }, system: System): void {
  const { caseBeside } = system;

  act(
    '/review/cases/:id/note',
    async (visit, request, reply) => {
      const id = idShape.safeParse(request.params).data?.id;
      if (id === undefined) return null;
      const { text } = noteShape.parse(request.body ?? {});
      if (text === '' || text.length > longestNote)
        return again(system, { visit, reply, id, text, wrong: words.noteWrong });
      const result = await caseBeside.note(id, { who: visit.person.name, via: 'desk' }, text);
      if (result.kind === 'refused') return again(system, { visit, reply, id, text, wrong: words.noteFull });
      return result.kind === 'not_found' ? null : reply.redirect(`/review/cases/${id}`, 303);
    },
    { what: 'note', keeps: { fields: ['text'], secrets: [] } },
  );

  act(
    '/review/cases/:id/watch',
    async (visit, request, reply) => {
      const id = idShape.safeParse(request.params).data?.id;
      if (id === undefined || (await system.ledger.read(id)) === null) return null;
      const { stop } = watchShape.parse(request.body ?? {});
      await caseBeside[stop === '' ? 'watch' : 'unwatch'](id, visit.person.name);
      return reply.redirect(`/review/cases/${id}`, 303);
    },
    { what: 'watch' },
  );

  act(
    '/review/cases/:id/assign',
    async (visit, request, reply) => {
      const id = idShape.safeParse(request.params).data?.id;
      if (id === undefined) return null;
      const { to, word, version } = handOverShape.parse(request.body ?? {});
      const by = { who: visit.person.name, via: 'desk' } as const;
      const asked = { to: to === '' ? null : to, note: word === '' ? null : word, version };
      const result = await caseBeside.handOver(id, by, asked);
      // Of a case that has moved its page says what it is now.
      return result.kind === 'not_found' ? null : reply.redirect(`/review/cases/${id}`, 303);
    },
    { what: 'hand_over' },
  );
}

interface Again {
  readonly visit: Visit;
  readonly reply: FastifyReply;
  readonly id: RefundId;
  readonly text: string;
  readonly wrong: Text;
}

/** The case once more, with what was typed. */
function again(system: System, { visit, reply, id, text, wrong }: Again) {
  return sendCase(system, { id, visit, reply, typed: { text, wrong } });
}
