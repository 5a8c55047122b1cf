/** The HTTP side: which call is it, is the caller allowed, who answers; and the call's line in the log. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { schemeOf } from './auth.ts';
import type { CallKind, CallLog } from './calls.ts';
import { CancelDesk } from './cancel.ts';
import { answerControl, CONTROL_PREFIX } from './control.ts';
import { dressed } from './dressing.ts';
import { throttledReply, unauthorisedReply } from './faults.ts';
import { isJsonObject, jsonOrText, type Reply, readBody, send, sendJson, statusOf } from './http.ts';
import { lookUp, requestToken } from './look-up.ts';
import type { World } from './world.ts';

interface Asked {
  readonly kind: CallKind;
  readonly receiptId: string | null;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

// Longer than any caller keeps an idle connection: a reset is always one that the script asked for.
const KEEP_ALIVE_MS = 600_000;

export function createBootpayServer(world: World, log: CallLog): Server {
  const desk = new CancelDesk(world);
  const server = createServer((request, response) => {
    handle({ world, log, desk }, request, response).catch((error: unknown) => failed(response, error));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function handle(
  on: { world: World; log: CallLog; desk: CancelDesk },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world, log, desk } = on;
  const at = world.now();
  world.timers.runDue();
  const url = new URL(request.url ?? '/', 'http://simulator');
  if (url.pathname.startsWith(CONTROL_PREFIX))
    return answerControl({ world, calls: () => log.all }, { request, response, url });
  const called = calledFor(request.method, url.pathname);
  if (called === null)
    return sendJson(response, 404, { message: `no such call: ${request.method} ${url.pathname}` });
  const text = await readBody(request).catch(() => undefined);
  if (text === undefined) return;
  if (text === null) return sendJson(response, 413, { message: 'the body is too large' });
  const asked = understood(called, jsonOrText(text), request.headers.authorization);
  const call = log.begin({
    at,
    kind: asked.kind,
    receiptId: asked.receiptId,
    cancelId: textField(asked.body, 'cancel_id'),
    body: loggedBody(asked, text),
    authorization: schemeOf(asked.authorization),
  });
  const meant = await answered(world, desk, asked);
  const reply = dressed(meant, world.switchesOf(asked.receiptId ?? undefined));
  const ended = await send(response, reply);
  call.end({ outcome: reply.outcome, httpStatus: statusOf(reply), ended });
}

async function answered(world: World, desk: CancelDesk, asked: Asked): Promise<Reply> {
  const { throttleOver, throttleRetryAfter } = world.switchesOf();
  if (!world.callRate.admits(throttleOver, world.now())) return throttledReply(throttleRetryAfter);
  if (asked.kind === 'token') return requestToken(world, asked.body);
  const admission = world.gatekeeper.admit(asked.authorization);
  if (admission.kind === 'refused') return unauthorisedReply(admission.code, world.switchesOf());
  return asked.kind === 'cancel' ? desk.take(asked.body) : lookUp(world, asked.receiptId ?? '');
}

function calledFor(method: string | undefined, path: string): Pick<Asked, 'kind' | 'receiptId'> | null {
  if (method === 'POST' && path === '/v2/cancel') return { kind: 'cancel', receiptId: null };
  if (method === 'POST' && path === '/v2/request/token') return { kind: 'token', receiptId: null };
  const receiptId = /^\/v2\/receipt\/(?<id>[^/]+)$/.exec(path)?.groups?.['id'];
  if (method !== 'GET' || receiptId === undefined) return null;
  return { kind: 'look_up', receiptId: decodedOrSame(receiptId) };
}

function understood(
  called: Pick<Asked, 'kind' | 'receiptId'>,
  body: unknown,
  authorization: string | undefined,
): Asked {
  return { ...called, body, authorization, receiptId: called.receiptId ?? textField(body, 'receipt_id') };
}

function loggedBody(asked: Asked, text: string): unknown {
  if (asked.kind === 'token') return { application_id: textField(asked.body, 'application_id') };
  return text === '' ? null : asked.body;
}

function textField(body: unknown, field: string): string | null {
  const value = isJsonObject(body) ? body[field] : undefined;
  return typeof value === 'string' ? value : null;
}

function decodedOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A mistake of the simulator's own: no reply of Bootpay looks like this. */
function failed(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  sendJson(response, 500, { simulator_error: error instanceof Error ? error.stack : String(error) });
}
