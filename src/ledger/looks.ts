// What a person's look-up showed of a receipt: kept for the pages for a day, whoever opens them at whichever server.
import type { ReceiptId } from '../domain/ids.ts';
import { type Look, lookSchema } from '../domain/ledger.ts';
import { parseJson } from '../domain/problem.ts';
import type { ReceiptAbout } from '../domain/reply.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { loadScript } from '../redis/scripts.ts';
import { aboutText } from './about.ts';
import type { LedgerDeps } from './commit.ts';
import { asciiJson } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/receipt-version.lua', './scripts/note-look.lua']);
const keptMs = 24 * 60 * 60 * 1000;

export async function noteLook(
  { redis, keys }: Pick<LedgerDeps, 'redis' | 'keys'>,
  look: Look,
  about: ReceiptAbout | null,
): Promise<void> {
  const { receipt, at } = look;
  const { receiptId } = receipt;
  const told = about === null ? '' : aboutText(about);
  const given = [receipt.cancelledWon, at, asciiJson(look), keptMs, told];
  await script.run(redis, [keys.receipt(receiptId), keys.look(receiptId)], given);
}

/** null: nobody looked, or too long ago. */
export async function lastLook(redis: RedisClient, keys: Keys, id: ReceiptId): Promise<Look | null> {
  return lookSchema
    .nullable()
    .catch(null)
    .parse(parseJson((await redis.get(keys.look(id))) ?? ''));
}
