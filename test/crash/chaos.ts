// `npm run chaos -- --refunds N --kills K --seed S`: workers killed at random over many refunds, and a short table.
import { parseArgs } from 'node:util';
import { freshPrefix, startRedis } from '../support/redis.ts';
import { killAtRandom } from './random-kills.ts';

const { values } = parseArgs({
  options: {
    refunds: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const plan = { refunds: Number(values.refunds), kills: Number(values.kills), seed: Number(values.seed) };
const server = await startRedis();
const ends: (() => Promise<void>)[] = [async () => server.stop()];
try {
  const place = {
    url: server.url,
    prefix: freshPrefix(),
    onEnd: (end: () => Promise<void>) => void ends.push(end),
  };
  const report = await killAtRandom(place, plan);
  const { refunds, kills, succeeded, deadLetters, lost, doubled, ledgerWon, bookWon, seconds } = report;
  console.log(`seed ${plan.seed}, ${seconds.toFixed(0)} s`);
  console.table([{ refunds, kills, succeeded, deadLetters, lost, doubled, ledgerWon, bookWon }]);
  const wrong = lost + doubled > 0 || deadLetters > refunds / 100 || ledgerWon !== bookWon;
  process.exitCode = wrong ? 1 : 0;
} finally {
  for (const end of ends.reverse()) await end();
}
