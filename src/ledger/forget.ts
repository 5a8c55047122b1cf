// Erases the details of refunds that ended longer ago than records are kept; the worker's retention asks for it page by
// page. What is left of a refund is its identity, and how it ended.
import { z } from 'zod';
import type { ForgetQuery, ForgottenPage } from '../domain/ports.ts';
import { endedStates } from '../domain/states.ts';
import type { RedisClient } from '../queue/connection.ts';
import type { Keys } from '../queue/names.ts';
import { loadScript } from '../queue/scripts.ts';

const script = loadScript(import.meta.url, ['./scripts/forget.lua']);
const answerSchema = z.tuple([z.number(), z.number(), z.union([z.literal(0), z.literal(1)])]);

export async function forget(
  redis: RedisClient,
  keys: Keys,
  { state, endedBy, passOver, limit }: ForgetQuery,
): Promise<ForgottenPage> {
  const others = endedStates.filter((other) => other !== state);
  const indexes = [state, ...others].map(keys.byState);
  const prefixes = [keys.anyRefund(''), keys.anyReceipt(''), keys.byReceipt(''), keys.byOrder('')];
  const args = [endedBy, passOver, limit, ...prefixes];
  const [forgotten, stayed, end] = answerSchema.parse(await script.run(redis, indexes, args));
  return { forgotten, stayed, end: end === 1 };
}
