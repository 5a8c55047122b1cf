// What a page of many at once is made of, and what its start form says.
import { z } from 'zod';
import type { System } from '../compose.ts';
import type { Bulk, BulkCase } from '../domain/bulk.ts';
import { inputWords, typed, type Wrong } from './forms/input.ts';
import type { Keeps } from './kept-input.ts';
import { bulkWords } from './words/bulk.ts';

export const casesPerPage = 50;

export interface BulkFound {
  readonly bulk: Bulk;
  readonly from: number;
  readonly cases: readonly FoundCase[];
  /** null: not asked, or not known. */
  readonly newly: number | null;
}

/** `state`: of the refund now, where it was tried again. */
export type FoundCase = BulkCase & { readonly state: string | null };

export async function findBulk({ bulks, ledger }: System, bulk: Bulk, from: number): Promise<BulkFound> {
  const [cases, newly] = await Promise.all([
    bulks.cases(bulk.id, from, casesPerPage),
    bulk.state === 'running' || bulk.state === 'previewing' ? null : bulks.newlyFitting(bulk),
  ]);
  const states = cases.map(async ({ refundId, result }) =>
    result?.result === 'replayed' ? ((await ledger.read(refundId))?.state ?? null) : null,
  );
  const now = await Promise.all(states);
  return { bulk, from, newly, cases: cases.map((one, place) => ({ ...one, state: now[place] ?? null })) };
}

const startSchema = z.object({ reason: typed(1000), per_minute: typed(20) });
export type BulkInput = z.infer<typeof startSchema>;
export type WrongStart = Wrong<'reason' | 'per_minute'>;

export const startKeeps: Keeps = { fields: ['reason', 'per_minute'], secrets: [] };
const usualPerMinute = 30;

export function readStart(body: unknown) {
  const input = startSchema.parse(Object(body));
  const reason = input.reason.trim();
  const perMinute = Number(input.per_minute.replaceAll(/[,\s]/g, ''));
  const isRate = Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= 60_000;
  const wrong: WrongStart = {
    ...(reason === '' && { reason: inputWords.reason }),
    ...(!isRate && { per_minute: bulkWords.perMinuteWrong }),
  };
  const wish = reason !== '' && isRate ? { reason, perMinute } : null;
  return { input: { ...input, per_minute: input.per_minute || String(usualPerMinute) }, wrong, wish };
}
