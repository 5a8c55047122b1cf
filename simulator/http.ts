/** The wire: reads a request's body and sends a reply, including the ways in which a reply can fail to arrive. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallEnd } from './calls.ts';
import type { Json } from './core/fields.ts';

export interface JsonReply {
  readonly kind: 'json';
  readonly outcome: string;
  readonly status: number;
  readonly json: Json;
}

export type Reply =
  | JsonReply
  | {
      readonly kind: 'text';
      readonly outcome: string;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | {
      readonly kind: 'bytes';
      readonly outcome: string;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'truncated'; readonly outcome: string; readonly status: number; readonly json: Json }
  | { readonly kind: 'reset'; readonly outcome: string }
  | { readonly kind: 'hang'; readonly outcome: string };

const LARGEST_BODY_BYTES = 1_048_576;

/** The body as text; `null` when it is larger than Bootpay would take. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > LARGEST_BODY_BYTES) return null;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body's JSON, or the text itself when it is none. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function statusOf(reply: Reply): number | null {
  return 'status' in reply ? reply.status : null;
}

/** Sends the reply and says how the call ended; a hang ends at once and leaves the connection open. */
export function send(response: ServerResponse, reply: Reply): Promise<CallEnd> {
  if (reply.kind === 'hang') return Promise.resolve('hung');
  if (reply.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return Promise.resolve('reset');
  }
  if (response.destroyed) return Promise.resolve('abandoned');
  return new Promise((resolve) => {
    response.once('finish', () => resolve('answered'));
    response.once('close', () => resolve(reply.kind === 'truncated' ? 'reset' : 'abandoned'));
    if (reply.kind === 'text') response.writeHead(reply.status, reply.headers).end(reply.text);
    else if (reply.kind === 'bytes') sendBytes(response, reply);
    else if (reply.kind === 'json') sendJson(response, reply.status, reply.json);
    else sendHalf(response, reply.status, JSON.stringify(reply.json));
  });
}

function sendBytes(
  response: ServerResponse,
  { status, headers, bytes }: Extract<Reply, { kind: 'bytes' }>,
): void {
  response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
}

export function sendJson(response: ServerResponse, status: number, json: unknown): void {
  const body = Buffer.from(JSON.stringify(json));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
}

function sendHalf(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}
