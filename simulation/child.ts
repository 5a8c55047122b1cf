// A process of the simulation: takes ranges of histories over IPC, one at a time, with a Redis of its own.
import { startOwnRedis } from './own-redis.ts';
import { plantedSource } from './planted-source.ts';
import { type Range, runRange } from './run.ts';
import { loadSubject, ourSource } from './subject.ts';

/** The name of a planted bug, or the file URL of another `src`: a patch to try. */
const variant = process.argv[2];
const planted = variant === undefined || variant.startsWith('file:') ? null : plantedSource(variant);
const { redis, stop } = await startOwnRedis();
const other = planted === null && variant !== undefined ? new URL(variant) : ourSource;
const subject = await loadSubject(planted?.source ?? other);

process.on('message', (range: Range) => {
  void runRange({ subject, redis }, range).then(
    (sum) => process.send?.(sum),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Ctrl-C reaches every process of the terminal: the parent lets what runs end, and then disconnects.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  planted?.remove();
  void stop().then(() => process.exit(0));
});
process.send?.('ready');
