// Bodies are kept as bytes, because a signature covers bytes, and parsed as JSON by the handlers that need it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type JsonReading, readJsonText, wordOutsideJson } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';

type BodyBytes = Buffer | null;

export type JsonValue = Extract<JsonReading, { kind: 'json' }>;

type JsonBody =
  | JsonValue
  | {
      readonly kind: 'problem';
      readonly problem: 'not_json' | 'wrong_media_type';
      readonly problems: readonly Problem[];
    };

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

/** Nothing of the body is quoted but a word that JSON does not have: it may hold an account number. */
function notJson(word: string | null): JsonBody {
  const problems =
    word === null
      ? []
      : [{ field: '(body)', expected: 'a JSON value', expected_ko: 'JSON 값', received: word }];
  return { kind: 'problem', problem: 'not_json', problems };
}

/** Lower case, without parameters; '' when absent. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** A POST without a JSON media type is never read, even when it is empty: pages of other sites cannot send one. */
export function jsonOf(request: FastifyRequest): JsonBody {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  const isUtf8 = charset === undefined || /^utf-?8$/i.test(charset);
  if (!isUtf8 || !/[/+]json$/.test(mediaTypeOf(request)))
    return { kind: 'problem', problem: 'wrong_media_type', problems: [] };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(request) ?? Buffer.alloc(0));
    const read = readJsonText(text);
    return read.kind === 'json' ? read : notJson(wordOutsideJson(text));
  } catch {
    return notJson(null); // not UTF-8
  }
}
