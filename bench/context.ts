// What every benchmark stands on: a Redis of its own, the stub, and the contenders, each in a process of its own.
import { type ContenderName, contenderNames, type Place } from './contenders/contender.ts';
import { type ContenderProcess, startContender } from './contenders/start.ts';
import { type OwnRedis, startOwnRedis } from './own-redis.ts';
import { seeded } from './seeded.ts';
import { type StubProcess, startStubProcess } from './stub/start.ts';

export interface Settings {
  readonly quick: boolean;
  /** Asked for; a long benchmark takes fewer. */
  readonly rounds: number;
  readonly seed: number;
}

export interface Context extends Settings {
  readonly chance: () => number;
  readonly redis: OwnRedis;
  readonly stub: StubProcess;
  contender(name: ContenderName): ContenderProcess;
  /** For a process that is thrown away afterwards. */
  freshContender(name: ContenderName): Promise<ContenderProcess>;
  place(concurrency: number, changes?: Partial<Place>): Place;
  /** Redis and stub as new. */
  clean(): Promise<void>;
  /** What is under way, for who watches. */
  tell(what: string): void;
  close(): Promise<void>;
}

export async function openContext(settings: Settings): Promise<Context> {
  const redis = await startOwnRedis();
  const stub = await startStubProcess();
  const contenders = await Promise.all(contenderNames.map((name) => startContender(name)));
  return {
    ...settings,
    chance: seeded(settings.seed),
    redis,
    stub,
    contender(name) {
      const found = contenders.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no contender ${name}`);
      return found;
    },
    freshContender: startContender,
    place: (concurrency, changes = {}) => ({
      redisUrl: redis.url,
      prefix: '{bench}',
      bootpayUrl: stub.url,
      concurrency,
      env: {},
      callsPerSecond: null,
      ...changes,
    }),
    async clean() {
      await redis.empty();
      await stub.forget();
    },
    tell(what) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
    },
    async close() {
      for (const contender of contenders) await contender.stop();
      await stub.stop();
      await redis.stop();
    },
  };
}
