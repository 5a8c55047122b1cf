// Sends a page: rendered whole on the server, escaped by preact.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

export function sendPage(reply: FastifyReply, page: VNode, status = 200): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${renderToString(page)}`);
}

/** Asked for by htmx, which puts the answer into the page that is there. */
export function isPartial({ headers }: FastifyRequest): boolean {
  return headers['hx-request'] !== undefined;
}

/** A part of a page, for htmx to put in the place of the old one. */
export function sendPart(reply: FastifyReply, part: VNode): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(renderToString(part));
}
