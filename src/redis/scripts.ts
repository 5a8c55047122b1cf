// Loads Lua scripts that lie beside the code and runs them by their hash.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './connection.ts';

type Argument = string | number;

export interface Script {
  run(redis: RedisClient, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;
  /** Many calls in one round trip, answered in the order given. */
  runMany(redis: RedisClient, calls: readonly ScriptCall[]): Promise<unknown[]>;
}

export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

/** A script made of library files and its own, in this order. Paths are relative to `base`. */
export function loadScript(base: string, files: readonly string[]): Script {
  const source = files.map((file) => readFileSync(new URL(file, base), 'utf8')).join('\n');
  const sha = createHash('sha1').update(source).digest('hex');

  async function run(
    redis: RedisClient,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return redis.eval(source, keys.length, ...keys, ...args);
    }
  }

  return {
    run,
    async runMany(redis, calls) {
      const [only] = calls;
      if (only !== undefined && calls.length === 1) return [await run(redis, only.keys, only.args)];
      const pipeline = redis.pipeline();
      for (const { keys, args } of calls) pipeline.evalsha(sha, keys.length, ...keys, ...args);
      const answers = (await pipeline.exec()) ?? [];
      return Promise.all(
        calls.map(async ({ keys, args }, index) => {
          const [error, answer] = answers[index] ?? [new Error('Redis gave no answer'), null];
          if (error === null) return answer;
          if (isUnknownScript(error)) return run(redis, keys, args);
          throw error;
        }),
      );
    },
  };
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
