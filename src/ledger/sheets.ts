// Uploaded spreadsheets, for as long as somebody may send their rows or look at what became of them.
import { parseJson } from '../domain/problem.ts';
import { type Sheet, sheetSchema } from '../domain/sheet.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';

const daySeconds = 86_400;

export async function keepSheet(redis: RedisClient, keys: Keys, sheet: Sheet): Promise<void> {
  const days = sheet.sent === null ? 1 : 30;
  await redis.set(keys.sheet(sheet.id), JSON.stringify(sheet), 'EX', days * daySeconds);
}

export async function readSheet(redis: RedisClient, keys: Keys, id: string): Promise<Sheet | null> {
  return sheetSchema.safeParse(parseJson((await redis.get(keys.sheet(id))) ?? '')).data ?? null;
}
