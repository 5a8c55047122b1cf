// A worker in a process of its own, which ends itself with SIGKILL at a named point. Environment: the configuration,
// LOCK_MS, SWEEPER (its intervals as JSON), CRASH_AT, CRASH_ON (the how manieth time the point is reached) and CRASH_STATE (counting only refunds that
// are in this state). With BLOCK_MS it does not die there: its event loop stands still for so long, as on a host
// without CPU time.
import { openSystem } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/config.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { atCrashPoints } from './crash-points.ts';

process.on('disconnect', () => process.exit()); // the test that started it is gone
const { LOCK_MS = '1000', SWEEPER, CRASH_AT, CRASH_ON = '1', CRASH_STATE, BLOCK_MS, ...env } = process.env;
const system = await openSystem(loadConfig(env), { log: silentLogger(), whenDown: 'wait' });
let reached = 0;
atCrashPoints(system, (point, refund) => {
  if (point !== CRASH_AT || (CRASH_STATE !== undefined && refund?.state !== CRASH_STATE)) return;
  reached += 1;
  if (reached !== Number(CRASH_ON)) return;
  if (BLOCK_MS === undefined) process.kill(process.pid, 'SIGKILL');
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(BLOCK_MS));
});
const worker = await system.startWorker({
  lockMs: Number(LOCK_MS),
  ...(SWEEPER !== undefined && { sweeper: JSON.parse(SWEEPER) }),
});
process.send?.('ready');
process.on('SIGTERM', () => {
  void worker
    .stop(25_000)
    .then(() => system.close())
    .then(() => process.exit(0));
});
