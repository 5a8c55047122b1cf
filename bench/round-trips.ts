// Counts the round trips of this process to Redis, on every connection: a pipeline is one, a script is one.
import { Redis } from 'ioredis';

const counted = new Map<string, number>();
const pipelines = new WeakSet<object>();
let counting = false;

/** Once per process, before the first connection. */
export function watchRoundTrips(): void {
  const { sendCommand } = Redis.prototype;
  Redis.prototype.sendCommand = function (command, stream) {
    if (counting) count(command.name, stream);
    return sendCommand.call(this, command, stream);
  };
}

/** What was sent while the work was done, by command; `pipeline` is many in one. */
export async function withRoundTrips<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly roundTrips: Readonly<Record<string, number>> }> {
  counted.clear();
  counting = true;
  try {
    const result = await work();
    return { result, roundTrips: Object.fromEntries(counted) };
  } finally {
    counting = false;
  }
}

function count(name: string, stream: object | undefined): void {
  const inPipeline = stream !== undefined && 'isPipeline' in stream;
  if (inPipeline) {
    if (pipelines.has(stream)) return;
    pipelines.add(stream);
  }
  const key = inPipeline ? 'pipeline' : name;
  counted.set(key, (counted.get(key) ?? 0) + 1);
}
