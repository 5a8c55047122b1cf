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

interface Asked {
  readonly id: string;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

/** What it answers with; nothing: that it is done. */
type Answer = (on: Controlled, asked: Asked) => unknown;

const outsideCancelSchema = z.strictObject({ amount: z.int().min(1), visible: z.boolean().optional() });

const PAGES: readonly (readonly ['GET' | 'POST', RegExp, Answer])[] = [
  ['GET', /^healthz$/, () => ({ status: 'ok' })],
  ['GET', /^book$/, ({ world }, { query }) => ({ pages: pagesOf(world, query.get('receipt_id')) })],
  ['GET', /^calls$/, ({ calls }, { query }) => ({ calls: calls().slice(Number(query.get('after') ?? 0)) })],
  ['GET', /^webhooks$/, ({ world }) => ({ deliveries: world.webhooks.deliveries })],
  ['GET', /^switches$/, ({ world }) => ({ ...world.switchesOf(), credentials: undefined })],
  ['POST', /^switches$/, ({ world }, { body }) => world.configure(body)],
  ['POST', /^receipts$/, addReceipts],
  ['POST', /^receipts\/(?<id>[^/]+)\/script$/, ({ world }, { id, body }) => world.script(id, body)],
  ['POST', /^receipts\/(?<id>[^/]+)\/outside-cancel$/, cancelOutside],
  ['POST', /^tokens\/revoke$/, ({ world }) => world.gatekeeper.revokeTokens()],
];

function pagesOf(world: World, receiptId: string | null) {
  const { book } = world.bootpay;
  return receiptId === null ? book.pages() : [book.of(world.receipt(receiptId).id)];
}

function addReceipts({ world }: Controlled, { body }: Asked): void {
  for (const receipt of [body].flat()) world.addReceipt(receipt);
}

function cancelOutside({ world }: Controlled, { id, body }: Asked) {
  const { amount, visible } = parsed(outsideCancelSchema, body);
  world.cancelOutside(id, amount, visible);
  return { page: world.bootpay.book.of(id) };
}

/** Answers one control call: 200, 404 for no such page, 422 with every problem for input that is refused. */
export async function answerControl(
  on: Controlled,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const path = url.pathname.slice(CONTROL_PREFIX.length);
  const page = PAGES.find(([method, pattern]) => method === request.method && pattern.test(path));
  if (page === undefined) return sendJson(response, 404, { message: 'no such control page' });
  const [, pattern, answer] = page;
  const id = decodeURIComponent(pattern.exec(path)?.groups?.['id'] ?? '');
  const body = jsonOrText((await readBody(request)) ?? '');
  try {
    sendJson(response, 200, answer(on, { id, body, query: url.searchParams }) ?? { done: true });
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    sendJson(response, 422, { problems: error.problems });
  }
}
