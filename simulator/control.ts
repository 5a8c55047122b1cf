/** The control pages under /_simulator/: what a test does in process, for a driver in another process. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Call } from './calls.ts';
import { parsed, ScenarioError } from './core/scenario.ts';
import { jsonOrText, readBody, sendJson } from './http.ts';
import type { World } from './world.ts';

export const CONTROL_PREFIX = '/_simulator/';

interface Controlled {
  readonly world: World;
  readonly calls: () => readonly Call[];
}

interface Page {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  answer(on: Controlled, asked: { id: string; body: unknown; query: URLSearchParams }): unknown;
}

const outsideCancelSchema = z.strictObject({ amount: z.int().min(1), visible: z.boolean().optional() });
const DONE = { done: true };

const PAGES: readonly Page[] = [
  { method: 'GET', path: /^healthz$/, answer: () => ({ status: 'ok' }) },
  {
    method: 'GET',
    path: /^book$/,
    answer: ({ world }, { query }) => {
      const receiptId = query.get('receipt_id');
      if (receiptId === null) return { pages: world.bootpay.book.pages() };
      return { pages: [world.bootpay.book.of(world.receipt(receiptId).id)] };
    },
  },
  {
    method: 'GET',
    path: /^calls$/,
    answer: ({ calls }, { query }) => ({ calls: calls().slice(Number(query.get('after') ?? 0)) }),
  },
  { method: 'GET', path: /^webhooks$/, answer: ({ world }) => ({ deliveries: world.webhooks.deliveries }) },
  {
    method: 'GET',
    path: /^switches$/,
    answer: ({ world }) => {
      const { credentials: _, ...shown } = world.switchesOf();
      return shown;
    },
  },
  {
    method: 'POST',
    path: /^switches$/,
    answer: ({ world }, { body }) => {
      world.configure(body);
      return DONE;
    },
  },
  {
    method: 'POST',
    path: /^receipts$/,
    answer: ({ world }, { body }) => {
      for (const receipt of Array.isArray(body) ? body : [body]) world.addReceipt(receipt);
      return DONE;
    },
  },
  {
    method: 'POST',
    path: /^receipts\/(?<id>[^/]+)\/script$/,
    answer: ({ world }, { id, body }) => {
      world.script(id, body);
      return DONE;
    },
  },
  {
    method: 'POST',
    path: /^receipts\/(?<id>[^/]+)\/outside-cancel$/,
    answer: ({ world }, { id, body }) => {
      const { amount, visible } = parsed(outsideCancelSchema, body);
      world.cancelOutside(id, amount, visible);
      return { page: world.bootpay.book.of(id) };
    },
  },
  {
    method: 'POST',
    path: /^tokens\/revoke$/,
    answer: ({ world }) => {
      world.gatekeeper.revokeTokens();
      return DONE;
    },
  },
];

/** Answers one control call: 200, 404 for no such page, 422 with every problem for input that is refused. */
export async function answerControl(
  on: Controlled,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const path = url.pathname.slice(CONTROL_PREFIX.length);
  const page = PAGES.find((candidate) => candidate.method === request.method && candidate.path.test(path));
  if (page === undefined) return sendJson(response, 404, { message: 'no such control page' });
  const id = decodeURIComponent(page.path.exec(path)?.groups?.['id'] ?? '');
  const body = jsonOrText((await readBody(request)) ?? '');
  try {
    sendJson(response, 200, page.answer(on, { id, body, query: url.searchParams }));
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    sendJson(response, 422, { problems: error.problems });
  }
}
