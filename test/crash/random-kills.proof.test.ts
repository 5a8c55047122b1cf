// Workers killed at random over 200 refunds: none lost, none doubled, hardly any left to a person.
import { expect, it } from 'vitest';
import { openPlace } from '../support/place.ts';
import { killAtRandom } from './random-kills.ts';

it('200 refunds whose workers are killed at random are paid once each', {
  timeout: 600_000,
}, async (context) => {
  const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const report = await killAtRandom(await openPlace(context), { refunds: 200, kills: 40, seed });
  const told = `KILL_SEED=${seed}: ${JSON.stringify(report)}`;
  console.log(told);
  expect(report, told).toMatchObject({ refunds: 200, lost: 0, doubled: 0, ledgerWon: report.bookWon });
  expect(report.succeeded + report.deadLetters, told).toBe(200);
  expect(report.deadLetters, told).toBeLessThanOrEqual(2);
  expect(report.kills, told).toBe(40);
});
