// What is bought and cancelled in one history: receipts, and the cancellation events of the order service.
import { type Receipt, receiptSchema } from '../simulator/core/scenario.ts';
import type { CancellationEventInput } from '../src/domain/event.ts';
import type { Chance } from './random.ts';
import type { Scenario } from './scenarios.ts';

interface PlannedEvent {
  readonly afterMs: number;
  readonly event: CancellationEventInput;
}

const minute = 60_000;
const day = 24 * 60 * minute;

export const bankAccounts = ['110123456789', '220987654321'] as const;
export const refundAccount = (number: (typeof bankAccounts)[number]) => ({
  bank_account: number,
  bank_username: '홍길동',
  bank_code: '088',
});

export function planReceipts(chance: Chance, scenario: Scenario, startAt: number): Receipt[] {
  const { crowd } = scenario.habits;
  return Array.from({ length: crowd ? 1 : chance.int(1, 4) }, (_, index) =>
    receiptSchema.parse({
      id: `r${index + 1}`,
      price: chance.pick(crowd ? [3_000, 30_000, 100_000] : [3_000, 10_000, 30_000, 100_000]),
      taxFree: chance.is(0.4) ? 2_000 : 0,
      method: chance.weighted({ card: 8, vbank: 1, naverpay: 1 }),
      pgName: chance.pick(['나이스페이먼츠', 'kcp', '이니시스']),
      purchasedAt: new Date(startAt - chance.pick([60, 600, 60 * 24 * 3]) * minute).toISOString(),
      // With it every PG pays back to virtual accounts.
      escrow: true,
      switches: {
        ...(scenario.switches.blindLookUps && chance.is(0.7) && { lookUpLagMs: Number.MAX_SAFE_INTEGER }),
        ...(index % 2 === 1 && { lookUpWith: { cancelled_tax_free: null } }),
      },
    }),
  );
}

/** One to six refunds, deliveries of the same event included, and now and then a contradiction. */
export function planEvents(
  chance: Chance,
  receipts: readonly Receipt[],
  { startAt, habits: { crowd, impatience } }: Pick<Scenario, 'habits'> & { readonly startAt: number },
): PlannedEvent[] {
  const planned: PlannedEvent[] = [];
  const spreadMs = chance.pick(crowd ? [minute, 20 * minute, 60 * minute] : [1_000, minute, 20 * minute]);
  const refunds = chance.int(crowd ? 2 : 1, 6);
  const busy = chance.pick(receipts);
  for (let index = 0; index < refunds; index += 1) {
    const receipt = chance.is(0.6) ? busy : chance.pick(receipts);
    const event = eventFor(chance, receipt, { name: String.fromCharCode(65 + index), startAt, crowd });
    const afterMs = chance.int(0, spreadMs);
    planned.push({ afterMs, event });
    if (chance.is(0.2)) planned.push({ afterMs: afterMs + chance.int(0, 30 * minute), event });
    for (let repeat = 1; impatience && repeat <= 15; repeat += 1)
      planned.push({ afterMs: afterMs + repeat * minute, event });
    if (chance.is(0.1)) {
      const other = { ...event, cancel_price: (event.cancel_price ?? 0) + 500 };
      planned.push({
        afterMs: afterMs + chance.int(0, 30 * minute),
        event: { ...other, cancel_tax_free: 0 },
      });
    }
    if (event.refund !== undefined && chance.is(0.3)) {
      const other = { ...event, refund: refundAccount(bankAccounts[1]) };
      planned.push({ afterMs: afterMs + chance.int(0, 30 * minute), event: other });
    }
    if (event.cancel_id !== undefined && chance.is(0.3)) {
      const event_id = `${event.event_id}-same-id`;
      planned.push({ afterMs: afterMs + chance.int(0, minute), event: { ...event, event_id } });
    }
  }
  return planned;
}

export function eventFor(
  chance: Chance,
  receipt: Receipt,
  { name, startAt, crowd }: { name: string; startAt: number; crowd: boolean },
): CancellationEventInput {
  const partial = chance.is(crowd ? 0.95 : 0.8);
  const prices = [1_000, 1_000, 1_000, 1_000, 2_000, 2_000, 3_000, receipt.price];
  const price = crowd && chance.is(0.9) ? 1_000 : chance.pick(prices);
  const taxFree = partial && receipt.taxFree > 0 && chance.is(0.8) ? 500 : undefined;
  return {
    event_id: name,
    order_id: `order-${name}`,
    receipt_id: receipt.id,
    ...(partial && { cancel_price: price }),
    ...(taxFree !== undefined && { cancel_tax_free: taxFree }),
    ...(chance.is(0.2) && { cancel_id: `own-${name}` }),
    // An event that is delivered late still wants the money to go back.
    ...(chance.is(0.2) && { occurred_at: new Date(startAt - 4 * day).toISOString() }),
    ...(chance.is(0.2) && { cancel_message: `because of ${name}`, cancel_username: 'choi' }),
    ...(receipt.method === 'vbank' &&
      chance.is(0.8) && {
        refund: refundAccount(bankAccounts[0]),
      }),
  } as CancellationEventInput;
}
