// A Redis failover: everything written in the last moments is gone, in the ledger and in the queue alike.
import type { Context } from './context.ts';

/** Before this beginning of an activation the last write is made that will be kept? Then the failover follows soon. */
export async function perhapsFailOver(context: Context): Promise<void> {
  const { chance, scheduler, failovers } = context;
  failovers.begins += 1;
  if (!failovers.before.includes(failovers.begins)) return;
  const rollBack = await remember(context);
  scheduler.after(chance.pick([5, 50, 300, 1_000]), rollBack);
}

/** Remembers what is there now; calling the answer brings it back. */
async function remember(context: Context): Promise<() => Promise<void>> {
  const { redis, prefix, jobs, watch, transcript } = context;
  const keys = await redis.keys(`${prefix}*`);
  const kept = await Promise.all(keys.map(async (key) => ({ key, dump: await redis.dumpBuffer(key) })));
  const rollBackJobs = jobs.snapshot();
  const rollBackRecords = watch.snapshot();
  transcript.say('redis', 'last write that will be kept');
  return async () => {
    const now = await redis.keys(`${prefix}*`);
    if (now.length > 0) await redis.del(...now);
    for (const { key, dump } of kept) if (dump !== null) await redis.restore(key, 0, dump);
    rollBackJobs();
    rollBackRecords();
    transcript.say('redis', 'FAILOVER');
  };
}
