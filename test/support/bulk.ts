// Many at once, from its start to its end, worked on by the test's own process.
import type { System } from '../../src/compose.ts';
import type { BulkFilter, Verdict } from '../../src/domain/bulk.ts';
import { followBulk } from '../../src/review/follow-bulk.ts';

export const kim = { who: 'kim', via: 'cli' } as const;
const started = { ...kim, reason: 'r', perMinute: 60_000 };

/** What becomes of each case, in the order of the list. */
export async function replayMany(
  { bulks, clock }: System,
  filter: BulkFilter,
  { dryRun = false, ...more }: Partial<typeof started> & { readonly dryRun?: boolean } = {},
): Promise<{ id: string; results: (Verdict & { refundId: string })[] }> {
  const work = bulks.work();
  try {
    const id = dryRun
      ? await bulks.preview(kim, filter)
      : await idOf(bulks.start({ ...started, ...more, filter }));
    const kind = dryRun ? ('preview' as const) : ('result' as const);
    const results = [];
    for await (const { refundId, verdict } of followBulk({ bulks, sleep: clock.sleep }, { id, kind }))
      results.push({ refundId, ...verdict });
    return { id, results };
  } finally {
    await work.stop();
  }
}

export async function idOf(started: ReturnType<System['bulks']['start']>): Promise<string> {
  const answer = await started;
  if (answer.kind !== 'started') throw new Error(`a bulk was not started: ${answer.kind}`);
  return answer.id;
}
