// Bodies are kept as bytes, because a signature covers bytes, and parsed as JSON by the handlers that need it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type JsonReading, readJsonText } from '../domain/json.ts';

export type BodyBytes = Buffer | null;

export type JsonValue = Extract<JsonReading, { kind: 'json' }>;

export type JsonBody =
  | JsonValue
  | { readonly kind: 'problem'; readonly problem: 'not_json' | 'wrong_media_type' };

/** Keeps the bytes of these media types in this scope; every other one is answered with 415. */
export function keepBytes(app: FastifyInstance, mediaTypes: readonly string[]): void {
  app.addContentTypeParser(
    [...mediaTypes],
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => body,
  );
}

export function bytesOf(request: FastifyRequest): BodyBytes {
  return Buffer.isBuffer(request.body) ? request.body : null;
}

/** Nothing of the body is quoted: it may hold an account number. */
const notJson = { kind: 'problem', problem: 'not_json' } as const;

/** Lower case, without parameters; '' when absent. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** A POST without a JSON media type is never read, even when it is empty: pages of other sites cannot send one. */
export function jsonOf(request: FastifyRequest): JsonBody {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  if (!isUtf8 || !/[/+]json$/.test(mediaTypeOf(request)))
    return { kind: 'problem', problem: 'wrong_media_type' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(request) ?? Buffer.alloc(0));
    const read = readJsonText(text);
    return read.kind === 'json' ? read : notJson;
  } catch {
    return notJson; // not UTF-8
  }
}
