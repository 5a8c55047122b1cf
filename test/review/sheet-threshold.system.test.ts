// A spreadsheet that one server judges and another one sends: the lower threshold of both counts.
import { expect, test } from 'vitest';
import { openSystem, type System } from '../../src/compose.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { useRedis } from '../support/redis.ts';
import { openShop } from '../support/shop.ts';

const redis = useRedis();
const bytes = new TextEncoder().encode(
  '영수증번호,주문번호,금액,구분\np-1,o-1,600,가\np-1,o-1,500,나\np-2,o-2,900,\n',
);
const clerk = { name: '김운영', role: 'reviewer', password: '' } as const;
const approver = { name: '박승인', role: 'approver', password: '' } as const;

async function withThreshold(of: System, thresholdWon: number | null): Promise<System['sheets']> {
  const config = { ...of.config, approvalThresholdWon: thresholdWon };
  const system = await openSystem(config, { log: silentLogger(), whenDown: 'wait' });
  redis.onEnd(() => system.close());
  return system.sheets;
}

test.each([
  [1_000, null],
  [null, 1_000],
  [1_000, 5_000],
])('uploaded at %s, sent at %s: what is above it takes another person', async (uploaded, sent) => {
  const receipts = ['p-1', 'p-2'].map((id) => ({ id, price: 10_000 }));
  const { system } = await openShop(redis, { worker: false, scenario: { receipts } });
  const [here, there] = [await withThreshold(system, uploaded), await withThreshold(system, sent)];
  const judged = await here.upload({ bytes, fileName: 'a.csv', who: clerk.name });
  const id = judged.kind === 'judged' ? judged.id : '';
  const rows = async () =>
    (await there.read(id))?.rows.map(({ verdict, sent: answer }) => [verdict, answer]) ?? [];
  const two = (answer: string | null) => ['two_people', answer];
  expect(await rows()).toEqual([two(null), two(null), ['right', null]]);
  expect(await there.send(id, clerk)).toBe('sent');
  expect(await rows()).toEqual([two(null), two(null), ['right', 'accepted']]);
  expect(await there.send(id, clerk)).toBe('nothing');
  expect(await there.send(id, approver)).toBe('sent');
  expect(await rows()).toEqual([two('accepted'), two('accepted'), ['right', 'accepted']]);
});
