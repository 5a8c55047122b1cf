/** How a reply is written down: what its codes look like, a byte order mark in front, a coding around it. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describeCode } from './core/codes.ts';
import type { Json } from './core/fields.ts';
import type { Switches } from './core/switches.ts';
import type { Reply } from './http.ts';

export function dressed(reply: Reply, switches: Switches): Reply {
  if (reply.kind !== 'json' && reply.kind !== 'text') return reply;
  const whole =
    reply.kind === 'json' ? { ...reply, json: withCode(reply.json, reply.status, switches) } : reply;
  const { replyMark, replyEncoding } = switches;
  const isPlain = !replyMark && replyEncoding === 'identity';
  if (isPlain || (whole.kind === 'text' && whole.text === '')) return whole;
  const headers =
    whole.kind === 'json' ? { 'content-type': 'application/json; charset=utf-8' } : whole.headers;
  const text = whole.kind === 'json' ? JSON.stringify(whole.json) : whole.text;
  return {
    kind: 'bytes',
    outcome: whole.outcome,
    status: whole.status,
    headers: { ...headers, ...encodingHeader(replyEncoding) },
    bytes: encoded(Buffer.from(`${replyMark ? '\ufeff' : ''}${text}`), replyEncoding),
  };
}

function withCode(json: Json, status: number, { errorCodeAs, okErrorCode }: Switches): Json {
  const { error_code: code } = json;
  if (typeof code === 'string') {
    const { number } = describeCode(code);
    if (number === null || errorCodeAs === 'name') return json;
    return { ...json, error_code: errorCodeAs === 'number' ? number : String(number) };
  }
  return okErrorCode === null || status >= 300 ? json : { ...json, error_code: okErrorCode };
}

function encodingHeader(encoding: Switches['replyEncoding']): Record<string, string> {
  if (encoding === 'identity') return {};
  return { 'content-encoding': encoding === 'deflate-raw' ? 'deflate' : encoding };
}

function encoded(bytes: Buffer, encoding: Switches['replyEncoding']): Buffer {
  switch (encoding) {
    case 'identity':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'deflate':
      return deflateSync(bytes);
    case 'deflate-raw':
      return deflateRawSync(bytes);
    case 'br':
      return brotliCompressSync(bytes);
    default:
      return unknownEncoding(encoding);
  }
}

function unknownEncoding(encoding: never): never {
  throw new Error(`no such coding: ${String(encoding)}`);
}
