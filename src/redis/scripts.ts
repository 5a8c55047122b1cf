// Loads Lua scripts that lie beside the code and runs them by their hash. A script takes and answers what is small and
// named as one JSON text, behind which long texts of a record may stand as they are; one or two plain arguments, and an
// answer that is a single number or text, go without JSON.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../domain/problem.ts';
import type { RedisClient } from './connection.ts';
import { readScript } from './script-files.ts';

interface Script {
  run(redis: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** A script made of library files and its own, in this order. Paths are relative to `base`. */
export function loadScript(base: string, files: readonly string[]): Script {
  const source = files.map((file) => readScript(base, file)).join('\n');
  const sha = createHash('sha1').update(source).digest('hex');
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return redis.eval(source, keys.length, ...keys, ...args);
      }
    },
  };
}

/**
 * A JSON argument. What is undefined is left out: null would be `cjson.null`, which is true in Lua. Half of a surrogate
 * pair, which cjson refuses, becomes U+FFFD.
 */
export function jsonArgument(value: unknown): string {
  return JSON.stringify(value).replace(escapes, (found) => (found === '\\\\' ? found : '\\ufffd'));
}

/** JSON.stringify escapes halves only; a backslash of the text itself is two. */
const escapes = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;

/**
 * A JSON answer. cjson writes an empty list as {}, and 14 digits of a number: scripts leave an empty list out, and answer
 * a longer number as text.
 */
export function jsonAnswer<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text) => parseJson(text))
    .pipe(schema);
}
