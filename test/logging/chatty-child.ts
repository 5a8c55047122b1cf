// Logs so many lines at once, says so on standard output, and logs a last one when its input ends; or ends at once.
import { commandLogger } from '../../src/logging/logger.ts';

const log = commandLogger('info', Date.now);
for (let number = 0; number < Number(process.argv[2]); number += 1) log.info({ number }, 'counted');
process.stdout.write('said\n');
if (process.argv[3] === 'then end') process.exit(0);
process.stdin.resume().on('end', () => log.info({}, 'last'));
