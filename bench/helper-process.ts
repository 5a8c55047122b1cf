// A process of its own that answers requests: contenders and the stub do not share an event loop with who measures.
import { fork } from 'node:child_process';
import { z } from 'zod';

export interface HelperProcess {
  /** Throws what went wrong over there. */
  ask(request: object): Promise<unknown>;
  readonly pid: number;
  stop(): Promise<void>;
}

const answerSchema = z.union([
  z.object({ id: z.int(), value: z.unknown() }),
  z.object({ id: z.int(), error: z.string() }),
]);
const requestSchema = z.object({ id: z.int(), request: z.unknown() });

const typescript = new URL('../tools/typescript/register.mjs', import.meta.url).href;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export async function startHelper(entry: URL): Promise<HelperProcess> {
  const child = fork(entry, [], {
    execArgv: ['--import', typescript],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  child.on('message', (message) => {
    const answer = answerSchema.parse(message);
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asker?.reject(new Error(answer.error));
    else asker?.resolve(answer.value);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${entry.pathname} ended`));
  });
  const ask = (request: object) =>
    new Promise<unknown>((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      child.send({ id: asked, request });
    });
  return {
    ask,
    pid: child.pid ?? 0,
    async stop() {
      if (child.connected) child.disconnect();
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** The other side: answers one request after another's start, and ends with whoever started it. */
export function answerRequests(answer: (request: unknown) => Promise<unknown>): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => {
    const { id, request } = requestSchema.parse(message);
    answer(request).then(
      (value) => process.send?.({ id, value: value ?? null }),
      (error: unknown) =>
        process.send?.({
          id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
    );
  });
}
