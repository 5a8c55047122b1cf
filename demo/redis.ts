// The demo's Redis: a server and a folder for this run alone, so that it starts fresh and disturbs no other Redis.
import { readdir, rename, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { privateFolder } from '../src/config/files.ts';
import { findOwnRedis, launchRedis } from '../src/embedded-redis/launcher.ts';
import { isAlive } from '../src/embedded-redis/server.ts';

export interface DemoRedis {
  readonly url: string;
  readonly folder: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** @param ownFolder `.refund-worker`; packages unpacked there once are used again. */
export async function launchDemoRedis(ownFolder: string): Promise<DemoRedis> {
  const runs = join(resolve(ownFolder), 'demo');
  await privateFolder(resolve(ownFolder));
  await privateFolder(runs);
  await sweep(runs);
  const folder = join(runs, `run-${process.pid}-${Date.now().toString(36)}`);
  const programs = join(resolve(ownFolder), 'redis');
  await privateFolder(folder);
  const isUnpacked = await exists(programs);
  if (isUnpacked) await symlink(programs, join(folder, 'redis'));
  const { url, stop } = await launchRedis({ folder, appendfsync: 'everysec' });
  if (!isUnpacked) await rename(join(folder, 'redis'), programs).catch(() => undefined);
  return {
    url,
    folder,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What demos left that were killed hard: servers without an owner, folders without a server. */
async function sweep(runs: string): Promise<void> {
  for (const name of await readdir(runs).catch(() => [])) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(runs, name);
    if ((await findOwnRedis(folder)) !== null) await (await launchRedis({ folder })).stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}
