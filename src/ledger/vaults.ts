// The data keys of this process as vaults, and what the others of this Redis hear about them: two hashes beside the
// records, which nothing but people and the making of a key depends on.
import { z } from 'zod';
import type { DataKeys, KeyName, KeyUse, OwnKeys } from '../domain/data-keys.ts';
import type { DataKey, RefundAccount } from '../domain/event.ts';
import type { RefundId } from '../domain/ids.ts';
import { parseJson } from '../domain/problem.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { type AccountVault, createAccountVault, noKeys } from './account-vault.ts';

/** A key that sealed nothing for so long is out of use, in ms. */
const outOfUseMs = 7 * 86_400_000;
/** A worker without a sign for so long is gone, in ms. */
const goneAfterMs = 45_000;
/** How often a key that goes on sealing is noted anew, in ms. */
const noteAgainMs = 3_600_000;

export interface Vaults {
  /** With the keys that are there now. */
  known(): Promise<AccountVault>;
  /** Notes that its first key seals. */
  toSeal(now: number): Promise<AccountVault>;
  own(): Promise<OwnKeys>;
  use(now: number): Promise<KeyUse>;
  noteWorker(name: string, now: number): Promise<void>;
  forgetWorker(name: string): Promise<void>;
}

const nameSchema = z.object({ id: z.string(), print: z.string() });
const sealingSchema = z.object({ print: z.string(), at: z.number() });
const workerSchema = z.object({ keys: z.array(nameSchema), folder: z.string().nullable(), at: z.number() });

export function createVaults(redis: RedisClient, keys: Keys, dataKeys: DataKeys): Vaults {
  let last: { readonly keys: readonly DataKey[]; readonly vault: AccountVault } | null = null;
  let noted: (KeyName & { readonly at: number }) | null = null;

  function vaultWith(dataKeys: readonly DataKey[]): AccountVault {
    if (last?.keys !== dataKeys) last = { keys: dataKeys, vault: createAccountVault(dataKeys) };
    return last.vault;
  }

  const own = async (): Promise<OwnKeys> => {
    return { keys: vaultWith(await dataKeys.known()).names, folder: dataKeys.folder };
  };

  async function noteSealing([seals, ...others]: readonly KeyName[], now: number): Promise<void> {
    if (seals === undefined) return;
    const isNoted = noted?.id === seals.id && noted.print === seals.print && now - noted.at < noteAgainMs;
    if (isNoted) return;
    const value = JSON.stringify({ print: seals.print, at: now });
    const all = redis.multi().hset(keys.sealingKeys, seals.id, value);
    // What stands behind it in a rotation does not seal any more.
    for (const { id } of others) all.hdel(keys.sealingKeys, id);
    await all.exec();
    noted = { ...seals, at: now };
  }

  return {
    known: async () => vaultWith(await dataKeys.known()),
    async toSeal(now) {
      const vault = vaultWith(await dataKeys.toSeal());
      await noteSealing(vault.names, now);
      return vault;
    },
    own,
    async use(now) {
      const [sealing, workers] = await Promise.all([
        redis.hgetall(keys.sealingKeys),
        redis.hgetall(keys.workerKeys),
      ]);
      return {
        sealing: Object.entries(sealing).flatMap(([id, text]) => {
          const found = sealingSchema.safeParse(parseJson(text)).data;
          return found !== undefined && now - found.at < outOfUseMs ? [{ id, print: found.print }] : [];
        }),
        workers: Object.values(workers).flatMap((text) => {
          const found = workerSchema.safeParse(parseJson(text)).data;
          return found !== undefined && now - found.at < goneAfterMs ? [found] : [];
        }),
      };
    },
    async noteWorker(name, now) {
      const others = await redis.hgetall(keys.workerKeys);
      const isOld = (text: string) =>
        now - (workerSchema.safeParse(parseJson(text)).data?.at ?? 0) > outOfUseMs;
      const old = Object.keys(others).filter((other) => isOld(others[other] ?? ''));
      if (old.length > 0) await redis.hdel(keys.workerKeys, ...old);
      await redis.hset(keys.workerKeys, name, JSON.stringify({ ...(await own()), at: now }));
    },
    async forgetWorker(name) {
      await redis.hdel(keys.workerKeys, name);
    },
  };
}

/** null: there is none, or the key to it is not here. A key file that cannot be read is a key that is not here. */
export async function openKnown(
  vaults: Pick<Vaults, 'known'>,
  sealed: string | null,
  id: RefundId,
): Promise<RefundAccount | null> {
  if (sealed === null) return null;
  const opened = (await vaults.known().catch(() => noKeys)).open(sealed, id);
  return typeof opened === 'string' ? null : opened;
}
