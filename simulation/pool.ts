// Child processes that run ranges side by side, one for each processor.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Range, Sum } from './run.ts';

export interface Pool {
  /** Answers arrive as they are ready. Nothing new begins once `enough` says so. */
  run(
    ranges: readonly Range[],
    heard: (range: Range, sum: Sum) => void,
    enough?: () => boolean,
  ): Promise<void>;
  stop(): Promise<void>;
}

const entry = fileURLToPath(new URL('./child.ts', import.meta.url));

const typescript = new URL('../tools/typescript/register.mjs', import.meta.url).href;
// Room for what is young: most of a history is garbage a moment later, and collecting it less often takes a tenth less.
const execArgv = ['--max-semi-space-size=64', '--import', typescript];

/** @param options.variant the name of a planted bug, or the file URL of another `src`. */
export async function startPool(options: { variant?: string; processes?: number } = {}): Promise<Pool> {
  const { variant, processes = availableParallelism() } = options;
  const children = Array.from({ length: processes }, () =>
    fork(entry, variant === undefined ? [] : [variant], { execArgv }),
  );
  await Promise.all(children.map((child) => answer(child)));
  return {
    async run(ranges, heard, enough = () => false) {
      const waiting = [...ranges];
      const work = async (child: ChildProcess) => {
        for (;;) {
          const range = enough() ? undefined : waiting.shift();
          if (range === undefined) return;
          child.send(range);
          heard(range, (await answer(child)) as Sum);
        }
      };
      await Promise.all(children.map(work));
    },
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          const ended = once(child, 'exit');
          child.disconnect();
          await ended;
        }),
      );
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const heard = new AbortController();
  const { signal } = heard;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of the simulation ended with ${code}`);
  });
  ended.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    heard.abort();
  }
}
