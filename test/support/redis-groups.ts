// Several real servers on loopback that stand in for each other: a cluster, and a primary that sentinels watch.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { answers } from '../../src/embedded-redis/ask.ts';
import { freePort, signalTo } from '../../src/embedded-redis/server.ts';
import { type CrashableRedis, endWithUs, findShared, startRedis } from './redis.ts';

export interface RedisGroup {
  /** As REDIS_URL. */
  readonly url: string;
  readonly primary: CrashableRedis;
  /** Takes over when the primary is gone. */
  readonly replica: CrashableRedis;
  /** Of a cluster: those that hold other slots than ours. */
  readonly others: readonly CrashableRedis[];
  /** From now on the replica hears of nothing any more, as in a network that is slow or broken. */
  cutReplication(): Promise<void>;
  stop(): Promise<void>;
}

const slots = 16_384;
/** A server that is silent this long is taken for dead, in ms. */
const deadAfterMs = '600';

/** Three primaries with a third of the slots each, and a replica of the one that holds this key. */
export async function startCluster(key: string): Promise<RedisGroup> {
  const nodes = await Promise.all(Array.from({ length: 4 }, startNode));
  const [first, second, third, replica] = nodes;
  if (first === undefined || second === undefined || third === undefined || replica === undefined) {
    throw new Error('four nodes were started');
  }
  const primaries = [first, second, third];
  for (const [index, { ask }] of nodes.entries()) await ask('SET-CONFIG-EPOCH', index + 1);
  for (const { port, bus } of nodes.slice(1)) await first.ask('MEET', '127.0.0.1', port, bus);
  const bounds = [0, 1, 2, 3].map((part) => Math.floor((slots * part) / 3));
  for (const [index, { ask }] of primaries.entries()) {
    await ask('ADDSLOTSRANGE', bounds[index] ?? 0, (bounds[index + 1] ?? 0) - 1);
  }
  const slot = Number(await first.ask('KEYSLOT', key));
  const primary = primaries[bounds.findLastIndex((from) => from <= slot)] ?? first;
  await replicateBySpecialUser(primary.server, replica.server);
  const id = await primary.ask('MYID');
  await until(async () => (await replica.ask('REPLICATE', id)) === 'OK');
  await until(async () => {
    const infos = await Promise.all(nodes.map(({ ask }) => ask('INFO')));
    const known = infos.every((info) => /cluster_state:ok/.test(info) && /cluster_known_nodes:4/.test(info));
    return known && (await replica.follows());
  });
  for (const node of nodes) node.leave();
  return {
    url: `redis+cluster://${primaries.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    primary: primary.server,
    replica: replica.server,
    others: primaries.filter((one) => one !== primary).map(({ server }) => server),
    cutReplication: () => cutOff(primary.server),
    stop: async () => void (await Promise.all(nodes.map(({ server }) => server.stop()))),
  };
}

async function startNode() {
  const bus = await freePort();
  const server = await startRedis({
    appendfsync: 'no',
    more: { 'cluster-enabled': 'yes', 'cluster-port': String(bus), 'cluster-node-timeout': deadAfterMs },
  });
  const redis = new Redis(server.port);
  redis.on('error', () => undefined);
  return {
    ...{ server, bus, port: server.port },
    ask: async (...what: (string | number)[]) => String(await redis.call('CLUSTER', ...what)),
    follows: async () => /master_link_status:up/.test(await redis.info('replication')),
    leave: () => redis.disconnect(),
  };
}

/** One primary, one replica, and three sentinels of which two have to agree. */
export async function startSentinels(): Promise<RedisGroup> {
  const [primary, replica] = await Promise.all([
    startRedis({ appendfsync: 'no' }),
    startRedis({ appendfsync: 'no' }),
  ]);
  await replicateBySpecialUser(primary, replica);
  const follower = new Redis(replica.port);
  await follower.call('REPLICAOF', '127.0.0.1', primary.port);
  await until(async () => /master_link_status:up/.test(await follower.info('replication')));
  follower.disconnect();
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(primary.port)));
  for (const { port } of sentinels) {
    const redis = new Redis(port);
    await until(async () => {
      const told = JSON.stringify(await redis.call('SENTINEL', 'MASTER', 'refunds'));
      return /"num-slaves","1"/.test(told) && /"num-other-sentinels","2"/.test(told);
    });
    redis.disconnect();
  }
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/refunds`,
    primary,
    replica,
    others: [],
    cutReplication: () => cutOff(primary),
    async stop() {
      for (const { end } of sentinels) end();
      await Promise.all([primary.stop(), replica.stop()]);
    },
  };
}

async function startSentinel(primaryPort: number): Promise<{ readonly port: number; end(): void }> {
  const { command, env } = await findShared();
  const folder = await mkdtemp(join(tmpdir(), 'refund-worker-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor refunds 127.0.0.1 ${primaryPort} 2`,
    `sentinel down-after-milliseconds refunds ${deadAfterMs}`,
    'sentinel failover-timeout refunds 3000',
    'sentinel parallel-syncs refunds 1',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn(command, [file, '--sentinel'], { detached: true, stdio: 'ignore', env });
  child.unref();
  const pid = child.pid ?? 0;
  endWithUs(pid, folder);
  await until(() => answers({ port, pid }));
  return { port, end: () => signalTo(pid, 'SIGKILL') };
}

/** A user of its own for replication can be locked out while everybody else goes on. */
async function replicateBySpecialUser(primary: CrashableRedis, replica: CrashableRedis): Promise<void> {
  for (const { port } of [primary, replica]) {
    const redis = new Redis(port);
    await redis.call('ACL', 'SETUSER', 'replica', 'on', '>secret', '+psync', '+replconf', '+ping');
    await redis.config('SET', 'masteruser', 'replica', 'masterauth', 'secret');
    redis.disconnect();
  }
}

async function cutOff({ port }: CrashableRedis): Promise<void> {
  const redis = new Redis(port);
  await redis.call('ACL', 'SETUSER', 'replica', 'off');
  await redis.call('CLIENT', 'KILL', 'USER', 'replica');
  redis.disconnect();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await holds())) throw new Error('not yet');
    },
    { timeout: 30_000, interval: 50 },
  );
}
